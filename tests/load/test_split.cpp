#include "load/split.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "expect_error.hpp"
#include "gguf_builder.hpp"
#include "read_tensor.hpp"
#include "temp_dir.hpp"

namespace reckon::load {
namespace {

using namespace test;

constexpr uint32_t kParts = 3;

// Part `number` (from 0) of a model of three parts with two tensors each.
GgufBuilder part(uint32_t number, uint32_t count = kParts, int32_t tensors = kParts * 2) {
  GgufBuilder b;
  if (number == 0) b.key("general.architecture", "qwen2");
  b.key("split.no", static_cast<uint16_t>(number)).key("split.count", static_cast<uint16_t>(count));
  b.key("split.tensors.count", tensors);
  for (const char* name : {"a", "b"}) {
    b.tensor(fmt::format("blk.{}.{}", number, name), WeightType::F32, {8}, Bytes(32, std::byte(number + 1)));
  }
  return b;
}

class SplitFiles : public testing::Test {
 protected:
  SplitFiles() {
    for (uint32_t i = 0; i < kParts; ++i) write(i, part(i));
  }

  std::string path(uint32_t number) const {
    return dir / fmt::format("model-{:05}-of-{:05}.gguf", number + 1, kParts);
  }
  void write(uint32_t number, const GgufBuilder& builder) const { write_file(path(number), builder.build()); }
  void expect_refused(ErrorCode code, std::initializer_list<std::string_view> parts) const {
    expect_error(code, parts, [this] { ModelFile::open(path(0)); });
  }

  TempDir dir;
};

TEST(SplitName, IsReadFromTheEndOfAPath) {
  const auto name = parse_split_name("dir/x-00002-of-00010.gguf");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->prefix, "dir/x");
  EXPECT_EQ(name->number, 2U);
  EXPECT_EQ(name->count, 10U);
  EXPECT_EQ(name->path_of(7), "dir/x-00007-of-00010.gguf");
  EXPECT_EQ(parse_split_name("-00001-of-00001.gguf")->prefix, "");
}

TEST(SplitName, IsNotReadFromOtherNames) {
  for (const char* path :
       {"", "x.gguf", "00001-of-00003.gguf", "x-00000-of-00003.gguf", "x-00004-of-00003.gguf",
        "x-0001-of-0003.gguf", "x-00001-of-00003.bin", "x-0000a-of-00003.gguf", "x-00001-of-+0003.gguf",
        "x-00001-OF-00003.gguf", "x-00001-of-00003.gguf.part"}) {
    EXPECT_FALSE(parse_split_name(path)) << path;
  }
}

TEST_F(SplitFiles, OpenAsOneModel) {
  const auto file = ModelFile::open(path(0));
  EXPECT_EQ(file->name(), path(0));
  ASSERT_EQ(file->tensors().size(), 6U);
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < kParts; ++i) {
    const TensorView* tensor = file->find_tensor(fmt::format("blk.{}.b", i));
    ASSERT_NE(tensor, nullptr) << i;
    EXPECT_EQ(tensor->part, i);
    EXPECT_EQ(bytes_of(*file, *tensor).at(31), std::byte(i + 1));
    bytes += std::filesystem::file_size(path(i));
  }
  EXPECT_EQ(file->file_bytes(), bytes);
  EXPECT_EQ(file->metadata().require_string("general.architecture"), "qwen2");
  file->check_unchanged();
}

TEST_F(SplitFiles, MayHaveNoTensorsInTheFirstPart) {
  GgufBuilder first;
  first.key("general.architecture", "qwen2").key("split.no", uint16_t{0}).key("split.count", uint16_t{3});
  first.key("split.tensors.count", int32_t{4});
  write(0, first);
  write(1, part(1, 3, 4));
  write(2, part(2, 3, 4));
  EXPECT_EQ(ModelFile::open(path(0))->tensors().size(), 4U);
}

TEST_F(SplitFiles, AreRefusedWithAPartMissing) {
  std::filesystem::remove(path(1));
  expect_refused(ErrorCode::io, {path(1), "No such file"});
}

TEST_F(SplitFiles, AreRefusedWithTheLastPartMissing) {
  std::filesystem::remove(path(2));
  expect_refused(ErrorCode::io, {path(2), "No such file"});
}

TEST_F(SplitFiles, AreRefusedWithAPartCutOff) {
  std::filesystem::resize_file(path(2), std::filesystem::file_size(path(2)) - 1);
  expect_refused(ErrorCode::malformed_file, {path(2), "\"blk.2.b\"", "beyond the end"});
}

TEST_F(SplitFiles, AreRefusedWithAnEmptyPart) {
  write_file(path(1), {});
  expect_refused(ErrorCode::io, {path(1), "empty"});
}

TEST_F(SplitFiles, AreRefusedWithADirectoryAsPart) {
  std::filesystem::remove(path(1));
  std::filesystem::create_directory(path(1));
  expect_refused(ErrorCode::io, {path(1), "directory"});
}

TEST_F(SplitFiles, AreRefusedWithPartsInOtherOrder) {
  write(1, part(2));
  write(2, part(1));
  expect_refused(ErrorCode::malformed_file, {path(1), "\"split.no\"", "integer 2", "the integer 1"});
}

