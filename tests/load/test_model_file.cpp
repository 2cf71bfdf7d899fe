#include "load/model_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "allocation_counter.hpp"
#include "expect_error.hpp"
#include "load/metadata.hpp"
#include "malformed.hpp"
#include "read_tensor.hpp"
#include "temp_dir.hpp"

namespace reckon::load {
namespace {

using namespace test;

std::shared_ptr<const ModelFile> load(const Bytes& bytes) { return ModelFile::from_memory(bytes, "memory"); }

TEST(ModelFile, ReadsVersions2And3) {
  for (const uint32_t version : {2U, 3U}) {
    const Bytes bytes = small_model(version).build();
    const auto file = load(bytes);
    EXPECT_EQ(file->version(), version);
    EXPECT_EQ(file->name(), "memory");
    EXPECT_EQ(file->file_bytes(), bytes.size());
    EXPECT_EQ(file->metadata().require_string("general.architecture"), "qwen2");
    EXPECT_EQ(file->tensors().size(), 3U);
  }
}

template <class T>
void expect_array_of(const Metadata& m, const std::string& key, const std::vector<T>& values) {
  const auto* found = m.find(key);
  ASSERT_NE(found, nullptr) << key;
  EXPECT_EQ(std::get<std::vector<T>>(*found), values) << key;
}

TEST(ModelFile, ReadsScalarsOfEveryType) {
  GgufBuilder b;
  b.key("u8", uint8_t{255}).key("i8", int8_t{-128}).key("u16", uint16_t{65535}).key("i16", int16_t{-32768});
  b.key("u32", ~uint32_t{0}).key("i32", int32_t{-5}).key("u64", ~uint64_t{0}).key("i64", int64_t{-6});
  b.key("f32", 0.5F).key("f64", 0.1).key("yes", true).key("no", false).key("text", "a\xff").key("none", "");
  const Bytes bytes = b.build();
  const auto file = load(bytes);
  const auto value = [&](const char* key) { return *file->metadata().find(key); };
  EXPECT_EQ(value("u8"), Value(uint64_t{255}));
  EXPECT_EQ(value("i8"), Value(int64_t{-128}));
  EXPECT_EQ(value("u16"), Value(uint64_t{65535}));
  EXPECT_EQ(value("i16"), Value(int64_t{-32768}));
  EXPECT_EQ(value("u32"), Value(uint64_t{0xffffffff}));
  EXPECT_EQ(value("i32"), Value(int64_t{-5}));
  EXPECT_EQ(value("u64"), Value(~uint64_t{0}));
  EXPECT_EQ(value("i64"), Value(int64_t{-6}));
  EXPECT_EQ(value("f32"), Value(0.5));
  EXPECT_EQ(value("f64"), Value(0.1));
  EXPECT_EQ(value("yes"), Value(true));
  EXPECT_EQ(value("no"), Value(false));
  EXPECT_EQ(value("text"), Value(std::string("a\xff")));
  EXPECT_EQ(value("none"), Value(std::string()));
}

TEST(ModelFile, ReadsArraysOfEveryType) {
  GgufBuilder b;
  b.array<uint8_t>("u8", {1, 255}).array<int8_t>("i8", {-1, 127}).array<uint16_t>("u16", {1, 65535});
  b.array<int16_t>("i16", {-1}).array<uint32_t>("u32", {~0U}).array<int32_t>("i32", {-1, 2});
  b.array<uint64_t>("u64", {~uint64_t{0}}).array<int64_t>("i64", {-1}).array<float>("f32", {0.5F, -1});
  b.array<double>("f64", {0.1}).array<bool>("flags", {true, false, true});
  b.array<std::string>("words", {"", "a", std::string("\0", 1)}).array<std::string>("none", {});
  const Bytes bytes = b.build();
  const auto file = load(bytes);
  const Metadata& m = file->metadata();
  expect_array_of<uint64_t>(m, "u8", {1, 255});
  expect_array_of<int64_t>(m, "i8", {-1, 127});
  expect_array_of<uint64_t>(m, "u16", {1, 65535});
  expect_array_of<int64_t>(m, "i16", {-1});
  expect_array_of<uint64_t>(m, "u32", {0xffffffff});
  expect_array_of<int64_t>(m, "i32", {-1, 2});
  expect_array_of<uint64_t>(m, "u64", {~uint64_t{0}});
  expect_array_of<int64_t>(m, "i64", {-1});
  expect_array_of<double>(m, "f32", {0.5, -1});
  expect_array_of<double>(m, "f64", {0.1});
  expect_array_of<bool>(m, "flags", {true, false, true});
  expect_array_of<std::string>(m, "words", {"", "a", std::string("\0", 1)});
  expect_array_of<std::string>(m, "none", {});
}

Bytes counting(size_t n) {
  Bytes bytes(n);
  for (size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::byte>(i * 7);
  return bytes;
}

TEST(ModelFile, ShowsEachTensorsBytesInEveryType) {
  GgufBuilder b;
  for (const WeightTypeInfo& t : weight_types()) {
    const std::vector<uint64_t> shape = {uint64_t{t.block_size} * 3, 5};
    b.tensor(t.name, t.type, shape, counting(tensor_bytes(t.type, shape)));
  }
  const Bytes bytes = b.build();
  const auto file = load(bytes);
  for (const WeightTypeInfo& t : weight_types()) {
    const TensorView* tensor = file->find_tensor(t.name);
    ASSERT_NE(tensor, nullptr) << t.name;
    EXPECT_EQ(tensor->type, t.type);
    EXPECT_EQ(tensor->cols(), t.block_size * 3U);
    EXPECT_EQ(tensor->rows(), 5U);
    EXPECT_EQ(bytes_of(*file, *tensor), counting(t.block_bytes * 15)) << t.name;
    EXPECT_EQ(tensor->offset % 32, 0U) << t.name;
  }
}

TEST(ModelFile, MultipliesAllButTheFirstDimensionToRows) {
  const Bytes bytes = GgufBuilder()
                          .tensor("vector", WeightType::F32, {8})
                          .tensor("cube", WeightType::F32, {8, 3, 5})
                          .tensor("four", WeightType::F32, {1, 2, 3, 4})
                          .build();
  const auto file = load(bytes);
  EXPECT_EQ(file->find_tensor("vector")->rows(), 1U);
  EXPECT_EQ(file->find_tensor("cube")->rows(), 15U);
  EXPECT_EQ(file->find_tensor("four")->rows(), 24U);
}

TEST(ModelFile, FindsEveryTensorByName) {
  GgufBuilder b;
  for (int i = 0; i < 500; ++i) b.tensor(fmt::format("blk.{}.weight", i), WeightType::F32, {uint64_t(i) + 1});
  const Bytes bytes = b.build();
  const auto file = load(bytes);
  for (int i = 0; i < 500; ++i) {
    const TensorView* tensor = file->find_tensor(fmt::format("blk.{}.weight", i));
    ASSERT_NE(tensor, nullptr) << i;
    EXPECT_EQ(tensor, &file->tensors()[static_cast<size_t>(i)]);  // file order is kept
    EXPECT_EQ(tensor->cols(), uint64_t(i) + 1);
  }
  for (const char* name : {"", "blk.500.weight", "blk.", "a", "z"})
    EXPECT_EQ(file->find_tensor(name), nullptr) << name;
}

TEST(ModelFile, ObeysTheFilesAlignment) {
  for (const uint32_t alignment : {8U, 16U, 64U, 4096U}) {
    GgufBuilder b;
    b.align(alignment).key("general.alignment", alignment);
    b.tensor("a", WeightType::F32, {3}, counting(12)).tensor("b", WeightType::F32, {5}, counting(20));
    const Bytes bytes = b.build();
    const auto file = load(bytes);
    const TensorView& tensor = *file->find_tensor("b");
    EXPECT_EQ(tensor.offset % alignment, 0U) << alignment;
    EXPECT_EQ(bytes_of(*file, tensor), counting(20)) << alignment;
  }
}

TEST(ModelFile, AcceptsGapsOtherOrderAndBytesBehindTheLastTensor) {
  GgufBuilder b;
  b.raw_tensor("second", 0, {8}, 128, Bytes(32)).raw_tensor("first", 0, {8}, 0, Bytes(200));
  const Bytes bytes = b.build();
  EXPECT_EQ(load(bytes)->tensors().size(), 2U);
}

TEST(ModelFile, AcceptsAFileWithoutTensorsOrKeys) {
  const Bytes vocabulary_only = GgufBuilder().key("general.architecture", "qwen2").build();
  EXPECT_TRUE(load(vocabulary_only)->tensors().empty());
  const Bytes nothing = GgufBuilder().build();
  EXPECT_TRUE(load(nothing)->metadata().entries().empty());
}

TEST(ModelFile, ReadsAnyPartOfATensor) {
  const Bytes bytes = GgufBuilder().tensor("a", WeightType::F32, {8, 2}, counting(64)).build();
  const auto file = load(bytes);
  Bytes part(20);
  file->read(file->tensors()[0], 30, part);
  const Bytes whole = counting(64);
  EXPECT_EQ(part, Bytes(whole.begin() + 30, whole.begin() + 50));
}

TEST(ModelFile, KeepsToTheLimitOfMetadataMemory) {
  const Bytes bytes = GgufBuilder().array("words", std::vector<std::string>(10000, "word")).build();
  OpenOptions options;
  options.max_metadata_bytes = 1 << 20;
  EXPECT_NO_THROW(ModelFile::from_memory(bytes, "memory", options));
  options.max_metadata_bytes = 100000;
  const AllocationCounter counter;
  expect_error(ErrorCode::unsupported, {"memory", "\"words\"", "100000 bytes"},
               [&] { ModelFile::from_memory(bytes, "memory", options); });
  EXPECT_LT(counter.bytes(), 100000U);
}

// The costliest bytes a file can have: what a single one of them turns into in memory is bounded.
TEST(ModelFile, TakesMemoryInProportionToTheFile) {
  GgufBuilder keys;
  for (int i = 0; i < 20000; ++i) keys.key(fmt::format("{:x}", i), uint8_t{0});
  GgufBuilder tensors;
  for (int i = 0; i < 20000; ++i) tensors.tensor(fmt::format("{:x}", i), WeightType::F16, {1});
  const Bytes files[] = {keys.build(), tensors.build(),
                         GgufBuilder().array("empty", std::vector<std::string>(200000)).build(),
                         GgufBuilder().array("bytes", std::vector<uint8_t>(200000)).build(),
                         GgufBuilder().array("flags", std::vector<bool>(200000)).build()};
  for (const Bytes& bytes : files) {
    const AllocationCounter counter;
    const auto file = load(bytes);
    EXPECT_LE(counter.bytes(), 16384 + 20 * bytes.size());
  }
}

// The reader's window is smaller than this: values lie in it, across its end, and beyond its size.
TEST(ModelFile, ReadsAFileOnDiskAsItReadsMemory) {
  GgufBuilder b;
  for (const size_t length :
       {size_t{1}, size_t{65530}, size_t{3}, size_t{1000000}, size_t{7}, size_t{200000}}) {
    b.key(fmt::format("text.{}", length), std::string(length, 'a' + static_cast<char>(length % 26)));
    b.array(fmt::format("words.{}", length), std::vector<std::string>(length % 5000, "word"));
    b.array(fmt::format("numbers.{}", length), std::vector<uint32_t>(length, 7));
  }
  const Bytes bytes = b.tensor("a", WeightType::F32, {8}, counting(32)).build();
  const TempDir dir;
  write_file(dir / "model.gguf", bytes);
  const auto on_disk = ModelFile::open(dir / "model.gguf");
  const auto in_memory = load(bytes);
  EXPECT_EQ(on_disk->metadata().entries(), in_memory->metadata().entries());
  EXPECT_EQ(bytes_of(*on_disk, on_disk->tensors()[0]), counting(32));
  OpenOptions options;
  options.max_metadata_bytes = 900000;
  const AllocationCounter counter;
  expect_error(ErrorCode::unsupported, {"900000 bytes"},
               [&] { ModelFile::open(dir / "model.gguf", options); });
  EXPECT_LT(counter.bytes(), 2 * 900000U);
}

TEST(ModelFile, OpensAFileOnDisk) {
  const TempDir dir;
  const Bytes bytes = small_model().build();
  write_file(dir / "model.gguf", bytes);
  const auto file = ModelFile::open(dir / "model.gguf");
  EXPECT_EQ(file->name(), dir / "model.gguf");
  EXPECT_EQ(file->file_bytes(), bytes.size());
  EXPECT_EQ(file->metadata().file_name(), dir / "model.gguf");
  EXPECT_EQ(file->find_tensor("norm.weight")->bytes, 128U);
  file->check_unchanged();
}

TEST(ModelFile, NoticesThatItsFileBecameShorter) {
  const TempDir dir;
  write_file(dir / "model.gguf", small_model().build());
  const auto file = ModelFile::open(dir / "model.gguf");
  std::filesystem::resize_file(dir / "model.gguf", 100);
  expect_error(ErrorCode::io, {dir / "model.gguf", "shorter"}, [&] { file->check_unchanged(); });
  expect_error(ErrorCode::io, {dir / "model.gguf", "shorter"},
               [&] { bytes_of(*file, *file->find_tensor("norm.weight")); });
}

}  // namespace
}  // namespace reckon::load
