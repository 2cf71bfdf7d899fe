#include "fuzz/schema_check.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "text/utf8.hpp"

namespace reckon::fuzz {
namespace {

using Json = nlohmann::json;

constexpr int kMostNesting = 200;

bool is_integer(const Json& value) {
  return value.is_number_integer() ||
         (value.is_number_float() && value.get<double>() == std::floor(value.get<double>()));
}

bool has_type(const Json& value, const std::string& type) {
  if (type == "integer") return is_integer(value);
  return value.type_name() == type;
}

size_t characters(const std::string& text) {
  size_t n = 0;
  for (size_t at = 0; at < text.size(); n++) at += text::decode_utf8(text, at).length;
  return n;
}

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  bool valid(const Json& v, const Json& s, int nesting) const {
    if (s.is_boolean()) return s.get<bool>();
    if (nesting > kMostNesting) return true;
    return type(v, s) && constants(v, s) && combined(v, s, nesting) && numbers(v, s) && strings(v, s) &&
           object(v, s, nesting) && array(v, s, nesting);
  }

 private:
  static const Json* find(const Json& s, const std::string& key) {
    const auto at = s.find(key);
    return at == s.end() ? nullptr : &*at;
  }
  static bool in_bounds(const Json& s, const char* least, const char* most, double n) {
    const Json *low = find(s, least), *high = find(s, most);
    return (low == nullptr || n >= low->get<double>()) && (high == nullptr || n <= high->get<double>());
  }

  static bool type(const Json& v, const Json& s) {
    const Json* type = find(s, "type");
    if (type == nullptr) return true;
    if (type->is_string()) return has_type(v, type->get<std::string>());
    return std::ranges::any_of(*type, [&](const Json& t) { return has_type(v, t.get<std::string>()); });
  }

  static bool constants(const Json& v, const Json& s) {
    const Json *all = find(s, "enum"), *one = find(s, "const");
    return (all == nullptr || std::ranges::find(*all, v) != all->end()) && (one == nullptr || *one == v);
  }

  bool combined(const Json& v, const Json& s, int nesting) const {
    const auto holds = [&](const Json& part) { return valid(v, part, nesting + 1); };
    if (const Json* all = find(s, "allOf"); all && !std::ranges::all_of(*all, holds)) return false;
    if (const Json* any = find(s, "anyOf"); any && std::ranges::none_of(*any, holds)) return false;
    if (const Json* one = find(s, "oneOf"); one && std::ranges::count_if(*one, holds) != 1) return false;
    const Json* reference = find(s, "$ref");
    if (reference == nullptr) return true;
    return holds(root_.at(Json::json_pointer(reference->get<std::string>().substr(1))));
  }

  static bool numbers(const Json& v, const Json& s) {
    if (!v.is_number()) return true;
    const auto n = v.get<double>();
    const Json *above = find(s, "exclusiveMinimum"), *below = find(s, "exclusiveMaximum");
    return in_bounds(s, "minimum", "maximum", n) && (above == nullptr || n > above->get<double>()) &&
           (below == nullptr || n < below->get<double>());
  }

  static bool strings(const Json& v, const Json& s) {
    if (!v.is_string()) return true;
    return in_bounds(s, "minLength", "maxLength", double(characters(v.get_ref<const std::string&>())));
  }

  bool object(const Json& v, const Json& s, int nesting) const {
    if (!v.is_object()) return true;
    const Json *listed = find(s, "properties"), *others = find(s, "additionalProperties"),
               *required = find(s, "required");
    for (const auto& [name, member] : v.items()) {
      const Json* schema = listed == nullptr ? nullptr : find(*listed, name);
      if (schema == nullptr) schema = others;
      if (schema != nullptr && !valid(member, *schema, nesting + 1)) return false;
    }
    const auto is_there = [&](const Json& name) { return v.contains(name.get<std::string>()); };
    return (required == nullptr || std::ranges::all_of(*required, is_there)) &&
           in_bounds(s, "minProperties", "maxProperties", double(v.size()));
  }

  bool array(const Json& v, const Json& s, int nesting) const {
    if (!v.is_array()) return true;
    const Json *first = find(s, "prefixItems"), *rest = find(s, "items");
    for (size_t i = 0; i < v.size(); i++) {
      const Json* schema = first != nullptr && i < first->size() ? &(*first)[i] : rest;
      if (schema != nullptr && !valid(v[i], *schema, nesting + 1)) return false;
    }
    return in_bounds(s, "minItems", "maxItems", double(v.size()));
  }

  const Json& root_;
};

}  // namespace

bool is_valid(const Json& value, const Json& schema) { return Validator(schema).valid(value, schema, 0); }

}  // namespace reckon::fuzz
