// Takes a generation a step at a time while another thread waits to cancel it.
#include <reckon/reckon.hpp>

#include <atomic>
#include <cstdio>
#include <thread>

namespace {

// A thought that would go on to the end of the context: nothing may end it.
reckon::GenerateOptions endless(const reckon::Model& model) {
  reckon::GenerateOptions options;
  options.thinking.loop_breaker = false;
  options.thinking.answer_reserve = 0;
  const auto size = static_cast<reckon::TokenId>(model.tokenizer().size());
  for (reckon::TokenId token = 0; token < size; token++) {
    if (model.is_end_token(token)) options.sampling.logit_bias.emplace_back(token, -1e9f);
  }
  options.sampling.logit_bias.emplace_back(model.tokenize("</think>").at(0), -1e9f);
  return options;
}

void pull(const reckon::Model& model) {
  reckon::Batch batch(model);
  std::atomic<bool> thinking = false;
  reckon::BatchRequest request;
  request.messages = {{"user", "What is 123 + 456?"}};
  request.options = endless(model);
  request.on_event = [&](uint32_t, const reckon::Event& event) {
    if (event.phase != reckon::Phase::thinking) return true;
    thinking = true;
    thinking.notify_one();
    return true;
  };
  const reckon::RequestId id = batch.add(std::move(request));
  std::thread canceller([&] {
    thinking.wait(false);
    batch.cancel(id);
  });
  while (!batch.idle()) {
    for (const reckon::BatchResult& result : batch.step()) {
      const reckon::Generation& g = result.generation;
      std::printf("%s, %s\n", reckon::to_string(g.finish_reason),
                  g.usage.thinking_tokens > 0 ? "with a thought" : "without one");
    }
  }
  canceller.join();
}

}  // namespace

int main() {
  try {
    pull(reckon::Model::embedded());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
