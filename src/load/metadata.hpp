// The key/value pairs of a model file, with getters that check type and range.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace reckon::load {

// A value as the file has it. Integers keep their sign class; arrays are homogeneous, arrays of arrays are
// refused.
using Value =
    std::variant<uint64_t, int64_t, double, bool, std::string, std::vector<uint64_t>, std::vector<int64_t>,
                 std::vector<double>, std::vector<bool>, std::vector<std::string>>;

// What a value is, for messages: `integer 5`, `string "abc"`, `array of 3 strings`.
std::string describe(const Value& value);

// Getters throw Error(malformed_file): `FILE: key "KEY": found FOUND, expected EXPECTED`. find_* return
// nullopt or nullptr when the key is absent; require_* throw then too.
class Metadata {
 public:
  explicit Metadata(std::string file_name) : file_name_(std::move(file_name)) {}

  void reserve(size_t n_keys) { entries_.reserve(n_keys); }
  // Insertion order is file order. Returns false if the key is there already.
  bool insert(std::string key, Value value);

  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const Value* find(std::string_view key) const;
  const std::vector<std::pair<std::string, Value>>& entries() const { return entries_; }

  // Numbers: any integer type of the file is accepted where the value lies in [low, high].
  std::optional<uint64_t> find_uint(std::string_view key, uint64_t low, uint64_t high) const;
  uint64_t require_uint(std::string_view key, uint64_t low, uint64_t high) const;
  // A finite float32, float64 or integer value in [low, high].
  std::optional<double> find_float(std::string_view key, double low, double high) const;
  double require_float(std::string_view key, double low, double high) const;
  std::optional<bool> find_bool(std::string_view key) const;
  const std::string* find_string(std::string_view key) const;
  const std::string& require_string(std::string_view key) const;
  const std::vector<std::string>* find_strings(std::string_view key) const;
  const std::vector<std::string>& require_strings(std::string_view key) const;
  // Arrays of any integer type, each element in [low, high].
  std::optional<std::vector<uint64_t>> find_uints(std::string_view key, uint64_t low, uint64_t high) const;

  // The same error for what only the caller can check: counts that belong together, ids beyond a vocabulary,
  // ...
  [[noreturn]] void fail(std::string_view key, std::string_view found, std::string_view expected) const;

  const std::string& file_name() const { return file_name_; }

 private:
  // The value of a required key; throws if it is absent.
  const Value& require(std::string_view key, const std::string& expected) const;

  std::string file_name_;
  std::vector<std::pair<std::string, Value>> entries_;
  std::map<std::string, size_t, std::less<>> index_;
};

}  // namespace reckon::load
