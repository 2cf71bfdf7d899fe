// Cases of the tensor list and of the data that it points to.
#include <fmt/format.h>

#include "malformed.hpp"

namespace reckon::test {
namespace {

constexpr uint64_t bit(int n) { return uint64_t{1} << n; }

using Shape = std::vector<uint64_t>;

// A file whose only tensor, "bad.weight", has 256 bytes of data whatever its entry says.
Bytes only_tensor(uint32_t type_id, Shape shape, uint64_t offset = 0) {
  return GgufBuilder().raw_tensor("bad.weight", type_id, std::move(shape), offset, Bytes(256)).build();
}

Bytes only_named(const std::string& name) { return GgufBuilder().tensor(name, WeightType::F32, {8}).build(); }

uint32_t id_of(WeightType type) { return info(type).gguf_id; }

class Cases {
 public:
  void add(std::string name, Bytes bytes, std::vector<std::string> parts, ErrorCode code = kMalformed) {
    cases.push_back({std::move(name), std::move(bytes), code, std::move(parts)});
  }
  std::vector<MalformedFile> cases;
};

void add_names(Cases& out) {
  const Bytes good = only_named("bad.weight");
  const size_t length_at = position_of(good, "bad.weight") - 8;
  for (const uint64_t length :
       {kHuge, kHuge - 7, bit(63), bit(31), uint64_t{good.size() - length_at - 8 + 1}}) {
    Bytes bytes = good;
    patch(bytes, length_at, length);
    out.add(fmt::format("tensor_name_length_{}", length), bytes,
            {"tensor 1 of 1", fmt::format("{}", length)});
  }
  out.add("tensor_name_empty", only_named(""), {"tensor 1 of 1", "empty"});
  out.add("tensor_name_of_65_bytes", only_named(std::string(65, 'n')), {"tensor 1 of 1", "65", "64"});
  out.add("tensor_name_of_100000_bytes", only_named(std::string(100000, 'n')),
          {"tensor 1 of 1", "100000", "64"});
  out.add("tensor_name_with_nul", only_named(std::string("a\0b", 3)), {"a\\x00b", "NUL"});
  out.add("tensor_name_with_newline", only_named("a\nb"), {"a\\x0ab"});
  out.add("tensor_name_with_escape", only_named("\x1b[2J"), {"\\x1b[2J"});
  out.add("tensor_twice", small_model().tensor("norm.weight", WeightType::F32, {32}).build(),
          {"\"norm.weight\"", "twice"});
  out.add("tensor_twice_of_other_shape",
          small_model().tensor("token_embd.weight", WeightType::F16, {2}).build(),
          {"\"token_embd.weight\"", "twice"});
  GgufBuilder many;
  for (int i = 0; i < 100; ++i) many.tensor(fmt::format("blk.{}.weight", i % 99), WeightType::F32, {1});
  out.add("tensor_twice_far_apart", many.build(), {"\"blk.0.weight\"", "twice"});
}

void add_shapes(Cases& out) {
  const Bytes good = only_tensor(id_of(WeightType::F32), {8, 8});
  const size_t n_dims_at = position_after(good, "bad.weight");
  for (const uint32_t n_dims : {0U, 5U, 6U, 255U, 1U << 31, ~0U}) {
    Bytes bytes = good;
    patch(bytes, n_dims_at, n_dims);
    out.add(fmt::format("dimensions_{}", n_dims), bytes,
            {"\"bad.weight\"", fmt::format("{} dimensions", n_dims), "1 to 4"});
  }
  for (int i = 0; i < 4; ++i) {
    Shape shape = {2, 2, 2, 2};
    shape[i] = 0;
    out.add(fmt::format("dimension_{}_zero", i), only_tensor(id_of(WeightType::F32), shape),
            {"\"bad.weight\"", fmt::format("dimension {} is 0", i)});
  }
  for (int i = 0; i < 4; ++i) {  // the product wraps to what the file has, wherever the great one stands
    Shape shape = {2, 2, 2, 2};
    shape[i] = bit(61) + 2;
    out.add(fmt::format("dimension_{}_wraps_the_product", i), only_tensor(id_of(WeightType::F32), shape),
            {"\"bad.weight\"", "64 bits"});
    shape[i] = kHuge;
    out.add(fmt::format("dimension_{}_max", i), only_tensor(id_of(WeightType::F32), shape),
            {"\"bad.weight\"", "64 bits"});
  }
  const auto wraps = [&](const char* name, WeightType type, Shape shape) {
    out.add(fmt::format("size_wraps_{}", name), only_tensor(id_of(type), std::move(shape)),
            {"\"bad.weight\"", "64 bits", info(type).name});
  };
  wraps("2_32_squared", WeightType::F32, {bit(32), bit(32)});
  wraps("to_zero_bytes", WeightType::F32, {bit(62)});
  wraps("to_a_small_size", WeightType::F32, {bit(62) + 8});
  wraps("in_the_last_dimension", WeightType::F32, {2, 2, 2, bit(61)});
  wraps("four_times_2_16", WeightType::F16, {bit(16), bit(16), bit(16), bit(16)});
  wraps("max_by_max", WeightType::F16, {kHuge, kHuge});
  wraps("max", WeightType::BF16, {kHuge});
  wraps("weights_but_not_bytes", WeightType::Q4_0, {32, bit(59)});
  wraps("blocks_of_32", WeightType::Q8_0, {32, bit(60)});
  wraps("blocks_of_256", WeightType::Q6_K, {256, bit(57)});
  wraps("row_near_2_64", WeightType::Q8_0, {kHuge - 31});
  for (const WeightTypeInfo& type : weight_types()) {
    if (type.block_size == 1) continue;
    for (const uint64_t cols : {uint64_t{1}, uint64_t{type.block_size} + type.block_size / 2}) {
      out.add(fmt::format("row_of_{}_in_{}", cols, type.name), only_tensor(type.gguf_id, {cols, 2}),
              {"\"bad.weight\"", type.name, fmt::format("a row has {}", cols),
               fmt::format("multiple of {}", type.block_size)});
    }
  }
}

void add_types(Cases& out) {
  for (uint32_t id = 0; id < 48; ++id) {
    if (find_weight_type(id)) continue;
    out.add(fmt::format("weight_type_{}", id), only_tensor(id, {8}),
            {"\"bad.weight\"", fmt::format("id {} ", id), "Q4_K", "IQ4_XS"}, kUnsupported);
  }
  for (const uint32_t id : {1000U, 1U << 31, ~0U}) {
    out.add(fmt::format("weight_type_{}", id), only_tensor(id, {8}),
            {"\"bad.weight\"", fmt::format("id {} ", id)}, kUnsupported);
  }
}

void add_cuts(Cases& out) {
  const Bytes good = only_tensor(id_of(WeightType::F32), {8, 8});
  const size_t entry = position_of(good, "bad.weight") - 8, after_name = entry + 18;
  const auto cut = [&](const char* name, size_t size, const char* part) {
    Bytes bytes = good;
    bytes.resize(size);
    out.add(fmt::format("tensor_cut_in_{}", name), bytes, {part});
  };
  cut("list", entry, "tensor list");
  cut("name_length", entry + 7, "tensor list");
  cut("name", entry + 8 + 9, "tensor list");
  cut("dimension_count", after_name + 3 + 16, "\"bad.weight\"");
  cut("first_dimension", after_name + 4 + 7 + 8, "\"bad.weight\"");
  cut("type", after_name + 4 + 16 + 3, "weight type");
  cut("offset", after_name + 4 + 16 + 4 + 7, "data offset");
  cut("padding", after_name + 4 + 16 + 4 + 8 + 1, "beyond the end");
}

void add_overlap(Cases& out, const char* name, std::vector<uint64_t> offsets) {
  GgufBuilder b;
  for (size_t i = 0; i < offsets.size(); ++i) {
    b.raw_tensor(fmt::format("blk.{}.weight", i), id_of(WeightType::F32), {16}, offsets[i], Bytes(64));
  }
  out.add(fmt::format("overlap_{}", name), b.build(), {"overlaps", "\"blk."});
}

}  // namespace

std::vector<MalformedFile> malformed_tensors() {
  Cases out;
  add_names(out);
  add_shapes(out);
  add_types(out);
  add_cuts(out);
  return std::move(out.cases);
}

std::vector<MalformedFile> malformed_extents() {
  Cases out;
  for (const uint64_t offset : {uint64_t{1}, uint64_t{8}, uint64_t{16}, uint64_t{33}, bit(63) + 1, kHuge}) {
    out.add(fmt::format("offset_{}_unaligned", offset), only_tensor(id_of(WeightType::F32), {8}, offset),
            {"\"bad.weight\"", fmt::format("offset {}", offset), "multiple of 32"});
  }
  GgufBuilder aligned;
  aligned.align(64).key("general.alignment", uint32_t{64});
  aligned.raw_tensor("bad.weight", id_of(WeightType::F32), {8}, 32, Bytes(64));
  out.add("offset_32_of_alignment_64", aligned.build(), {"\"bad.weight\"", "offset 32", "multiple of 64"});

  for (const uint64_t offset : {uint64_t{256}, uint64_t{1024}, bit(32), bit(63), kHuge - 31}) {
    out.add(fmt::format("offset_{}_beyond_the_end", offset), only_tensor(id_of(WeightType::F32), {8}, offset),
            {"\"bad.weight\"", fmt::format("offset {}", offset), "beyond the end"});
  }
  for (const WeightTypeInfo& type : weight_types()) {
    const std::string name = fmt::format("extent_of_{}_wraps", type.name);
    out.add(name, only_tensor(type.gguf_id, {uint64_t{type.block_size}}, kHuge - 31),
            {"\"bad.weight\"", "beyond"});
  }
  // Offset and size together are exactly 2^64.
  out.add("extent_wraps_to_zero", only_tensor(id_of(WeightType::F32), {8}, kHuge - 31),
          {"\"bad.weight\"", "beyond"});
  out.add("extent_wraps_into_the_data", only_tensor(id_of(WeightType::F32), {16}, kHuge - 31),
          {"\"bad.weight\"", "beyond"});
  out.add("size_of_2_62_bytes", only_tensor(id_of(WeightType::F32), {bit(60)}),
          {"\"bad.weight\"", "beyond the end"});
  out.add("size_of_2_40_rows", only_tensor(id_of(WeightType::Q8_0), {32, bit(40)}),
          {"\"bad.weight\"", "beyond the end"});
  for (const WeightTypeInfo& type : weight_types()) {
    Bytes bytes = GgufBuilder().tensor("bad.weight", type.type, {uint64_t{type.block_size} * 2, 3}).build();
    bytes.pop_back();
    out.add(fmt::format("last_byte_missing_of_{}", type.name), bytes, {"\"bad.weight\"", "beyond the end"});
  }
  Bytes no_data = GgufBuilder().tensor("bad.weight", WeightType::F32, {8}).build_metadata();
  out.add("no_data_at_all", no_data, {"\"bad.weight\"", "beyond the end"});
  add_overlap(out, "same_place", {0, 0});
  add_overlap(out, "partly", {0, 32});
  add_overlap(out, "partly_in_reverse", {32, 0});
  add_overlap(out, "of_first_and_last", {0, 64, 128, 32});
  add_overlap(out, "of_three", {64, 64, 64});
  add_overlap(out, "of_the_last_two", {0, 64, 128, 160});
  add_overlap(out, "of_many_in_reverse", {256, 224, 128, 64, 0});
  GgufBuilder inside;
  inside.raw_tensor("blk.0.weight", id_of(WeightType::F32), {64}, 0, Bytes(256));
  inside.raw_tensor("blk.1.weight", id_of(WeightType::F32), {8}, 128, {});
  out.add("overlap_inside", inside.build(), {"\"blk.1.weight\"", "overlaps", "\"blk.0.weight\""});
  return std::move(out.cases);
}

}  // namespace reckon::test
