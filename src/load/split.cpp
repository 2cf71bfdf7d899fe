#include "load/split.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <reckon/error.hpp>

#include "support/quoted.hpp"

namespace reckon::load {
namespace {

constexpr std::string_view kNumberKey = "split.no";
constexpr std::string_view kCountKey = "split.count";
constexpr std::string_view kTensorsKey = "split.tensors.count";
constexpr uint64_t kMaxParts = 65535;  // the keys are 16 bits wide

// Five digits, as a number.
std::optional<uint32_t> five_digits(std::string_view text) {
  uint32_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number;
}

}  // namespace

std::string SplitName::path_of(uint32_t part_number) const {
  return fmt::format("{}-{:05}-of-{:05}.gguf", prefix, part_number, count);
}

std::optional<SplitName> parse_split_name(std::string_view path) {
  constexpr std::string_view kForm = "-00001-of-00003.gguf";
  if (path.size() < kForm.size()) return std::nullopt;
  const std::string_view tail = path.substr(path.size() - kForm.size());
  if (tail.front() != '-' || tail.substr(6, 4) != "-of-" || tail.substr(15) != ".gguf") return std::nullopt;
  const auto number = five_digits(tail.substr(1, 5));
  const auto count = five_digits(tail.substr(10, 5));
  if (!number || !count || *number == 0 || *number > *count) return std::nullopt;
  return SplitName{std::string(path.substr(0, path.size() - kForm.size())), *number, *count};
}

uint32_t split_count(const Metadata& metadata) {
  const uint64_t count = metadata.find_uint(kCountKey, 0, kMaxParts).value_or(1);
  return static_cast<uint32_t>(std::max<uint64_t>(count, 1));
}

SplitName check_first_part(const std::string& path, const Metadata& first) {
  const uint32_t count = split_count(first);
  const auto number = static_cast<uint32_t>(first.require_uint(kNumberKey, 0, count - 1));
  const auto name = parse_split_name(path);
  if (!name || name->count != count || name->number != number + 1) {
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("{}: part {} of a model in {} files, expected a name that ends in -{:05}-of-{:05}.gguf",
                    path, number + 1, count, number + 1, count));
  }
  if (number != 0) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: part {} of {} of a model, expected the first, {}", path, number + 1, count,
                            name->path_of(1)));
  }
  first.require_uint(kTensorsKey, 1, std::numeric_limits<int32_t>::max());
  return *name;
}

void check_later_part(const GgufContents& first, const GgufContents& part, uint32_t number) {
  const uint64_t count = split_count(first.metadata);
  part.metadata.require_uint(kNumberKey, number - 1, number - 1);
  part.metadata.require_uint(kCountKey, count, count);
  const uint64_t tensors = first.metadata.require_uint(kTensorsKey, 1, std::numeric_limits<int32_t>::max());
  part.metadata.require_uint(kTensorsKey, tensors, tensors);
  for (const auto& [key, value] : part.metadata.entries()) {
    if (key == kNumberKey || key == "general.alignment") continue;  // these are a file's own
    const Value* expected = first.metadata.find(key);
    if (expected && *expected != value) {
      part.metadata.fail(key, describe(value),
                         fmt::format("{} as in {}: a part of another model?", describe(*expected),
                                     first.metadata.file_name()));
    }
  }
}

void check_tensor_count(const Metadata& first, uint64_t n_tensors) {
  const uint64_t claimed = first.require_uint(kTensorsKey, 1, std::numeric_limits<int32_t>::max());
  if (claimed != n_tensors) {
    first.fail(kTensorsKey, fmt::format("integer {}", claimed),
               fmt::format("{}, the number of tensors in all parts", n_tensors));
  }
}

}  // namespace reckon::load
