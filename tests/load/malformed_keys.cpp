// Cases of the header and the key/value pairs.
#include <fmt/format.h>

#include "malformed.hpp"

namespace reckon::test {
namespace {

struct NamedType {
  const char* name;
  uint32_t id;
  uint32_t size;  // of a value, or the least of one
};
constexpr NamedType kScalars[] = {{"u8", kU8, 1},   {"i8", kI8, 1},     {"u16", kU16, 2},
                                  {"i16", kI16, 2}, {"u32", kU32, 4},   {"i32", kI32, 4},
                                  {"f32", kF32, 4}, {"bool", kBool, 1}, {"u64", kU64, 8},
                                  {"i64", kI64, 8}, {"f64", kF64, 8},   {"string", kString, 8}};

template <class T>
Bytes with(Bytes bytes, size_t position, T value) {
  patch(bytes, position, value);
  return bytes;
}

Bytes cut(Bytes bytes, size_t size) {
  bytes.resize(size);
  return bytes;
}

// A file whose only key is `key`, with `value` and nothing behind it.
Bytes only_key(const std::string& key, uint32_t type, Bytes value) {
  return GgufBuilder().raw_key(key, type, std::move(value)).build();
}

Bytes array_value(uint32_t type, uint64_t count, size_t n_bytes) {
  Bytes value;
  put(value, type);
  put(value, count);
  value.resize(value.size() + n_bytes);
  return value;
}

void add_foreign_files(std::vector<MalformedFile>& out) {
  const auto add = [&](const char* name, std::string_view begin, const char* part) {
    out.push_back(
        {name, to_bytes(std::string(begin) + std::string(64, ' ')), kMalformed, {"not a GGUF file", part}});
  };
  add("magic_zero", std::string_view("\0\0\0\0", 4), "\\x00");
  add("magic_lower_case", "gguf", "\"gguf\"");
  add("magic_ggml", "lmgg", "before GGUF");
  add("magic_ggmf", "fmgg", "before GGUF");
  add("magic_ggjt", "tjgg", "before GGUF");
  add("magic_ggla", "algg", "before GGUF");
  add("magic_reversed", "FUGG", "reverse");
  add("git_lfs_pointer", "version https://git-lfs.github.com/spec/v1\n", "Git LFS");
  add("zip_archive", "PK\x03\x04", "PK");
  add("web_page", "<!DOCTYPE html>", "<!DO");
  add("terminal_escape", "\x1b[2J", "\\x1b");
}

}  // namespace

std::vector<MalformedFile> malformed_headers() {
  const Bytes good = small_model().build();
  std::vector<MalformedFile> out;
  add_foreign_files(out);
  out.push_back({"empty", {}, kMalformed, {"header", "magic"}});
  out.push_back({"cut_in_magic", cut(good, 3), kMalformed, {"header", "magic"}});
  out.push_back({"cut_in_version", cut(good, 7), kMalformed, {"header", "version"}});
  out.push_back({"cut_in_tensor_count", cut(good, 15), kMalformed, {"header", "tensor count"}});
  out.push_back({"cut_in_key_count", cut(good, 23), kMalformed, {"header", "key count"}});
  out.push_back({"cut_after_header", cut(good, 24), kMalformed, {"keys"}});
  for (const uint32_t version : {0U, 1U, 4U, 5U, 256U, ~0U}) {
    out.push_back({fmt::format("version_{}", version),
                   with(good, 4, version),
                   kUnsupported,
                   {fmt::format("version {}", version), "2 or 3"}});
  }
  for (const uint32_t version : {1U, 2U, 3U}) {
    out.push_back({fmt::format("big_endian_{}", version),
                   with(good, 4, version << 24),
                   kUnsupported,
                   {"big-endian", fmt::format("version {}", version)}});
  }
  for (const auto& [name, count] :
       std::initializer_list<std::pair<const char*, uint64_t>>{{"max", kHuge},
                                                               {"2_63", uint64_t{1} << 63},
                                                               {"2_60", uint64_t{1} << 60},
                                                               {"2_32", uint64_t{1} << 32}}) {
    out.push_back({fmt::format("tensor_count_{}", name),
                   with(good, 8, count),
                   kMalformed,
                   {"tensor list", fmt::format("{} tensors", count)}});
    out.push_back({fmt::format("key_count_{}", name),
                   with(good, 16, count),
                   kMalformed,
                   {"header", fmt::format("{} keys", count)}});
  }
  out.push_back(
      {"tensor_count_one_more", small_model().claim_tensors(4).build(), kMalformed, {"tensor 4 of 4"}});
  out.push_back(
      {"key_count_65537", small_model().claim_keys(65537).build(), kMalformed, {"65537 keys", "65536"}});
  out.push_back({"key_count_beyond_room", small_model().claim_keys(1000).build(), kMalformed, {"1000 keys"}});
  // A tensor's name is read as a key and its dimension count as a type, whose value is too short for the next
  // "key".
  out.push_back({"key_count_one_more", small_model().claim_keys(6).build(), kMalformed, {"tensor 1 of 3"}});
  return out;
}

std::vector<MalformedFile> malformed_keys() {
  const Bytes good = small_model().build();
  std::vector<MalformedFile> out;
  const auto add = [&](std::string name, Bytes bytes, std::vector<std::string> parts) {
    out.push_back({std::move(name), std::move(bytes), kMalformed, std::move(parts)});
  };
  const size_t first_key = 24, past_end = good.size() - first_key - 8 + 1;
  for (const uint64_t length : {kHuge, kHuge - 7, uint64_t{1} << 63, uint64_t{1} << 32, uint64_t{past_end}}) {
    add(fmt::format("key_length_{}", length), with(good, first_key, length),
        {"key 1 of 5", fmt::format("{}", length)});
  }
  add("key_empty", GgufBuilder().key("", uint32_t{1}).build(), {"key 1 of 1", "empty"});
  add("key_of_65536_bytes", GgufBuilder().key(std::string(65536, 'k'), uint32_t{1}).build(),
      {"65536", "65535"});
  add("key_with_nul", GgufBuilder().key(std::string("a\0b", 3), uint32_t{1}).build(), {"a\\x00b", "NUL"});
  add("key_with_newline", GgufBuilder().key("a\nb", uint32_t{1}).build(), {"a\\x0ab"});
  add("key_with_escape", GgufBuilder().key("\x1b[31m", uint32_t{1}).build(), {"\\x1b[31m"});
  add("key_with_delete", GgufBuilder().key("a\x7f", uint32_t{1}).build(), {"a\\x7f"});
  for (const uint32_t type : {13U, 14U, 255U, 1U << 31, ~0U}) {
    add(fmt::format("value_type_{}", type), with(good, position_after(good, "test.count"), type),
        {"\"test.count\"", fmt::format("id {}", type)});
  }
  const size_t string_length = position_after(good, "general.architecture") + 4;
  const size_t string_past_end = good.size() - string_length - 8 + 1;
  for (const uint64_t length :
       {kHuge, kHuge - 7, uint64_t{1} << 63, uint64_t{1} << 31, uint64_t{string_past_end}}) {
    add(fmt::format("string_length_{}", length), with(good, string_length, length),
        {"\"general.architecture\"", "string", fmt::format("{}", length)});
  }
  for (const uint8_t value : std::initializer_list<uint8_t>{2, 127, 255}) {
    add(fmt::format("boolean_of_{}", value), with(good, position_after(good, "test.flag") + 4, value),
        {"\"test.flag\"", fmt::format("{}", value), "0 or 1"});
  }
  for (const NamedType& type : kScalars) {
    add(fmt::format("cut_in_{}", type.name), only_key("cut.here", type.id, Bytes(type.size - 1)),
        {"\"cut.here\""});
  }
  add("cut_in_string_text", only_key("cut.here", kString, array_value(5, 0, 0)), {"\"cut.here\"", "string"});
  add("string_that_is_not_there", only_key("cut.here", kString, {}), {"\"cut.here\"", "string"});
  add("array_that_is_not_there", only_key("cut.here", kArray, {}), {"\"cut.here\"", "array element type"});
  for (const uint64_t length : {uint64_t{1}, uint64_t{6}, uint64_t{1} << 20}) {  // the text is 5 bytes
    Bytes value;
    put(value, length + 5);
    put_bytes(value, "short");
    add(fmt::format("string_{}_bytes_short", length), only_key("cut.here", kString, value),
        {"\"cut.here\"", fmt::format("{}", length + 5)});
  }
  const Bytes two = GgufBuilder().key("filler", std::string(100, 'x')).key("cut.here", uint32_t{1}).build();
  add("cut_in_value_type", cut(two, two.size() - 5), {"\"cut.here\"", "value type"});
  add("key_twice", small_model().key("test.count", uint32_t{7}).build(), {"\"test.count\"", "twice"});
  add("key_twice_of_other_type", small_model().key("test.count", "7").build(), {"\"test.count\"", "twice"});
  GgufBuilder many;
  for (int i = 0; i < 300; ++i) many.key(fmt::format("key.{}", i % 299), i);
  add("key_twice_far_apart", many.build(), {"\"key.0\"", "twice"});
  return out;
}

std::vector<MalformedFile> malformed_arrays() {
  std::vector<MalformedFile> out;
  const auto add = [&](std::string name, Bytes value, std::vector<std::string> parts,
                       ErrorCode code = kMalformed) {
    parts.push_back("\"the.array\"");
    out.push_back({std::move(name), only_key("the.array", kArray, std::move(value)), code, std::move(parts)});
  };
  for (const NamedType& type : kScalars) {
    add(fmt::format("array_of_{}_one_too_long", type.name), array_value(type.id, 5, type.size * 5 - 1),
        {"claims 5"});
    add(fmt::format("array_of_{}_max", type.name), array_value(type.id, kHuge, 64),
        {fmt::format("claims {}", kHuge)});
    if (type.size > 1) {  // count times size is 2^64 plus one element
      const uint64_t wraps = kHuge / type.size + 2;
      add(fmt::format("array_of_{}_wrapping", type.name), array_value(type.id, wraps, 64),
          {fmt::format("claims {}", wraps)});
    }
  }
  for (const uint32_t type : {13U, 100U, 1U << 31, ~0U}) {
    add(fmt::format("array_element_type_{}", type), array_value(type, 1, 64),
        {"array element type", fmt::format("id {}", type)});
  }
  add("array_of_arrays", array_value(kArray, 1, 64), {"array of arrays"}, kUnsupported);
  add("array_of_no_arrays", array_value(kArray, 0, 0), {"array of arrays"}, kUnsupported);
  Bytes nested;
  for (int i = 0; i < 100000; ++i) {
    const Bytes level = array_value(kArray, 1, 0);
    nested.insert(nested.end(), level.begin(), level.end());
  }
  add("arrays_100000_deep", nested, {"array of arrays"}, kUnsupported);
  add("array_cut_in_type", Bytes(3), {"array element type"});
  add("array_cut_in_length", cut(array_value(kU8, 1, 0), 11), {"array length"});
  add("array_of_bad_booleans",
      [] {
        Bytes value = array_value(kBool, 3, 3);
        value.back() = std::byte{2};
        return value;
      }(),
      {"0 or 1"});
  for (const uint64_t length :
       {kHuge, kHuge - 7, uint64_t{1} << 63, uint64_t{1} << 32, uint64_t{1} << 31, uint64_t{9}}) {
    Bytes value = array_value(kString, 3, 0);
    put(value, std::string("fine"));
    put(value, length);
    value.resize(value.size() + 8);
    add(fmt::format("array_string_length_{}", length), value,
        {"string of an array", fmt::format("{}", length)});
  }
  return out;
}

std::vector<MalformedFile> malformed_alignments() {
  std::vector<MalformedFile> out;
  const auto add = [&](std::string name, uint32_t type, Bytes value, std::vector<std::string> parts) {
    GgufBuilder b;
    b.raw_key("general.alignment", type, std::move(value)).tensor("norm.weight", WeightType::F32, {32});
    out.push_back({std::move(name), b.build(), kMalformed, std::move(parts)});
  };
  for (const uint32_t alignment : {0U, 1U, 2U, 3U, 4U, 5U, 7U, 9U, 12U, 24U, 31U, 33U, 48U, 96U, 1000U,
                                   65537U, 0x80000001U, 0xfffffff8U, ~0U}) {
    Bytes value;
    put(value, alignment);
    add(fmt::format("alignment_{}", alignment), kU32, value,
        {"\"general.alignment\"", fmt::format("found {}", alignment), "power of two"});
  }
  for (const uint32_t alignment : {1U << 12, 1U << 31}) {  // the data would begin beyond the file's end
    Bytes value;
    put(value, alignment);
    add(fmt::format("alignment_{}_beyond_the_file", alignment), kU32, value,
        {"\"norm.weight\"", "beyond the end"});
  }
  for (const NamedType& type : kScalars) {
    if (type.id == kU32) continue;
    Bytes value(type.size);
    if (type.id != kString && type.id != kBool) value[0] = std::byte{32};
    add(fmt::format("alignment_of_type_{}", type.name), type.id, value, {"\"general.alignment\"", "uint32"});
  }
  Bytes array = array_value(kU32, 1, 4);
  add("alignment_of_type_array", kArray, array, {"\"general.alignment\"", "uint32"});
  return out;
}

}  // namespace reckon::test
