// Bytes as the keys and tensor list of a whole model, which is loaded and runs a few tokens. Weights follow
// as far as the tensors reach: the input holds none.
#include <reckon/reckon.hpp>

#include "fuzz/memory_meter.hpp"
#include "fuzz/target.hpp"

namespace reckon::fuzz {
namespace {

constexpr const char* kName = "input.gguf";
constexpr size_t kWeightBytes = 48 << 10;
constexpr uint64_t kMemoryLimit = 64 << 20;
constexpr size_t kFixedBytes = kMemoryLimit + (2 << 20), kBytesPerByte = 128;

void check_text(const Model& model) {
  const std::string text = "the inn, 12 <think>\n\xff";
  FUZZ_CHECK(model.detokenize(model.tokenize(text)) == text);
  FUZZ_CHECK(model.info().vocab_size == model.tokenizer().size());
  refusal_of({ErrorCode::template_error, ErrorCode::unsupported}, kName, [&] {
    const std::vector<Message> messages = {{"user", text}};
    model.render_chat(messages);
  });
}

void check_generation(const Model& model) {
  refusal_of({ErrorCode::bad_numbers, ErrorCode::context_full, ErrorCode::out_of_memory}, "", [&] {
    Session session(model);
    const std::vector<TokenId> prompt(3, static_cast<TokenId>(model.info().vocab_size - 1));
    const Generation g = session.complete_tokens(prompt, {.max_tokens = 2});
    FUZZ_CHECK(g.usage.prompt_tokens == prompt.size());
    FUZZ_CHECK(g.usage.thinking_tokens + g.usage.answer_tokens <= 2);
  });
}

void run(Input input) {
  std::string bytes(input.rest());
  bytes.resize(bytes.size() + kWeightBytes);
  std::optional<Model> model;
  const MemoryMeter memory;
  const auto refused =
      refusal_of({ErrorCode::malformed_file, ErrorCode::unsupported, ErrorCode::out_of_memory}, kName, [&] {
        model = Model::from_memory(as_bytes(bytes), kName, {.threads = 1, .memory_limit = kMemoryLimit});
      });
  FUZZ_CHECK(memory.peak() <= kFixedBytes + kBytesPerByte * bytes.size());
  if (refused) return;
  FUZZ_CHECK(model->identity().size() == 32);
  check_text(*model);
  check_generation(*model);
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
