// JSON values, as schemas need them: members keep their order. nlohmann-json reads and writes the text; its
// own values allocate when they are destroyed, which ends the process where there is no memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace reckon::constrain {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;  // names differ

  Json() = default;  // null
  Json(const Json& other) : value_(other.copy()) {}
  Json(Json&&) noexcept = default;
  Json& operator=(const Json& other) { return *this = Json(other); }
  Json& operator=(Json&&) noexcept = default;
  ~Json() = default;
  Json(bool value) : value_(value) {}
  Json(int64_t value) : value_(value) {}
  Json(uint64_t value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  static Json array(Array elements = {});
  static Json object(Object members = {});
  // An object with this one member.
  static Json object(std::string name, Json value);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_boolean() const { return std::holds_alternative<bool>(value_); }
  bool is_number_integer() const {
    return std::holds_alternative<int64_t>(value_) || std::holds_alternative<uint64_t>(value_);
  }
  bool is_number_float() const { return std::holds_alternative<double>(value_); }
  bool is_number() const { return is_number_integer() || is_number_float(); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // Each needs the matching kind.
  bool boolean() const { return std::get<bool>(value_); }
  double number() const;
  const std::string& string() const { return std::get<std::string>(value_); }
  const Array& elements() const { return std::get<Array>(value_); }
  const Object& members() const { return std::get<Object>(value_); }
  const Json& operator[](size_t i) const { return elements()[i]; }
  void push_back(Json element) { std::get<Array>(value_).push_back(std::move(element)); }
  Array::const_iterator begin() const { return elements().begin(); }
  Array::const_iterator end() const { return elements().end(); }

  size_t size() const;  // elements or members; 0 of what has none
  bool empty() const { return size() == 0; }

  // The member's value; nullptr where there is none, or no object.
  const Json* find(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  const Json& operator[](std::string_view name) const { return *find(name); }  // is there
  Json& operator[](std::string_view name);  // of an object; made if it is not there
  void erase(std::string_view name);
  // What a JSON pointer (RFC 6901) names; nullptr if nothing.
  const Json* at_pointer(std::string_view pointer) const;

  std::string dump() const;
  // How much work it is to copy it or to compare it with another: about one for each value in it.
  uint64_t weight() const;

  // Numbers by their value; members in any order.
  bool operator==(const Json& other) const;
  bool operator<(const Json& other) const;  // of two numbers; else some order of kinds

 private:
  using Value = std::variant<std::monostate, bool, int64_t, uint64_t, double, std::string, Array, Object>;

  // As std::variant's own copies do, were it not that in libstdc++ 12 one that finds no memory destroys what
  // was never made (seen with GCC 12).
  Value copy() const {
    return std::visit([](const auto& value) { return Value(std::decay_t<decltype(value)>(value)); }, value_);
  }

  Value value_;
};

// The work of comparing each value with each.
uint64_t comparing(std::span<const Json> a, std::span<const Json> b);

}  // namespace reckon::constrain
