// Well-formed GGUF files whose content is no model: each gives a typed error that names the key or the
// tensor.
#include <gtest/gtest.h>

#include <reckon/reckon.hpp>
#include <set>

#include "model/bad_models.hpp"

namespace reckon::test {
namespace {

class BadModels : public testing::TestWithParam<BadModel> {
 protected:
  static ModelContent content() {
    return make_content(sound_model(GetParam().architecture, GetParam().matrix_type));
  }

  // The error of loading the file, checked against the table.
  template <class Load>
  static void expect_refused(const TemporaryFile& file, const Load& load) {
    try {
      load(file.path());
      FAIL() << "loaded";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), GetParam().code) << e.what();
      EXPECT_NE(std::string(e.what()).find(file.path()), std::string::npos) << e.what();
      EXPECT_NE(std::string(e.what()).find(GetParam().names), std::string::npos) << e.what();
      expect_printable(e.what());
    }
  }

  // Nothing of a file reaches a terminal unescaped.
  static void expect_printable(const std::string& message) {
    for (char c : message) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << "byte " << static_cast<int>(c);
  }
};

// What Model::describe, which looks at no weights, has to find too.
bool is_hyperparameter(const BadModel& b) {
  return b.names.find("general.") == 0 || b.names.find(b.architecture + ".") == 0 ||
         b.names == "tokenizer.ggml.tokens";
}

// What Tokenizer::load has to find too: all that is wrong with a key.
bool is_key(const BadModel& b) { return is_hyperparameter(b) || b.names.find("tokenizer.") == 0; }

class BadMetadata : public BadModels {};
class BadTensors : public BadModels {};

TEST_P(BadMetadata, IsRefusedByNameOfTheKey) {
  ModelContent c = content();
  GetParam().spoil(c);
  TemporaryFile file(c.to_gguf());
  expect_refused(file, [](const std::string& path) { Model::load(path, load_options(1)); });
  if (is_key(GetParam())) expect_refused(file, [](const std::string& path) { Tokenizer::load(path); });
  if (is_hyperparameter(GetParam()))
    expect_refused(file, [](const std::string& path) { Model::describe(path); });
}

TEST_P(BadTensors, IsRefusedByNameOfTheTensor) {
  ModelContent c = content();
  GetParam().spoil(c);
  TemporaryFile file(c.to_gguf());
  expect_refused(file, [](const std::string& path) { Model::load(path, load_options(1)); });
}

std::string case_name(const testing::TestParamInfo<BadModel>& test) { return test.param.name; }

INSTANTIATE_TEST_SUITE_P(Sizes, BadMetadata, testing::ValuesIn(bad_sizes()), case_name);
INSTANTIATE_TEST_SUITE_P(Heads, BadMetadata, testing::ValuesIn(bad_heads()), case_name);
INSTANTIATE_TEST_SUITE_P(Rope, BadMetadata, testing::ValuesIn(bad_rope()), case_name);
INSTANTIATE_TEST_SUITE_P(Vocabulary, BadMetadata, testing::ValuesIn(bad_vocabulary()), case_name);
INSTANTIATE_TEST_SUITE_P(Qwen2, BadTensors, testing::ValuesIn(bad_tensors_of("qwen2")), case_name);
INSTANTIATE_TEST_SUITE_P(Llama, BadTensors, testing::ValuesIn(bad_tensors_of("llama")), case_name);
INSTANTIATE_TEST_SUITE_P(Qwen3, BadTensors, testing::ValuesIn(bad_tensors_of("qwen3")), case_name);
INSTANTIATE_TEST_SUITE_P(Unknown, BadTensors, testing::ValuesIn(unknown_tensors()), case_name);
INSTANTIATE_TEST_SUITE_P(Scales, BadTensors, testing::ValuesIn(bad_scales()), case_name);

TEST(BadModelCases, AreManyAndDistinct) {
  std::set<std::string> names;
  for (const auto& cases :
       {bad_sizes(), bad_heads(), bad_rope(), bad_vocabulary(), bad_tensors_of("qwen2"),
        bad_tensors_of("llama"), bad_tensors_of("qwen3"), unknown_tensors(), bad_scales()}) {
    for (const BadModel& b : cases) EXPECT_TRUE(names.insert(b.architecture + " " + b.name).second) << b.name;
  }
  EXPECT_GE(names.size(), 386u) << "none of them is lost";
}

// What the cases above spoil is sound.
TEST(SoundModels, AreNotRefused) {
  for (const char* architecture : {"qwen2", "llama", "qwen3"}) {
    EXPECT_NO_THROW(LoadedModel(make_content(sound_model(architecture)), load_options(1))) << architecture;
  }
  for (const WeightTypeInfo& t : weight_types()) {
    EXPECT_NO_THROW(LoadedModel(make_content(sound_model("qwen2", t.type)), load_options(1))) << t.name;
  }
}

TEST(BadEmbeddings, AreRefusedWhenTheirTokenIsUsed) {
  ModelContent c = make_content(sound_model("qwen2"));
  set_element(c, "token_embd.weight", 5 * 96 + 95, kNaN);
  LoadedModel model(c, load_options(2));
  Engine engine(*model);
  SequenceId s = engine.add_sequence();
  std::vector<BatchRow> good = {{s, 4, true}, {s, 6, true}}, bad = {{s, 4, true}, {s, 5, true}};
  try {
    engine.forward(bad);
    FAIL() << "a NaN went through";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), kMalformed);
    EXPECT_NE(std::string(e.what()).find("token_embd.weight"), std::string::npos) << e.what();
  }
  EXPECT_EQ(engine.length(s), 0u);
  EXPECT_NO_THROW(engine.forward(good));
}

TEST(BadEmbeddings, AreRefusedOnLoadingWhenTheyAreTheOutputToo) {
  RandomModel m = sound_model("qwen2");
  m.tied = true;
  ModelContent c = make_content(m);
  set_element(c, "token_embd.weight", 5 * 96 + 95, kNaN);
  try {
    LoadedModel model(c, load_options(2));
    FAIL() << "loaded";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), kMalformed);
    EXPECT_NE(std::string(e.what()).find("token_embd.weight"), std::string::npos) << e.what();
  }
}

// ---- options ----

void expect_refused(const LoadOptions& options, ErrorCode code, const std::string& names) {
  try {
    LoadedModel model(make_content(sound_model("qwen2")), options);
    FAIL() << "loaded";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_NE(std::string(e.what()).find(names), std::string::npos) << e.what();
  }
}

TEST(BadLoadOptions, AreRefusedByName) {
  expect_refused(load_options(-1), ErrorCode::invalid_argument, "threads -1");
  expect_refused(load_options(257), ErrorCode::invalid_argument, "threads 257");
  expect_refused(load_options(1, "mmx"), ErrorCode::invalid_argument, "mmx");
}

TEST(BadLoadOptions, AMemoryLimitIsKept) {
  LoadOptions options = load_options(1);
  options.memory_limit = 1 << 16;
  expect_refused(options, ErrorCode::out_of_memory, "MiB");
}

TEST(BadLoadOptions, StoppedByTheCaller) {
  LoadOptions options = load_options(1);
  uint64_t calls = 0;
  options.progress = [&](const LoadProgress& p) { return ++calls < 3 && p.done_bytes <= p.total_bytes; };
  expect_refused(options, ErrorCode::cancelled, "");
  EXPECT_EQ(calls, 3u);
}

}  // namespace
}  // namespace reckon::test
