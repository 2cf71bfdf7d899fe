// Models from memory and from the caller's own reader.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include <reckon/engine.hpp>

#include "load/expect_error.hpp"
#include "model/random_model.hpp"

namespace reckon::test {
namespace {

std::vector<std::byte> model_bytes() {
  RandomModel m;
  m.hidden = 256;
  m.ffn = 1024;
  m.head_dim = 64;
  return make_content(m).to_gguf();
}

uint64_t logits_of(const Model& model) {
  Engine engine(model);
  const SequenceId sequence = engine.add_sequence();
  engine.forward(std::vector<BatchRow>{{sequence, 1, false}, {sequence, 2, true}});
  return hash_logits(engine.logits(0));
}

ReadFunction reader_of(const std::vector<std::byte>& bytes, size_t most = SIZE_MAX) {
  return [&bytes, most](uint64_t offset, std::span<std::byte> to) {
    const size_t n = std::min({most, to.size(), bytes.size() - static_cast<size_t>(offset)});
    std::memcpy(to.data(), bytes.data() + offset, n);
    return n;
  };
}

TEST(Sources, AFileMemoryAndAReaderGiveTheSameBits) {
  const std::vector<std::byte> bytes = model_bytes();
  const TemporaryFile file(bytes);
  const uint64_t expected = logits_of(Model::load(file.path(), load_options(2)));
  const Model memory = Model::from_memory(bytes, "mine", load_options(2));
  EXPECT_EQ(logits_of(memory), expected);
  EXPECT_EQ(memory.info().file, "mine");
  EXPECT_EQ(memory.info().file_bytes, bytes.size());
  const Model reader = Model::from_reader(bytes.size(), reader_of(bytes, 5000), "theirs", load_options(2));
  EXPECT_EQ(logits_of(reader), expected);
  EXPECT_EQ(reader.info().file, "theirs");
}

TEST(Sources, ASizeThatIsNotTheFilesIsAnError) {
  const std::vector<std::byte> bytes = model_bytes();
  for (const uint64_t size : {bytes.size() - 1, bytes.size() / 2, size_t{3}, size_t{0}}) {
    expect_error(ErrorCode::malformed_file, {"short"},
                 [&] { Model::from_reader(size, reader_of(bytes), "short", load_options(1)); });
  }
  // Tensors lie where they say: bytes behind them are never asked for, and one that is missing is missed.
  std::vector<std::byte> cut = bytes;
  cut.pop_back();
  expect_error(ErrorCode::io, {"long", "gave nothing"},
               [&] { Model::from_reader(bytes.size(), reader_of(cut), "long", load_options(2)); });
  expect_error(ErrorCode::invalid_argument, {"none"}, [&] { Model::from_reader(1, {}, "none"); });
}

TEST(Sources, AReaderThatFailsLaterEndsTheStepOnly) {
  const std::vector<std::byte> bytes = model_bytes();
  bool fails = false;
  const Model model = Model::from_reader(
      bytes.size(),
      [&, read = reader_of(bytes)](uint64_t offset, std::span<std::byte> to) {
        return fails ? 0 : read(offset, to);
      },
      "moody", load_options(2));
  Engine engine(model);
  const SequenceId sequence = engine.add_sequence();
  const std::vector<BatchRow> row = {{sequence, 1, true}};
  engine.forward(row);
  fails = true;
  expect_error(ErrorCode::io, {"moody", "gave nothing"}, [&] { engine.forward(row); });
  EXPECT_EQ(engine.length(sequence), 1U);
  fails = false;
  EXPECT_NO_THROW(engine.forward(row));
}

TEST(Sources, AReaderIsKeptAsLongAsTheModel) {
  const std::vector<std::byte> bytes = model_bytes();
  auto token = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = token;
  {
    Model model = Model::from_reader(
        bytes.size(),
        [read = reader_of(bytes), token = std::move(token)](uint64_t offset, std::span<std::byte> to) {
          return read(offset, to);
        },
        "mine", load_options(1));
    const Model copy = model;
    EXPECT_FALSE(alive.expired());
  }
  EXPECT_TRUE(alive.expired());
}

}  // namespace
}  // namespace reckon::test
