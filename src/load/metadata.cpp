#include "load/metadata.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <reckon/error.hpp>

#include "support/quoted.hpp"

namespace reckon::load {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

std::string integer_from(uint64_t low, uint64_t high) {
  if (low == high) return fmt::format("the integer {}", low);
  if (high == kMax) return fmt::format("an integer of at least {}", low);
  return fmt::format("an integer from {} to {}", low, high);
}

std::string number_from(double low, double high) {
  return fmt::format("a number from {:g} to {:g}", low, high);
}

std::optional<uint64_t> in_range(uint64_t value, uint64_t low, uint64_t high) {
  return value >= low && value <= high ? std::optional(value) : std::nullopt;
}

std::optional<uint64_t> in_range(int64_t value, uint64_t low, uint64_t high) {
  return value >= 0 ? in_range(static_cast<uint64_t>(value), low, high) : std::nullopt;
}

std::optional<uint64_t> to_uint(const Value& value, uint64_t low, uint64_t high) {
  if (const auto* u = std::get_if<uint64_t>(&value)) return in_range(*u, low, high);
  if (const auto* i = std::get_if<int64_t>(&value)) return in_range(*i, low, high);
  return std::nullopt;
}

// NaN, which no comparison admits, stands for "not a number at all" too.
double to_double(const Value& value) {
  if (const auto* d = std::get_if<double>(&value)) return *d;
  if (const auto* u = std::get_if<uint64_t>(&value)) return static_cast<double>(*u);
  if (const auto* i = std::get_if<int64_t>(&value)) return static_cast<double>(*i);
  return std::numeric_limits<double>::quiet_NaN();
}

template <class Integer>
std::vector<uint64_t> all_in_range(const Metadata& metadata, std::string_view key,
                                   const std::vector<Integer>& values, uint64_t low, uint64_t high) {
  std::vector<uint64_t> out;
  out.reserve(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const auto value = in_range(values[i], low, high);
    if (!value) {
      metadata.fail(key, fmt::format("integer {} at index {}", values[i], i), integer_from(low, high));
    }
    out.push_back(*value);
  }
  return out;
}

struct Describe {
  std::string operator()(uint64_t v) const { return fmt::format("integer {}", v); }
  std::string operator()(int64_t v) const { return fmt::format("integer {}", v); }
  std::string operator()(double v) const { return fmt::format("number {:g}", v); }
  std::string operator()(bool v) const { return fmt::format("boolean {}", v); }
  std::string operator()(const std::string& v) const { return "string " + support::quoted(v); }
  std::string operator()(const std::vector<uint64_t>& v) const {
    return fmt::format("array of {} integers", v.size());
  }
  std::string operator()(const std::vector<int64_t>& v) const {
    return fmt::format("array of {} integers", v.size());
  }
  std::string operator()(const std::vector<double>& v) const {
    return fmt::format("array of {} numbers", v.size());
  }
  std::string operator()(const std::vector<bool>& v) const {
    return fmt::format("array of {} booleans", v.size());
  }
  std::string operator()(const std::vector<std::string>& v) const {
    return fmt::format("array of {} strings", v.size());
  }
};

}  // namespace

std::string describe(const Value& value) { return std::visit(Describe{}, value); }

bool Metadata::insert(std::string key, Value value) {
  if (!index_.try_emplace(key, entries_.size()).second) return false;
  entries_.emplace_back(std::move(key), std::move(value));
  return true;
}

const Value* Metadata::find(std::string_view key) const {
  const auto it = index_.find(key);
  return it == index_.end() ? nullptr : &entries_[it->second].second;
}

const Value& Metadata::require(std::string_view key, const std::string& expected) const {
  const Value* value = find(key);
  if (!value) fail(key, "no such key", expected);
  return *value;
}

void Metadata::fail(std::string_view key, std::string_view found, std::string_view expected) const {
  throw Error(ErrorCode::malformed_file, fmt::format("{}: key {}: found {}, expected {}", file_name_,
                                                     support::quoted(key), found, expected));
}

std::optional<uint64_t> Metadata::find_uint(std::string_view key, uint64_t low, uint64_t high) const {
  if (!contains(key)) return std::nullopt;
  return require_uint(key, low, high);
}

uint64_t Metadata::require_uint(std::string_view key, uint64_t low, uint64_t high) const {
  const Value& value = require(key, integer_from(low, high));
  const auto number = to_uint(value, low, high);
  if (!number) fail(key, describe(value), integer_from(low, high));
  return *number;
}

std::optional<double> Metadata::find_float(std::string_view key, double low, double high) const {
  if (!contains(key)) return std::nullopt;
  return require_float(key, low, high);
}

double Metadata::require_float(std::string_view key, double low, double high) const {
  const Value& value = require(key, number_from(low, high));
  const double number = to_double(value);
  if (!(std::isfinite(number) && number >= low && number <= high)) {
    fail(key, describe(value), number_from(low, high));
  }
  return number;
}

std::optional<bool> Metadata::find_bool(std::string_view key) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto* flag = std::get_if<bool>(value)) return *flag;
  fail(key, describe(*value), "a boolean");
}

const std::string* Metadata::find_string(std::string_view key) const {
  return contains(key) ? &require_string(key) : nullptr;
}

const std::string& Metadata::require_string(std::string_view key) const {
  const Value& value = require(key, "a string");
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  fail(key, describe(value), "a string");
}

const std::vector<std::string>* Metadata::find_strings(std::string_view key) const {
  return contains(key) ? &require_strings(key) : nullptr;
}

const std::vector<std::string>& Metadata::require_strings(std::string_view key) const {
  const Value& value = require(key, "an array of strings");
  if (const auto* strings = std::get_if<std::vector<std::string>>(&value)) return *strings;
  fail(key, describe(value), "an array of strings");
}

std::optional<std::vector<uint64_t>> Metadata::find_uints(std::string_view key, uint64_t low,
                                                          uint64_t high) const {
  const Value* value = find(key);
  if (!value) return std::nullopt;
  if (const auto* u = std::get_if<std::vector<uint64_t>>(value))
    return all_in_range(*this, key, *u, low, high);
  if (const auto* i = std::get_if<std::vector<int64_t>>(value))
    return all_in_range(*this, key, *i, low, high);
  fail(key, describe(*value), "an array, each element " + integer_from(low, high));
}

}  // namespace reckon::load
