#include "load/gguf_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "load/gguf.hpp"
#include "support/quoted.hpp"

namespace reckon::load {
namespace {

// Ids of value types in the file.
enum class ValueType : uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64 };
constexpr uint32_t kValueTypes = 13;

constexpr uint64_t kMinPairBytes = 8 + 1 + 4 + 1;  // length and one byte of key, type, the smallest value
constexpr uint64_t kEntryMemory = sizeof(std::pair<std::string, Value>);
constexpr uint64_t kIndexMemory = 96;  // of a key, apart from its own bytes

ValueType read_type(GgufReader& reader, const char* what) {
  const auto id = reader.read<uint32_t>(what);
  if (id >= kValueTypes) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("the {} has id {}, expected an id from 0 to {}", what, id, kValueTypes - 1));
  }
  return static_cast<ValueType>(id);
}

bool to_bool(const GgufReader& reader, uint8_t byte) {
  if (byte > 1)
    reader.fail(ErrorCode::malformed_file, fmt::format("found a boolean of value {}, expected 0 or 1", byte));
  return byte == 1;
}

// A string of any length that the memory budget has room for.
std::string read_text(GgufReader& reader, const char* what) {
  const auto text = reader.read_string(what);
  reader.charge(text.size());
  return std::string(text);
}

Value read_scalar(GgufReader& reader, ValueType type) {
  switch (type) {
    case ValueType::U8: return uint64_t{reader.read<uint8_t>("value")};
    case ValueType::I8: return int64_t{reader.read<int8_t>("value")};
    case ValueType::U16: return uint64_t{reader.read<uint16_t>("value")};
    case ValueType::I16: return int64_t{reader.read<int16_t>("value")};
    case ValueType::U32: return uint64_t{reader.read<uint32_t>("value")};
    case ValueType::I32: return int64_t{reader.read<int32_t>("value")};
    case ValueType::F32: return double{reader.read<float>("value")};
    case ValueType::Bool: return to_bool(reader, reader.read<uint8_t>("value"));
    case ValueType::String: return read_text(reader, "string");
    case ValueType::U64: return reader.read<uint64_t>("value");
    case ValueType::I64: return reader.read<int64_t>("value");
    case ValueType::F64: return reader.read<double>("value");
    case ValueType::Array: break;  // read_value handles arrays
  }
  reader.fail(ErrorCode::malformed_file, "the value is not a scalar");
}

// Elements of type `Stored` in the file, `Wide` in memory.
template <class Stored, class Wide>
Value read_numbers(GgufReader& reader, uint64_t count) {
  reader.require_room(count, sizeof(Stored), "array elements");
  reader.charge(count * sizeof(Wide));
  const auto bytes = reader.take(count * sizeof(Stored), "array");
  std::vector<Wide> values(count);
  for (uint64_t i = 0; i < count; ++i) {
    Stored element;
    std::memcpy(&element, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = element;
  }
  return values;
}

Value read_bools(GgufReader& reader, uint64_t count) {
  reader.require_room(count, 1, "array elements");
  reader.charge(count / 8 + 8);
  const auto bytes = reader.take(count, "array");
  std::vector<bool> values(count);
  for (uint64_t i = 0; i < count; ++i) values[i] = to_bool(reader, std::to_integer<uint8_t>(bytes[i]));
  return values;
}

Value read_strings(GgufReader& reader, uint64_t count) {
  reader.require_room(count, sizeof(uint64_t), "array elements");
  reader.charge(count * sizeof(std::string));
  std::vector<std::string> values;
  values.reserve(count);
  for (uint64_t i = 0; i < count; ++i) values.push_back(read_text(reader, "string of an array"));
  return values;
}

Value read_array(GgufReader& reader) {
  const auto type = read_type(reader, "array element type");
  const auto count = reader.read<uint64_t>("array length");
  switch (type) {
    case ValueType::U8: return read_numbers<uint8_t, uint64_t>(reader, count);
    case ValueType::I8: return read_numbers<int8_t, int64_t>(reader, count);
    case ValueType::U16: return read_numbers<uint16_t, uint64_t>(reader, count);
    case ValueType::I16: return read_numbers<int16_t, int64_t>(reader, count);
    case ValueType::U32: return read_numbers<uint32_t, uint64_t>(reader, count);
    case ValueType::I32: return read_numbers<int32_t, int64_t>(reader, count);
    case ValueType::F32: return read_numbers<float, double>(reader, count);
    case ValueType::Bool: return read_bools(reader, count);
    case ValueType::String: return read_strings(reader, count);
    case ValueType::U64: return read_numbers<uint64_t, uint64_t>(reader, count);
    case ValueType::I64: return read_numbers<int64_t, int64_t>(reader, count);
    case ValueType::F64: return read_numbers<double, double>(reader, count);
    case ValueType::Array: break;
  }
  reader.fail(ErrorCode::unsupported,
              "found an array of arrays, expected an array of numbers, booleans or strings");
}

std::string read_key(GgufReader& reader) {
  const auto key = reader.read_string("key", kMaxKeyBytes);
  if (key.empty()) reader.fail(ErrorCode::malformed_file, "the key is empty");
  const bool has_control =
      std::any_of(key.begin(), key.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (has_control) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("the key {} has a NUL or control character", support::quoted(key)));
  }
  reader.charge(kIndexMemory + 2 * key.size());
  return std::string(key);
}

// A file whose alignment we misread would give garbage for weights, so the type must be exactly the format's.
uint64_t checked_alignment(const GgufReader& reader, ValueType type, const Value& value) {
  if (type != ValueType::U32) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("found {} of another type, expected a uint32", describe(value)));
  }
  const uint64_t alignment = std::get<uint64_t>(value);
  if (!std::has_single_bit(alignment) || alignment < kMinAlignment) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("found {}, expected a power of two of at least {}", alignment, kMinAlignment));
  }
  return alignment;
}

}  // namespace

uint64_t read_key_values(GgufReader& reader, uint64_t count, Metadata& metadata) {
  if (count > kMaxKeys) {
    reader.fail(ErrorCode::malformed_file,
                fmt::format("the file claims {} keys, expected at most {}", count, kMaxKeys));
  }
  reader.require_room(count, kMinPairBytes, "keys");
  reader.charge(count * kEntryMemory);
  metadata.reserve(count);
  uint64_t alignment = kDefaultAlignment;
  for (uint64_t i = 0; i < count; ++i) {
    reader.enter(fmt::format("key {} of {}", i + 1, count));
    std::string key = read_key(reader);
    reader.enter("key " + support::quoted(key));
    const auto type = read_type(reader, "value type");
    Value value = type == ValueType::Array ? read_array(reader) : read_scalar(reader, type);
    if (key == "general.alignment") alignment = checked_alignment(reader, type, value);
    if (!metadata.insert(std::move(key), std::move(value))) {
      reader.fail(ErrorCode::malformed_file, "the key appears twice");
    }
  }
  return alignment;
}

}  // namespace reckon::load
