// What one rendering of a chat template may use. Templates come out of model files and are untrusted. With
// these defaults parsing and rendering need less than 1 MiB of stack.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace reckon::text {

using LocalTime = std::chrono::local_time<std::chrono::microseconds>;

struct RenderLimits {
  uint64_t steps = 20'000'000;  // expressions evaluated, items visited, and every 64 bytes of text handled
  uint64_t output_bytes = 16u << 20;  // of the rendered prompt, and of any one string on the way to it
  // Alive at any one time in strings, lists and dicts the template makes. A list counts once it is made.
  uint64_t memory_bytes = 256u << 20;
  uint32_t depth = 500;  // nested expressions, statements, macro calls and containers together
  std::optional<LocalTime> now = std::nullopt;  // what strftime_now shows; the local clock when empty
};

}  // namespace reckon::text
