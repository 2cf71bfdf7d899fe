// Can a value be taken by two schemas? oneOf needs to know.
#include <algorithm>

#include "constrain/json_schema.hpp"

namespace reckon::constrain {
namespace {

constexpr size_t kMaxValues = 1000;

unsigned type_of(const Json& value) {
  if (value.is_number_integer()) return kInteger | kNumber;
  if (value.is_number_float()) {
    const auto number = value.number();
    return number == static_cast<double>(static_cast<int64_t>(std::clamp(number, -1e18, 1e18)))
               ? kInteger | kNumber
               : static_cast<unsigned>(kNumber);
  }
  if (value.is_string()) return kString;
  if (value.is_boolean()) return kBoolean;
  if (value.is_null()) return kNull;
  return value.is_object() ? kObject : kArray;
}

// The values that a schema takes where it lists them, else null.
Json listed_values(const Json& schema) {
  if (schema.contains("const")) return Json::array({schema["const"]});
  const Json* at = schema.find("enum");
  return at != nullptr && at->is_array() && at->size() <= kMaxValues ? *at : Json();
}

bool share_a_value(const Json& a, const Json& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const Json& v) { return std::find(b.begin(), b.end(), v) != b.end(); });
}

}  // namespace

unsigned SchemaCompiler::taken_types(const Json& schema, const std::string& path) const {
  if (const Json values = listed_values(schema); values.is_array()) {
    unsigned all = kNoType;
    for (const Json& v : values) all |= type_of(v);
    return all;
  }
  if (!schema.contains("type")) return kAnyType;
  const unsigned all = types(schema, path);
  return all & kNumber ? all | kInteger : all;
}

bool SchemaCompiler::disjoint(const Json& a, const Json& b, const std::string& path, int nesting) const {
  if (a == false || b == false) return true;
  if (!a.is_object() || !b.is_object() || nesting > kMaxNesting) return false;
  if (a.contains("$ref")) return disjoint(resolve(a, path), b, path, nesting + 1);
  if (b.contains("$ref")) return disjoint(a, resolve(b, path), path, nesting + 1);
  const unsigned both = taken_types(a, path) & taken_types(b, path);
  if (both == kNoType) return true;
  const Json of_a = listed_values(a), of_b = listed_values(b);
  if (of_a.is_array() && of_b.is_array()) return !share_a_value(of_a, of_b);
  return both == kObject && objects_disjoint(a, b, path, nesting);
}

// A property that both require and on which they differ, or that one requires and the other forbids.
bool SchemaCompiler::objects_disjoint(const Json& a, const Json& b, const std::string& path,
                                      int nesting) const {
  const auto listed = [](const Json& schema, const std::string& name) -> const Json* {
    const Json* at = schema.find("properties");
    return at != nullptr && at->is_object() && at->contains(name) ? &(*at)[name] : nullptr;
  };
  const auto forbids = [&](const Json& schema, const std::string& name) {
    return listed(schema, name) == nullptr && schema.contains("additionalProperties") &&
           schema["additionalProperties"] == false;
  };
  for (const Json* s : {&a, &b}) {
    const Json& other = s == &a ? b : a;
    if (!s->contains("required") || !(*s)["required"].is_array()) continue;
    for (const Json& required : (*s)["required"]) {
      if (!required.is_string()) continue;
      const auto name = required.string();
      if (forbids(other, name)) return true;
      const Json *mine = listed(*s, name), *theirs = listed(other, name);
      if (mine != nullptr && theirs != nullptr && requires_property(other, name) &&
          disjoint(*mine, *theirs, path, nesting + 1))
        return true;
    }
  }
  return false;
}

}  // namespace reckon::constrain
