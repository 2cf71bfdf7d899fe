// Files cut at every byte, with every bit of the metadata flipped, and with random damage: each loads or is
// refused by a typed error, and what loads can be read to its last byte.
#include <gtest/gtest.h>

#include <iterator>
#include <random>

#include "expect_error.hpp"
#include "load/metadata.hpp"
#include "load/model_file.hpp"
#include "malformed.hpp"
#include "read_tensor.hpp"
#include "temp_dir.hpp"

namespace reckon::load {
namespace {

using namespace test;

GgufBuilder varied_model(uint32_t version) {
  GgufBuilder b = small_model(version);
  b.key("test.u8", uint8_t{1}).key("test.f32", 1.5F).key("test.f64", 2.5).key("test.i64", int64_t{-1});
  b.array<uint8_t>("test.bytes", {1, 2, 3})
      .array<bool>("test.flags", {true, false})
      .array<float>("test.floats", {1, 2});
  b.key("general.alignment", uint32_t{32}).tensor("cube.weight", WeightType::F16, {4, 3, 2});
  return b;
}

void read_everything(const ModelFile& file) {
  uint64_t sum = 0;
  for (const TensorView& tensor : file.tensors()) {
    for (const std::byte b : bytes_of(file, tensor)) sum += std::to_integer<uint64_t>(b);
    EXPECT_EQ(file.find_tensor(tensor.name), &tensor);
    EXPECT_EQ(tensor.bytes, tensor_bytes(tensor.type, tensor.shape));
  }
  for (const auto& [key, value] : file.metadata().entries()) sum += key.size() + describe(value).size();
  EXPECT_GT(sum, 0U);
}

// True if it loaded.
bool load_or_refuse(const Bytes& bytes) {
  try {
    read_everything(*ModelFile::from_memory(bytes, "damaged.gguf"));
    return true;
  } catch (const Error& error) {
    const bool expected = error.code() == ErrorCode::malformed_file || error.code() == ErrorCode::unsupported;
    EXPECT_TRUE(expected) << to_string(error.code()) << ": " << error.what();
    EXPECT_TRUE(std::string_view(error.what()).starts_with("damaged.gguf: ")) << error.what();
    return false;
  }
}

TEST(Truncated, IsRefusedAtEveryByte) {
  for (const uint32_t version : {2U, 3U}) {
    const Bytes whole = varied_model(version).build();
    ASSERT_TRUE(load_or_refuse(whole));
    for (size_t size = 0; size < whole.size(); ++size) {
      const Bytes part(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
      EXPECT_FALSE(load_or_refuse(part)) << "cut at " << size;
    }
  }
}

TEST(Truncated, IsRefusedOnDiskToo) {
  const TempDir dir;
  const Bytes whole = varied_model(3).build();
  const std::string path = dir / "cut.gguf";
  for (size_t size = 1; size < whole.size(); size += 13) {
    write_file(path, Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
    expect_error(ErrorCode::malformed_file, {path}, [&] { ModelFile::open(path); });
  }
  write_file(path, whole);
  read_everything(*ModelFile::open(path));
}

TEST(Flipped, EveryBitOfTheMetadataLoadsOrIsRefused) {
  const GgufBuilder builder = varied_model(3);
  Bytes bytes = builder.build();
  const size_t metadata_size = builder.build_metadata().size();
  size_t loaded = 0;
  for (size_t i = 0; i < metadata_size * 8; ++i) {
    const auto mask = std::byte{1} << (i % 8);
    bytes[i / 8] ^= mask;
    loaded += load_or_refuse(bytes) ? 1 : 0;
    bytes[i / 8] ^= mask;
  }
  EXPECT_GT(loaded, 0U);
  EXPECT_LT(loaded, metadata_size * 8);
}

TEST(Damaged, RandomValuesAnywhereLoadOrAreRefused) {
  constexpr uint64_t kValues[] = {0,
                                  1,
                                  2,
                                  9,
                                  31,
                                  255,
                                  256,
                                  65535,
                                  uint64_t{1} << 31,
                                  uint64_t{1} << 32,
                                  uint64_t{1} << 59,
                                  uint64_t{1} << 63,
                                  ~uint64_t{0},
                                  ~uint64_t{0} - 31};
  const GgufBuilder builder = varied_model(3);
  const Bytes whole = builder.build();
  const size_t metadata_size = builder.build_metadata().size();
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    Bytes bytes = whole;
    for (auto n = random() % 3 + 1; n > 0; --n) {
      const uint64_t value = kValues[random() % std::size(kValues)];
      const size_t at = random() % (metadata_size - 8);
      if (random() % 2 == 0)
        patch(bytes, at, value);
      else
        patch(bytes, at, static_cast<uint32_t>(value));
    }
    load_or_refuse(bytes);
  }
}

TEST(Damaged, PartsRemovedOrDoubledLoadOrAreRefused) {
  const Bytes whole = varied_model(3).build();
  std::mt19937 random(2);
  for (int round = 0; round < 5000; ++round) {
    Bytes bytes = whole;
    const auto at = bytes.begin() + static_cast<ptrdiff_t>(random() % (bytes.size() - 64));
    const auto length = static_cast<ptrdiff_t>(random() % 64);
    if (random() % 2 == 0) {
      bytes.erase(at, at + length);
    } else {
      const Bytes part(at, at + length);
      bytes.insert(at, part.begin(), part.end());
    }
    load_or_refuse(bytes);
  }
}

}  // namespace
}  // namespace reckon::load
