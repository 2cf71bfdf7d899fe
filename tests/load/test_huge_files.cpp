// Files of gigabytes (holes, which take no space) that have all that they claim: lengths and counts of which
// nothing may be read or allocated.
#include <gtest/gtest.h>

#include <filesystem>

#include "allocation_counter.hpp"
#include "expect_error.hpp"
#include "gguf_builder.hpp"
#include "load/model_file.hpp"
#include "temp_dir.hpp"
#include "tests/cpu_stopwatch.hpp"

namespace reckon::load {
namespace {

using namespace test;

constexpr uint64_t kFileBytes = uint64_t{3} << 30;
constexpr uint64_t k2GiB = uint64_t{1} << 31;

// `beginning`, and zeros as far as 3 GiB.
class HugeFile {
 public:
  explicit HugeFile(const Bytes& beginning) {
    write_file(path(), beginning);
    std::filesystem::resize_file(path(), kFileBytes);
  }
  std::string path() const { return dir_ / "huge.gguf"; }

 private:
  TempDir dir_;
};

void expect_refused(const Bytes& beginning, ErrorCode code, std::initializer_list<std::string_view> parts) {
  const HugeFile file(beginning);
  const AllocationCounter counter;
  const CpuStopwatch watch;
  expect_error(code, parts, [&] { ModelFile::open(file.path()); });
  EXPECT_LT(counter.bytes(), 1U << 20);
  EXPECT_LT(watch.seconds(), 1);
}

// A file of one key that ends after the key's type.
Bytes until_value(uint32_t type) { return GgufBuilder().raw_key("the.key", type, {}).build(); }

TEST(HugeFiles, AKeyOf2GiB) {
  Bytes beginning = GgufBuilder().key("the.key", uint32_t{1}).build();
  for (const uint64_t length : {k2GiB, uint64_t{1} << 29, uint64_t{65536}}) {
    patch(beginning, 24, length);
    expect_refused(beginning, ErrorCode::malformed_file,
                   {"huge.gguf", "key 1 of 1", std::to_string(length), "at most 65535"});
  }
}

TEST(HugeFiles, ATensorNameOf2GiB) {
  Bytes beginning = GgufBuilder().tensor("bad.weight", WeightType::F32, {8}).build_metadata();
  for (const uint64_t length : {k2GiB, uint64_t{1} << 29, uint64_t{65}}) {
    patch(beginning, 24, length);
    expect_refused(beginning, ErrorCode::malformed_file,
                   {"huge.gguf", "tensor 1 of 1", std::to_string(length), "at most 64"});
  }
}

TEST(HugeFiles, AStringOf2GiB) {
  Bytes beginning = until_value(kString);
  put(beginning, k2GiB);
  expect_refused(beginning, ErrorCode::unsupported,
                 {"huge.gguf", "\"the.key\"", "1073741824 bytes of memory"});
}

TEST(HugeFiles, AnArrayOf2GiB) {
  Bytes beginning = until_value(kArray);
  put<uint32_t>(beginning, kU8);
  put(beginning, k2GiB);
  expect_refused(beginning, ErrorCode::unsupported,
                 {"huge.gguf", "\"the.key\"", "1073741824 bytes of memory"});
}

// 2 GiB in the file, 8 GiB as objects in memory.
TEST(HugeFiles, AnArrayOf268435456EmptyStrings) {
  Bytes beginning = until_value(kArray);
  put<uint32_t>(beginning, kString);
  put(beginning, uint64_t{1} << 28);
  expect_refused(beginning, ErrorCode::unsupported,
                 {"huge.gguf", "\"the.key\"", "1073741824 bytes of memory"});
}

TEST(HugeFiles, ATensorListOfZeros) {
  Bytes beginning = GgufBuilder().claim_tensors(uint64_t{1} << 26).build();
  expect_refused(beginning, ErrorCode::unsupported,
                 {"huge.gguf", "tensor list", "1073741824 bytes of memory"});
}

}  // namespace
}  // namespace reckon::load
