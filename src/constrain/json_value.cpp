#include "constrain/json_value.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace reckon::constrain {
namespace {

// One step of a pointer, its escapes resolved; none for a wrong escape.
std::optional<std::string> pointer_step(std::string_view step) {
  std::string name;
  for (size_t i = 0; i < step.size(); i++) {
    if (step[i] != '~') {
      name += step[i];
      continue;
    }
    const char code = ++i < step.size() ? step[i] : '\0';
    if (code != '0' && code != '1') return std::nullopt;
    name += code == '0' ? '~' : '/';
  }
  return name;
}

// As an index of an array: digits without a zero in front; SIZE_MAX for none.
size_t index_of(const std::string& step) {
  constexpr size_t kMostDigits = 9;
  const bool digits = !step.empty() && step.size() <= kMostDigits &&
                      step.find_first_not_of("0123456789") == std::string::npos;
  return digits && (step == "0" || step[0] != '0') ? std::stoul(step) : SIZE_MAX;
}

}  // namespace

Json Json::array(Array elements) {
  Json json;
  json.value_ = std::move(elements);
  return json;
}

Json Json::object(Object members) {
  Json json;
  json.value_ = std::move(members);
  return json;
}

Json Json::object(std::string name, Json value) {
  Object members;
  members.emplace_back(std::move(name), std::move(value));
  return object(std::move(members));
}

double Json::number() const {
  if (const auto* i = std::get_if<int64_t>(&value_)) return static_cast<double>(*i);
  if (const auto* u = std::get_if<uint64_t>(&value_)) return static_cast<double>(*u);
  return std::get<double>(value_);
}

size_t Json::size() const {
  if (is_array()) return elements().size();
  return is_object() ? members().size() : 0;
}

const Json* Json::find(std::string_view name) const {
  if (!is_object()) return nullptr;
  const auto at = std::ranges::find(members(), name, &Object::value_type::first);
  return at == members().end() ? nullptr : &at->second;
}

Json& Json::operator[](std::string_view name) {
  auto& all = std::get<Object>(value_);
  const auto at = std::ranges::find(all, name, &Object::value_type::first);
  return at != all.end() ? at->second : all.emplace_back(std::string(name), Json()).second;
}

void Json::erase(std::string_view name) {
  std::erase_if(std::get<Object>(value_), [&](const auto& member) { return member.first == name; });
}

const Json* Json::at_pointer(std::string_view pointer) const {
  const Json* at = this;
  while (at != nullptr && !pointer.empty()) {
    if (pointer[0] != '/') return nullptr;
    pointer.remove_prefix(1);
    const size_t length = std::min(pointer.find('/'), pointer.size());
    const auto step = pointer_step(pointer.substr(0, length));
    if (!step) return nullptr;
    pointer.remove_prefix(length);
    if (at->is_array()) {
      const size_t i = index_of(*step);
      at = i < at->size() ? &(*at)[i] : nullptr;
    } else {
      at = at->find(*step);
    }
  }
  return at;
}

std::string Json::dump() const {
  std::string text;
  if (is_array()) {
    for (const Json& element : elements()) text += (text.empty() ? "" : ",") + element.dump();
    return "[" + text + "]";
  }
  if (is_object()) {
    for (const auto& [name, value] : members())
      text += (text.empty() ? "" : ",") + Json(name).dump() + ":" + value.dump();
    return "{" + text + "}";
  }
  if (is_null()) return "null";
  if (is_string()) return nlohmann::json(string()).dump();
  if (is_boolean()) return boolean() ? "true" : "false";
  if (const auto* i = std::get_if<int64_t>(&value_)) return std::to_string(*i);
  if (const auto* u = std::get_if<uint64_t>(&value_)) return std::to_string(*u);
  return nlohmann::json(std::get<double>(value_)).dump();
}

uint64_t Json::weight() const {
  uint64_t all = 1;
  if (is_string()) all += string().size() / 64;
  if (is_array())
    for (const Json& element : elements()) all += element.weight();
  if (is_object())  // whose members are looked up one by one
    for (const auto& [name, value] : members()) all += size() / 8 + name.size() / 64 + value.weight();
  return all;
}

uint64_t comparing(std::span<const Json> a, std::span<const Json> b) {
  const auto weight = [](std::span<const Json> values) {
    uint64_t all = 0;
    for (const Json& value : values) all += value.weight();
    return all;
  };
  const uint64_t of_a = weight(a), of_b = weight(b);
  return of_a + of_b + std::min(of_a * b.size(), of_b * a.size());
}

bool Json::operator==(const Json& other) const {
  if (is_number() && other.is_number()) return !(*this < other) && !(other < *this);
  if (!is_object() || !other.is_object()) return value_ == other.value_;
  return size() == other.size() && std::ranges::all_of(members(), [&](const auto& member) {
           const Json* same = other.find(member.first);
           return same != nullptr && *same == member.second;
         });
}

// Whole numbers are exact beyond what a double holds.
bool Json::operator<(const Json& other) const {
  if (!is_number() || !other.is_number()) return value_.index() < other.value_.index();
  const auto* a = std::get_if<int64_t>(&value_);
  const auto* b = std::get_if<int64_t>(&other.value_);
  const auto* c = std::get_if<uint64_t>(&value_);
  const auto* d = std::get_if<uint64_t>(&other.value_);
  if (a != nullptr && b != nullptr) return *a < *b;
  if (c != nullptr && d != nullptr) return *c < *d;
  if (a != nullptr && d != nullptr) return std::cmp_less(*a, *d);
  if (c != nullptr && b != nullptr) return std::cmp_less(*c, *b);
  return number() < other.number();
}

}  // namespace reckon::constrain
