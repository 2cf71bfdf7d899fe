// Takes a generation event by event while another thread waits to cancel it.
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
  reckon::Session session(model);
  std::atomic<bool> thinking = false;
  const std::vector<reckon::Message> messages = {{"user", "What is 123 + 456?"}};
  reckon::Stream stream = session.stream(messages, endless(model));
  std::thread canceller([&] {
    thinking.wait(false);
    session.cancel();
  });
  while (const reckon::Event* event = stream.next()) {
    if (event->phase != reckon::Phase::thinking) continue;
    thinking = true;
    thinking.notify_one();
  }
  canceller.join();
  const reckon::Generation g = stream.finish();
  std::printf("%s, %s\n", reckon::to_string(g.finish_reason),
              g.usage.thinking_tokens > 0 ? "with a thought" : "without one");
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
