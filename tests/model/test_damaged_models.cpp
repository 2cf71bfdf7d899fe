// A whole tiny model, cut at every byte and with every bit of its metadata flipped: a typed error that names
// the file, or a model that runs.
#include <gtest/gtest.h>

#include <reckon/reckon.hpp>

#include "load/allocation_counter.hpp"
#include "load/gguf_builder.hpp"
#include "model/random_model.hpp"
#include "tests/cpu_stopwatch.hpp"

namespace reckon::test {
namespace {

constexpr double kMostSeconds = 2;                  // of one file, also under sanitizers
constexpr uint64_t kMostBytes = uint64_t{8} << 20;  // allocated for one file

// The least there is of everything, and as many kinds of keys as there are.
std::vector<std::byte> tiny_model() {
  RandomModel m;
  m.architecture = "qwen3";
  m.layers = 1;
  m.hidden = m.ffn = m.head_dim = 16;
  m.heads = m.kv_heads = 1;
  m.context = 32;
  m.tied = true;
  m.rope_scaling = {
      {"type", std::string("yarn")}, {"factor", 4.0f}, {"original_context_length", uint32_t{8}}};
  ModelContent content = make_content(m);
  content.set("tokenizer.chat_template",
              std::string("{% for m in messages %}{{ m.role + m.content }}{% endfor %}<think>\n"));
  return content.to_gguf();
}

// Before the alignment's padding and the data.
size_t metadata_size(const std::vector<std::byte>& file) {
  constexpr size_t kEntryTail = 4 + 8 + 4 + 8;  // of a vector: number of dimensions, length, type, offset
  return position_after(file, "output_norm.weight") + kEntryTail;
}

// What a damaged template or context may make of a turn.
bool is_expected_of_a_turn(ErrorCode code) {
  return code == ErrorCode::template_error || code == ErrorCode::context_full ||
         code == ErrorCode::bad_numbers || code == ErrorCode::unsupported ||
         code == ErrorCode::invalid_argument;  // a template that renders nothing: an empty prompt
}

void run_a_turn(const Model& model) {
  Engine engine(model);
  const SequenceId sequence = engine.add_sequence();
  engine.forward(std::vector<BatchRow>{{sequence, 0, true}});
  EXPECT_EQ(engine.logits(0).size(), model.info().vocab_size);
  try {
    GenerateOptions options;
    options.max_tokens = 2;
    Session(model).generate(std::vector<Message>{{"user", "the"}}, options);
  } catch (const Error& error) {
    EXPECT_TRUE(is_expected_of_a_turn(error.code())) << to_string(error.code()) << ": " << error.what();
  }
}

// True if it loaded.
bool run_or_refuse(const std::vector<std::byte>& file) {
  const CpuStopwatch watch;
  const AllocationCounter counter;
  bool loaded = false;
  try {
    const Model model = Model::from_memory(file, "damaged.gguf", load_options(1));
    loaded = true;
    run_a_turn(model);
  } catch (const Error& error) {
    EXPECT_FALSE(loaded) << error.what();
    const bool typed = error.code() == ErrorCode::malformed_file || error.code() == ErrorCode::unsupported;
    EXPECT_TRUE(typed) << to_string(error.code()) << ": " << error.what();
    EXPECT_TRUE(std::string_view(error.what()).starts_with("damaged.gguf: ")) << error.what();
  }
  EXPECT_LT(counter.bytes(), kMostBytes);
  EXPECT_LT(watch.seconds(), kMostSeconds);
  return loaded;
}

TEST(DamagedModels, BeginFromOneThatRuns) {
  const std::vector<std::byte> file = tiny_model();
  EXPECT_TRUE(run_or_refuse(file));
  const size_t data = (metadata_size(file) + 31) / 32 * 32;
  const size_t rows_of_16 = 272 + 4 * 16 + 3 * 16 + 2 + 1 + 2;  // embeddings, attention, feed-forward, norms
  EXPECT_EQ(file.size(), data + rows_of_16 * 16 * sizeof(float)) << "metadata_size() is right";
}

TEST(DamagedModels, CutAtEveryByteIsRefused) {
  const std::vector<std::byte> file = tiny_model();
  for (size_t size = 0; size < file.size(); size++) {
    const std::vector<std::byte> part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_FALSE(run_or_refuse(part)) << "cut at " << size;
  }
}

// Every bit of the bytes from `begin` on, or of each `stride`th of them. The number that loaded.
size_t flip_bits(size_t begin, size_t end, size_t stride) {
  std::vector<std::byte> file = tiny_model();
  size_t loaded = 0;
  for (size_t at = begin; at < end; at += stride) {
    for (int bit = 0; bit < 8; bit++) {
      SCOPED_TRACE(testing::Message() << "byte " << at << " bit " << bit);
      file[at] ^= std::byte{1} << bit;
      loaded += run_or_refuse(file) ? 1 : 0;
      file[at] ^= std::byte{1} << bit;
      if (testing::Test::HasFailure()) return loaded;
    }
  }
  return loaded;
}

TEST(DamagedModels, EveryFlippedBitBeforeTheVocabularyRunsOrIsRefused) {
  const size_t end = position_of(tiny_model(), "tokenizer.ggml.tokens");
  const size_t loaded = flip_bits(0, end, 1);
  EXPECT_GT(loaded, 0u);
  EXPECT_LT(loaded, end * 8);
}

TEST(DamagedModels, EveryFlippedBitOfTheVocabularyRunsOrIsRefused) {
  const std::vector<std::byte> file = tiny_model();
  const size_t begin = position_of(file, "tokenizer.ggml.tokens");
  const size_t end = position_of(file, "tokenizer.ggml.merges");
  const size_t loaded = flip_bits(begin, end, 1);
  EXPECT_GT(loaded, 0u);
  EXPECT_LT(loaded, (end - begin) * 8);
}

TEST(DamagedModels, EveryFlippedBitBehindTheVocabularyRunsOrIsRefused) {
  const std::vector<std::byte> file = tiny_model();
  const size_t begin = position_of(file, "tokenizer.ggml.merges"), end = metadata_size(file);
  const size_t loaded = flip_bits(begin, end, 1);
  EXPECT_GT(loaded, 0u);
  EXPECT_LT(loaded, (end - begin) * 8);
}

// Prime: over time every byte of a float.
TEST(DamagedModels, FlippedBitsOfTheWeightsRunOrAreRefused) {
  const std::vector<std::byte> file = tiny_model();
  const size_t loaded = flip_bits(metadata_size(file), file.size(), 101);
  EXPECT_GT(loaded, 0u);
}

}  // namespace
}  // namespace reckon::test
