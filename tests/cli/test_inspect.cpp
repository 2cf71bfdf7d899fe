// reckon inspect.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

Json inspect(const std::vector<std::string>& options) {
  const Result result = run_command(joined({"inspect", "--json"}, options));
  EXPECT_EQ(result.status, 0) << result.err;
  return Json::parse(result.out);
}

TEST(Inspect, DescribesTheEmbeddedModel) {
  const Json json = inspect({});
  const Json& model = json.at("model");
  EXPECT_EQ(model.at("file"), "(embedded)");
  EXPECT_EQ(model.at("architecture"), "qwen2");
  EXPECT_EQ(model.at("has_chat_template"), true);
  EXPECT_EQ(model.at("has_think_tokens"), true);
  EXPECT_EQ(model.at("vocab_size"), json.at("metadata").at("qwen2.vocab_size"));
  EXPECT_EQ(model.at("layers"), json.at("metadata").at("qwen2.block_count"));
  uint64_t bytes = 0;
  for (const Json& tensor : json.at("tensors")) bytes += tensor.at("bytes").get<uint64_t>();
  EXPECT_GT(bytes, 1'000'000u);
  EXPECT_LE(bytes, model.at("file_bytes").get<uint64_t>());
  EXPECT_LE(model.at("file_bytes"), 16'000'000);
}

TEST(Inspect, TheFileAndTheEmbeddedModelAreTheSame) {
  const Json embedded = inspect({});
  const Json file = inspect({"-m", RECKON_SOURCE_DIR "/models/reckon-tiny.gguf"});
  EXPECT_EQ(embedded.at("tensors"), file.at("tensors"));
  EXPECT_EQ(embedded.at("metadata"), file.at("metadata"));
}

TEST(Inspect, MemoryGrowsWithTheContext) {
  const Json small = inspect({"--ctx", "128"}).at("memory");
  const Json large = inspect({"--ctx", "1024"}).at("memory");
  EXPECT_EQ(small.at("context"), 128);
  EXPECT_EQ(large.at("kv_cache").get<uint64_t>(), 8 * small.at("kv_cache").get<uint64_t>());
  EXPECT_EQ(small.at("weights"), large.at("weights"));
  EXPECT_GE(small.at("total").get<uint64_t>(),
            small.at("weights").get<uint64_t>() + small.at("kv_cache").get<uint64_t>());
  EXPECT_EQ(small.at("fits"), true);
  EXPECT_GT(small.at("available"), 0);
}

TEST(Inspect, SaysWhatWouldRunIt) {
  const Json machine = inspect({"-t", "3"}).at("machine");
  EXPECT_EQ(machine.at("threads"), 3);
  int selected = 0;
  for (const Json& set : machine.at("instruction_sets")) {
    if (set.at("selected") == true) {
      ++selected;
      EXPECT_EQ(set.at("name"), machine.at("isa"));
      EXPECT_EQ(set.at("supported"), true);
    }
  }
  EXPECT_EQ(selected, 1);
}

TEST(Inspect, TheTextSaysItForPeople) {
  const Result result = run_command({"inspect", "--tensors"});
  EXPECT_EQ(result.status, 0);
  for (const std::string part : {"reckon-tiny", "qwen2", "kernel set", "Memory at a context of",
                                 "general.architecture", "token_embd.weight", "fits"}) {
    EXPECT_NE(result.out.find(part), std::string::npos) << part << " in " << result.out;
  }
  EXPECT_EQ(run_command({"inspect"}).out.find("blk.0."), std::string::npos) << "tensors only where asked for";
}

}  // namespace
}  // namespace reckon::cli::testing
