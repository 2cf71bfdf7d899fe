// A chat template and the conversation it is to render: fields that end with a zero byte. The first is the
// template, the others are the messages, of the user and the assistant in turn.
#include <nlohmann/json.hpp>

#include "fuzz/memory_meter.hpp"
#include "fuzz/target.hpp"
#include "text/chat_template.hpp"

namespace reckon::fuzz {
namespace {

constexpr const char* kName = "input";
constexpr size_t kFixedBytes = 1 << 20, kBytesPerByte = 1024;  // of memory for the parsed template

text::RenderLimits small_limits() {
  text::RenderLimits limits;
  limits.steps = 100'000;
  limits.output_bytes = 64 << 10;
  limits.memory_bytes = 4 << 20;
  limits.depth = 100;
  limits.now = text::LocalTime(std::chrono::seconds(1'700'000'000));
  return limits;
}

nlohmann::ordered_json variables_of(Input& input) {
  nlohmann::ordered_json messages = nlohmann::ordered_json::array();
  while (!input.empty()) {
    messages.push_back(
        {{"role", messages.size() % 2 == 0 ? "user" : "assistant"}, {"content", std::string(input.field())}});
  }
  return {{"messages", messages},
          {"bos_token", "<bos>"},
          {"eos_token", "<eos>"},
          {"add_generation_prompt", true},
          {"tools", {{{"type", "function"}, {"function", {{"name", "add"}, {"n", 2}, {"x", 0.5}}}}}}};
}

void check_place(const std::string& message) {
  const std::string_view line = std::string_view(message).substr(message.find("line ") + 5);
  FUZZ_CHECK(!line.empty() && line.front() >= '0' && line.front() <= '9');
}

// The same twice: the text, or the refusal.
void check_rendering(const text::ChatTemplate& chat, const nlohmann::ordered_json& variables) {
  const text::RenderLimits limits = small_limits();
  std::string first, second;
  const auto render = [&](std::string& to) {
    return refusal_of({ErrorCode::template_error}, kName, [&] { to = chat.render(variables, limits); });
  };
  const MemoryMeter memory;
  const auto refused = render(first);
  FUZZ_CHECK(memory.peak() <= kFixedBytes + 2 * limits.memory_bytes);
  FUZZ_CHECK(first.size() <= limits.output_bytes);
  if (refused) check_place(*refused);
  FUZZ_CHECK(render(second) == refused && first == second);
}

void run(Input input) {
  const std::string source(input.field());
  std::optional<text::ChatTemplate> chat;
  const MemoryMeter memory;
  const auto refused = refusal_of({ErrorCode::template_error}, kName, [&] { chat.emplace(source, kName); });
  FUZZ_CHECK(memory.peak() <= kFixedBytes + kBytesPerByte * source.size());
  if (refused) return check_place(*refused);
  FUZZ_CHECK(chat->source() == source);
  check_rendering(*chat, variables_of(input));
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
