// Model files that are cut off while they are in use: a typed error each time. A signal would end this
// program.
#include <gtest/gtest.h>

#include <filesystem>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "model/random_model.hpp"

namespace reckon::test {
namespace {

// With matrices that are read in several pieces.
TemporaryFile model_file() {
  RandomModel m;
  m.hidden = 256;
  m.ffn = 1024;
  m.head_dim = 64;
  return TemporaryFile(make_content(m).to_gguf());
}

TEST(ShrinkingFile, IsAnErrorAtTheNextStep) {
  const TemporaryFile file = model_file();
  const auto size = std::filesystem::file_size(file.path());
  for (const uintmax_t left : {size - 1, size / 2, uintmax_t{100}, uintmax_t{0}}) {
    const TemporaryFile fresh = model_file();
    const Model model = Model::load(fresh.path(), load_options(2));
    Engine engine(model);
    const SequenceId sequence = engine.add_sequence();
    engine.forward(std::vector<BatchRow>{{sequence, 1, true}});
    std::filesystem::resize_file(fresh.path(), left);
    expect_error(ErrorCode::io, {fresh.path(), "became shorter"}, [&] {
      engine.forward(std::vector<BatchRow>{{sequence, 1, true}});
    });
    EXPECT_EQ(engine.length(sequence), 1U) << "the step that failed left nothing";
  }
}

// Sessions and batches end with the error, and give it again as long as the file stays as it is.
TEST(ShrinkingFile, IsAnErrorInTheMiddleOfAGeneration) {
  const TemporaryFile file = model_file();
  const auto size = std::filesystem::file_size(file.path());
  const Model model = Model::load(file.path(), load_options(2));
  GenerateOptions options;
  options.max_tokens = 20;
  Session session(model);
  session.complete("the thin hen", options);
  int n = 0;
  const auto cut_at_the_fifth = [&](const Event& e) {
    if (e.token >= 0 && ++n == 5) std::filesystem::resize_file(file.path(), size / 2);
    return true;
  };
  expect_error(ErrorCode::io, {file.path(), "became shorter"}, [&] {
    session.reset();
    session.complete("the thin hen", options, cut_at_the_fifth);
  });
  EXPECT_EQ(n, 5);
  expect_error(ErrorCode::io, {file.path(), "became shorter"},
               [&] { Session(model).complete("the thin hen", options); });
  Batch batch(model);
  batch.add({.messages = {}, .text = "the thin hen", .options = options, .samples = 2, .on_event = {}});
  expect_error(ErrorCode::io, {file.path(), "became shorter"}, [&] { batch.step(); });
  EXPECT_EQ(model.detokenize(model.tokenize("the thin hen")), "the thin hen");
}

TEST(ShrinkingFile, IsAnErrorWhilePacking) {
  // Before the first matrix, and before each of the others.
  for (int at = 0; at < 5; ++at) {
    const TemporaryFile file = model_file();
    LoadOptions options = load_options(2);
    int calls = 0;
    options.progress = [&](const LoadProgress&) {
      if (calls++ == at) std::filesystem::resize_file(file.path(), 4096);
      return true;
    };
    expect_error(ErrorCode::io, {file.path(), "became shorter"}, [&] { Model::load(file.path(), options); });
    EXPECT_EQ(calls, at + 1) << "the very next read fails";
  }
}

}  // namespace
}  // namespace reckon::test
