// Asks a question and writes what comes: the thought to stderr, the answer to stdout.
#include <reckon/reckon.hpp>

#include <cstdio>

namespace {

void write(std::FILE* file, std::string_view text) { std::fwrite(text.data(), 1, text.size(), file); }

void ask(const reckon::Model& model) {
  reckon::Session session(model);
  const reckon::GenerateOptions options = {.sampling = {.temperature = 0}, .thinking = {.budget = 2000}};
  const std::vector<reckon::Message> messages = {{"user", "What is 123 + 456?"}};
  const reckon::Generation g = session.generate(messages, options, [](const reckon::Event& event) {
    if (event.phase == reckon::Phase::thinking) write(stderr, event.text);
    if (event.phase == reckon::Phase::answer) write(stdout, event.text);
    return true;
  });
  std::printf("\n%s\n", reckon::to_string(g.finish_reason));
}

}  // namespace

int main() {
  try {
    reckon::Model::load("no such file.gguf");
  } catch (const reckon::Error& e) {  // its type is known on both sides of the library's border
    std::printf("%s\n", reckon::to_string(e.code()));
  }
  try {
    ask(reckon::Model::embedded());
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