TEST_F(SplitFiles, AreRefusedWithTheFirstPartTwice) {
  write(1, part(0));
  expect_refused(ErrorCode::malformed_file, {path(1), "\"split.no\""});
}

TEST_F(SplitFiles, AreRefusedWithAPartOfAModelInMoreParts) {
  write(1, part(1, 4));
  expect_refused(ErrorCode::malformed_file, {path(1), "\"split.count\"", "integer 4", "the integer 3"});
}

TEST_F(SplitFiles, AreRefusedWithAPartOfAModelWithMoreTensors) {
  write(1, part(1, 3, 7));
  expect_refused(ErrorCode::malformed_file,
                 {path(1), "\"split.tensors.count\"", "integer 7", "the integer 6"});
}

TEST_F(SplitFiles, AreRefusedWithAPartOfAnotherArchitecture) {
  write(2, part(2).key("general.architecture", "llama"));
  expect_refused(ErrorCode::malformed_file,
                 {path(2), "\"general.architecture\"", "llama", "qwen2", "another model"});
}

TEST_F(SplitFiles, AreRefusedWithAWholeModelAsPart) {
  write(1, GgufBuilder().key("general.architecture", "qwen2").tensor("x", WeightType::F32, {8}));
  expect_refused(ErrorCode::malformed_file, {path(1), "\"split.no\"", "no such key"});
}

TEST_F(SplitFiles, AreRefusedWithATensorInTwoParts) {
  GgufBuilder again;
  again.key("split.no", uint16_t{1}).key("split.count", uint16_t{3}).key("split.tensors.count", int32_t{6});
  again.tensor("blk.0.a", WeightType::F32, {8}).tensor("blk.1.b", WeightType::F32, {8});
  write(1, again);
  expect_refused(ErrorCode::malformed_file, {path(1), "\"blk.0.a\"", "twice", path(0)});
}

TEST_F(SplitFiles, AreRefusedWithFewerTensorsThanClaimed) {
  for (uint32_t i = 0; i < kParts; ++i) write(i, part(i, 3, 8));
  expect_refused(ErrorCode::malformed_file, {path(0), "\"split.tensors.count\"", "integer 8", "6"});
}

TEST_F(SplitFiles, AreRefusedWithoutTheirCounts) {
  write(0, GgufBuilder().key("split.count", uint16_t{3}));
  expect_refused(ErrorCode::malformed_file, {path(0), "\"split.no\"", "no such key"});
  write(0, GgufBuilder().key("split.count", uint16_t{3}).key("split.no", uint16_t{0}));
  expect_refused(ErrorCode::malformed_file, {path(0), "\"split.tensors.count\"", "no such key"});
}

TEST_F(SplitFiles, AreRefusedWithCountsOutOfRange) {
  write(0, GgufBuilder().key("split.count", uint32_t{1} << 31).key("split.no", uint16_t{0}));
  expect_refused(ErrorCode::malformed_file, {path(0), "\"split.count\"", "2147483648"});
  write(0, GgufBuilder().key("split.count", "three"));
  expect_refused(ErrorCode::malformed_file, {path(0), "\"split.count\"", "three"});
  write(0, GgufBuilder().key("split.count", uint16_t{3}).key("split.no", uint16_t{3}));
  expect_refused(ErrorCode::malformed_file, {path(0), "\"split.no\"", "integer 3", "from 0 to 2"});
  write(0, part(0, 3, -1));
  expect_refused(ErrorCode::malformed_file, {path(0), "\"split.tensors.count\"", "integer -1"});
}

TEST_F(SplitFiles, AreOpenedByTheirFirstPartOnly) {
  expect_error(ErrorCode::invalid_argument, {path(1), "part 2 of 3", "the first", path(0)},
               [this] { ModelFile::open(path(1)); });
}

TEST_F(SplitFiles, AreRefusedUnderOtherNames) {
  std::filesystem::rename(path(0), dir / "model.gguf");
  expect_error(ErrorCode::invalid_argument, {"model.gguf", "-00001-of-00003.gguf"},
               [this] { ModelFile::open(dir / "model.gguf"); });
  std::filesystem::rename(dir / "model.gguf", dir / "model-00001-of-00004.gguf");
  expect_error(ErrorCode::invalid_argument, {"model-00001-of-00004.gguf", "-00001-of-00003.gguf"},
               [this] { ModelFile::open(dir / "model-00001-of-00004.gguf"); });
}

TEST_F(SplitFiles, NoticeThatAnyPartBecameShorter) {
  const auto file = ModelFile::open(path(0));
  std::filesystem::resize_file(path(2), 10);
  expect_error(ErrorCode::io, {path(2), "shorter"}, [&] { file->check_unchanged(); });
}

TEST(Split, CannotBeReadFromMemory) {
  const Bytes bytes = part(0).build();
  expect_error(ErrorCode::unsupported, {"memory", "split.count", "3 parts"},
               [&] { ModelFile::from_memory(bytes, "memory"); });
}

TEST(Split, CountsOfZeroAndOneMeanAWholeFile) {
  for (const uint16_t count : {uint16_t{0}, uint16_t{1}}) {
    const Bytes bytes = GgufBuilder().key("split.count", count).tensor("x", WeightType::F32, {8}).build();
    EXPECT_EQ(ModelFile::from_memory(bytes, "memory")->tensors().size(), 1U);
  }
}

}  // namespace
}  // namespace reckon::load
