// Small stored caches with known content.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "load/memory_source.hpp"
#include "store/cache_file.hpp"

namespace reckon::store::test {

using Bytes = std::vector<std::byte>;

inline CacheKind sample_kind() {
  return {.model_identity = std::string(32, 'a'), .page_positions = 4, .page_bytes = 24};
}

inline Bytes sample_page(const CacheKind& kind, size_t i) {
  Bytes page(kind.page_bytes);
  for (size_t j = 0; j < page.size(); j++) page[j] = static_cast<std::byte>(7 * i + j);
  return page;
}

inline SavedText sample_text() {
  return {.model = "tiny",
          .saved_at = 1'700'000'000,
          .tokens = 6,
          .messages = {{"user", "What is 2 + 3?"}, {"assistant", "5"}, {"user", "And 4 + 5?"}},
          .settings = {{"temp", "0.5"}, {"stop", "\n\n"}},
          .thinking = "I need to add 4"};
}

// Eight tokens, six of them computed, in the middle of a turn.
inline CacheState sample_state() {
  return {.kind = sample_kind(),
          .tokens = {5, 6, 7, 8, 9, 10, 11, 12},
          .positions = 6,
          .open_turn = OpenTurn{.prompt_tokens = 3,
                                .starts_in_thought = true,
                                .seed = 42,
                                .draws = 5,
                                .inserted_begin = 2,
                                .inserted = 1},
          .page_checksums = {}};
}

inline void write_sample(const std::string& path) {
  Bytes page;
  write_cache_file(path, FileKind::session, sample_text(), sample_state(), [&](size_t i) {
    page = sample_page(sample_kind(), i);
    return std::span<const std::byte>(page);
  });
}

inline Bytes read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

inline void write_bytes(const std::string& path, std::span<const std::byte> bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline CacheFile from_memory(std::span<const std::byte> bytes, FileKind kind = FileKind::session) {
  return {std::make_unique<load::MemorySource>(bytes, "stored"), kind};
}

}  // namespace reckon::store::test
