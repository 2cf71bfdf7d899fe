// Model files that are cut off while they are in use: a typed error each time. A signal would end this
// program.
#include <gtest/gtest.h>

#include <filesystem>

#include <reckon/engine.hpp>

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
