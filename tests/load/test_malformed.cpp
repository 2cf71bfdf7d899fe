#include <gtest/gtest.h>

#include <set>

#include "allocation_counter.hpp"
#include "load/model_file.hpp"
#include "malformed.hpp"

namespace reckon::test {
namespace {

std::vector<MalformedFile> all_malformed_files() {
  std::vector<MalformedFile> all;
  for (const auto& part : {malformed_headers(), malformed_keys(), malformed_arrays(), malformed_alignments(),
                           malformed_tensors(), malformed_extents()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

class Malformed : public testing::TestWithParam<MalformedFile> {};

// Whatever a file claims, memory stays a small multiple of what it has.
TEST_P(Malformed, IsRefusedByATypedErrorThatNamesThePlaceAndInLittleMemory) {
  const MalformedFile& file = GetParam();
  const AllocationCounter counter;
  try {
    load::ModelFile::from_memory(file.bytes, "bad.gguf");
    FAIL() << "loaded";
  } catch (const Error& error) {
    EXPECT_LE(counter.bytes(), 16384 + 16 * file.bytes.size());
    const std::string message = error.what();
    EXPECT_EQ(to_string(error.code()), std::string(to_string(file.code))) << message;
    EXPECT_TRUE(message.starts_with("bad.gguf: ")) << message;
    EXPECT_LT(message.size(), 600U) << message;
    for (const auto& part : file.message_parts) {
      EXPECT_NE(message.find(part), std::string::npos) << "no " << part << " in: " << message;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, Malformed, testing::ValuesIn(all_malformed_files()),
                         [](const auto& param) { return param.param.name; });

TEST(MalformedFiles, AreManyAndDistinct) {
  std::set<std::string> names, contents;
  const auto files = all_malformed_files();
  for (const auto& file : files) {
    EXPECT_TRUE(names.insert(file.name).second) << file.name;
    contents.emplace(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  }
  EXPECT_GE(contents.size(), 330U) << "none of them is lost";
}

TEST(MalformedFiles, BeginFromAFileThatLoads) {
  EXPECT_EQ(load::ModelFile::from_memory(small_model().build(), "good.gguf")->tensors().size(), 3U);
}

}  // namespace
}  // namespace reckon::test
