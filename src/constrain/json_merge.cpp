// Several schemas that all hold, as one.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "constrain/json_schema.hpp"
#include "load/quoted.hpp"

namespace reckon::constrain {
namespace {

constexpr size_t kMaxComparisons = 1'000'000;

bool says_nothing(const Json& schema) {
  if (schema.is_boolean()) return schema.boolean();
  for (const auto& [key, value] : schema.members())
    if (!is_annotation(key) && key != "$defs" && key != "definitions" && key != "$id") return false;
  return true;
}

// Each is the greater or the lesser of the two.
bool is_least(const std::string& key) {
  return key == "minimum" || key == "exclusiveMinimum" || key == "minLength" || key == "minItems" ||
         key == "minProperties";
}
bool is_most(const std::string& key) {
  return key == "maximum" || key == "exclusiveMaximum" || key == "maxLength" || key == "maxItems" ||
         key == "maxProperties";
}

// What a schema says of the property `name`.
const Json& property_of(const Json& schema, const std::string& name) {
  static const Json anything = true;
  if (const Json* at = schema.find("properties"); at != nullptr && at->contains(name)) return (*at)[name];
  const Json* additional = schema.find("additionalProperties");
  return additional == nullptr ? anything : *additional;
}

}  // namespace

Json SchemaCompiler::without_all_of(const Json& schema, const std::string& path, int nesting) {
  const Json& all = schema["allOf"];
  if (!all.is_array() || all.empty()) fail(path + "/allOf", "expected a list of at least one schema");
  Json out = schema;
  out.erase("allOf");
  for (size_t i = 0; i < all.size(); i++)
    out = merged(out, all[i], fmt::format("{}/allOf/{}", path, i), nesting + 1);
  return out;
}

Json SchemaCompiler::merged(const Json& a, const Json& b, const std::string& path, int nesting) {
  if (++n_merges_ > kMaxMerges || nesting > kMaxNesting)
    fail(path, "too many schemas hold together here (through allOf, anyOf, oneOf or $ref)");
  if (a == false || b == false) return false;
  for (const Json* s : {&a, &b})
    if (!s->is_object() && !s->is_boolean()) fail(path, "expected a schema: an object, true or false");
  if (says_nothing(a)) return b;
  if (says_nothing(b)) return a;
  for (const Json* s : {&a, &b}) {
    const Json& other = s == &a ? b : a;
    check_keywords(*s, path);
    if (s->contains("$ref")) {
      reference(*s, path);  // for its checks
      return merged(resolve(*s, path), other, path, nesting + 1);
    }
    if (s->contains("allOf")) return merged(without_all_of(*s, path, nesting), other, path, nesting + 1);
  }
  Json out = a;
  for (const auto& [key, value] : b.members()) {
    if (out.contains(key)) {
      merge_keyword(out, key, value, path, nesting);
    } else {
      out[key] = value;
    }
  }
  merge_types(out, b, path);
  merge_objects(out, a, b, path, nesting);
  if (out.contains("type") && out["type"].is_array() && out["type"].empty()) return false;
  if (out.contains("enum") && out["enum"].empty()) return false;
  return out;
}

void SchemaCompiler::merge_keyword(Json& into, const std::string& key, const Json& value,
                                   const std::string& path, int nesting) {
  Json& mine = into[key];
  if (mine == value || is_annotation(key) || key == "properties" || key == "additionalProperties" ||
      key == "type")
    return;
  if (is_least(key)) {
    mine = std::max(mine, value);
  } else if (is_most(key)) {
    mine = std::min(mine, value);
  } else if (key == "required") {
    for (const Json& name : value) mine.push_back(name);
  } else if (key == "items" && !into.contains("prefixItems")) {
    mine = merged(Json(mine), value, path + "/items", nesting + 1);
  } else if (key == "const") {
    into = Json::object("enum", Json::array());
  } else if (key == "enum") {
    merge_values(into, Json::object("enum", value));
  } else {
    fail(path, fmt::format("{} in more than one schema that must hold can't be honoured", load::quoted(key)));
  }
}

// into["enum"]: what all of enum and const leave.
void SchemaCompiler::merge_values(Json& into, const Json& b) const {
  Json& values = into["enum"];
  const auto keep = [&](const Json& allowed) {
    if (!allowed.is_array() || values.size() * allowed.size() > kMaxComparisons)
      fail("#", fmt::format("an enum of {} values against one of {}; expected shorter lists", values.size(),
                            allowed.size()));
    Json kept = Json::array();
    for (const Json& v : values)
      if (std::find(allowed.begin(), allowed.end(), v) != allowed.end()) kept.push_back(v);
    values = std::move(kept);
  };
  if (b.contains("enum") && b["enum"] != values) keep(b["enum"]);
  if (b.contains("const")) keep(Json::array({b["const"]}));
}

void SchemaCompiler::merge_types(Json& into, const Json& b, const std::string& path) const {
  if (!into.contains("type") || !b.contains("type") || into["type"] == b["type"]) return;
  const auto all_of = [&](const Json& schema) {
    unsigned all = types(Json::object("type", schema["type"]), path);
    return all & kNumber ? all | kInteger : all;
  };
  const unsigned both = all_of(into) & all_of(b);
  Json names = Json::array();
  for (const char* name : {"object", "array", "string", "number", "integer", "boolean", "null"})
    if (types(Json::object("type", name), path) & both) names.push_back(name);
  into["type"] = names;
}

// A property holds what each schema says of it, be it among the listed ones or the others.
void SchemaCompiler::merge_objects(Json& into, const Json& a, const Json& b, const std::string& path,
                                   int nesting) {
  if (!a.contains("properties") && !b.contains("properties") &&
      !(a.contains("additionalProperties") && b.contains("additionalProperties")))
    return;
  Json all = Json::object();
  for (const Json* s : {&a, &b}) {
    if (!s->contains("properties")) continue;
    if (!(*s)["properties"].is_object()) fail(path + "/properties", "expected an object of schemas");
    for (const auto& [name, sub] : (*s)["properties"].members()) {
      if (all.contains(name)) continue;
      all[name] =
          merged(property_of(a, name), property_of(b, name), path + "/properties/" + name, nesting + 1);
    }
  }
  if (!all.empty()) into["properties"] = std::move(all);
  if (a.contains("additionalProperties") && b.contains("additionalProperties")) {
    into["additionalProperties"] = merged(a["additionalProperties"], b["additionalProperties"],
                                          path + "/additionalProperties", nesting + 1);
  }
}

}  // namespace reckon::constrain
