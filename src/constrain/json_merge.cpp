// Several schemas that all hold, as one. Keywords whose meaning depends on one another are merged together;
// of every other keyword the two values are.
#include <fmt/format.h>

#include <algorithm>

#include "constrain/json_schema.hpp"
#include "support/contains.hpp"
#include "support/quoted.hpp"

namespace reckon::constrain {
namespace {

using Keys = std::span<const std::string_view>;

constexpr std::string_view kTypeKeys[] = {"type"}, kValueKeys[] = {"enum", "const"},
                           kObjectKeys[] = {"properties", "additionalProperties"},
                           kArrayKeys[] = {"prefixItems", "items"};
// Of two values the greater, or the lesser, says it all.
constexpr std::string_view kLeastKeys[] = {"minimum", "exclusiveMinimum", "minLength", "minItems",
                                           "minProperties"},
                           kMostKeys[] = {"maximum", "exclusiveMaximum", "maxLength", "maxItems",
                                          "maxProperties"};

bool is_merged_with_others(std::string_view key) {
  return support::contains(kTypeKeys, key) || support::contains(kValueKeys, key) ||
         support::contains(kObjectKeys, key) || support::contains(kArrayKeys, key);
}

bool says_nothing(const Json& schema) {
  if (schema.is_boolean()) return schema.boolean();
  return std::none_of(schema.members().begin(), schema.members().end(),
                      [](const auto& member) { return constrains(member.first); });
}

// Where at most one of them says anything by these keywords, that holds. False where both do.
bool only_one_says(Json& into, const Json& a, const Json& b, Keys keys) {
  const auto says = [&](const Json& schema) {
    return std::any_of(keys.begin(), keys.end(), [&](std::string_view key) { return schema.contains(key); });
  };
  if (says(a) && says(b)) return false;
  for (const std::string_view key : keys)
    for (const Json* s : {&a, &b})
      if (const Json* at = s->find(key)) into[key] = *at;
  return true;
}

const Json& or_anything(const Json* schema) {
  static const Json anything = true;
  return schema == nullptr ? anything : *schema;
}

// What a schema says of the property `name`.
const Json& property_of(const Json& schema, const std::string& name) {
  if (const Json* at = schema.find("properties"); at != nullptr && at->contains(name)) return (*at)[name];
  return or_anything(schema.find("additionalProperties"));
}

// What a schema says of an item of an array.
const Json& item_of(const Json& schema, size_t i) {
  if (const Json* at = schema.find("prefixItems"); at != nullptr && i < at->size()) return (*at)[i];
  return or_anything(schema.find("items"));
}

size_t prefix_of(const Json& schema) {
  const Json* at = schema.find("prefixItems");
  return at == nullptr ? 0 : at->size();
}

}  // namespace

// Without what constrains nothing: it would be copied each time.
Json SchemaCompiler::constraints(const Json& schema, std::string_view except) {
  Json out = Json::object();
  for (const auto& [key, value] : schema.members())
    if (constrains(key) && key != except) out[key] = value;
  return out;
}

Json SchemaCompiler::without_all_of(const Json& schema, const std::string& path, int nesting) {
  const Json& all = schema["allOf"];
  Json out = constraints(schema, "allOf");
  for (size_t i = 0; i < all.size(); i++)
    out = merged(out, all[i], below(path, fmt::format("allOf/{}", i)), nesting + 1);
  return out;
}

Json SchemaCompiler::merged(const Json& a, const Json& b, const std::string& path, int nesting) {
  if (++n_merges_ > kMaxMerges || nesting > kMaxNesting)
    fail(path, "too many schemas hold together here (through allOf, anyOf, oneOf or $ref)");
  spend(a.weight() + b.weight(), path);
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
  return merged_constraints(a, b, path, nesting);
}

// Both are objects whose keywords have been checked.
Json SchemaCompiler::merged_constraints(const Json& a, const Json& b, const std::string& path, int nesting) {
  Json out = Json::object();
  for (const Json* s : {&a, &b}) {
    const Json& other = s == &a ? b : a;
    for (const auto& [key, value] : s->members()) {
      if (!constrains(key) || is_merged_with_others(key) || out.contains(key)) continue;
      const Json* theirs = other.find(key);
      out[key] = theirs == nullptr ? value : merged_keyword(key, value, *theirs, path);
    }
  }
  merge_types(out, a, b, path);
  merge_values(out, a, b, path);
  for (const char* key : {"type", "enum"})
    if (out.contains(key) && out[key].is_array() && out[key].empty()) return false;
  merge_objects(out, a, b, path, nesting);
  merge_arrays(out, a, b, path, nesting);
  return out;
}

Json SchemaCompiler::merged_keyword(const std::string& key, const Json& mine, const Json& theirs,
                                    const std::string& path) const {
  if (mine == theirs) return mine;
  if (key == "required") {
    Json both = mine;
    for (const Json& name : theirs) both.push_back(name);
    return both;
  }
  if (support::contains(kLeastKeys, key)) return std::max(mine, theirs);
  if (support::contains(kMostKeys, key)) return std::min(mine, theirs);
  fail(path,
       fmt::format("{} in more than one schema that must hold can't be honoured", support::quoted(key)));
}

void SchemaCompiler::merge_types(Json& into, const Json& a, const Json& b, const std::string& path) const {
  if (only_one_says(into, a, b, kTypeKeys)) return;
  const auto all_of = [&](const Json& schema) {
    const unsigned all = types(schema, path);
    return all & kNumber ? all | kInteger : all;
  };
  const unsigned both = all_of(a) & all_of(b);
  Json names = Json::array();
  for (const char* name : {"object", "array", "string", "number", "integer", "boolean", "null"})
    if (types(Json::object("type", name), path) & both) names.push_back(name);
  into["type"] = std::move(names);
}

void SchemaCompiler::merge_values(Json& into, const Json& a, const Json& b, const std::string& path) {
  if (only_one_says(into, a, b, kValueKeys)) return;
  into["enum"] = common_values(listed_values(a, path), listed_values(b, path), path);
}

Json SchemaCompiler::common_values(const Json& a, const Json& b, const std::string& path) {
  spend(comparing(a.elements(), b.elements()), path);
  Json common = Json::array();
  for (const Json& value : a)
    if (support::contains(b, value)) common.push_back(value);
  return common;
}

// What enum and const leave together; one of them is there.
Json SchemaCompiler::listed_values(const Json& schema, const std::string& path) {
  if (!schema.contains("const")) return schema["enum"];
  Json one = Json::array({schema["const"]});
  return schema.contains("enum") ? common_values(schema["enum"], one, path) : one;
}

// A property holds what each schema says of it, be it among the listed ones or the others.
void SchemaCompiler::merge_objects(Json& into, const Json& a, const Json& b, const std::string& path,
                                   int nesting) {
  if (only_one_says(into, a, b, kObjectKeys)) return;
  Json all = Json::object();
  for (const Json* s : {&a, &b}) {
    if (!s->contains("properties")) continue;
    for (const auto& [name, sub] : (*s)["properties"].members()) {
      if (all.contains(name)) continue;
      all[name] = merged(property_of(a, name), property_of(b, name), below(below(path, "properties"), name),
                         nesting + 1);
    }
  }
  if (!all.empty()) into["properties"] = std::move(all);
  const Json *mine = a.find("additionalProperties"), *theirs = b.find("additionalProperties");
  if (mine == nullptr && theirs == nullptr) return;
  into["additionalProperties"] =
      merged(or_anything(mine), or_anything(theirs), below(path, "additionalProperties"), nesting + 1);
}

// Likewise an item, be it among the first ones or behind them.
void SchemaCompiler::merge_arrays(Json& into, const Json& a, const Json& b, const std::string& path,
                                  int nesting) {
  if (only_one_says(into, a, b, kArrayKeys)) return;
  Json first = Json::array();
  const size_t n = std::max(prefix_of(a), prefix_of(b));
  for (size_t i = 0; i < n; i++)
    first.push_back(
        merged(item_of(a, i), item_of(b, i), below(path, fmt::format("prefixItems/{}", i)), nesting + 1));
  if (n > 0) into["prefixItems"] = std::move(first);
  if (a.contains("items") || b.contains("items"))
    into["items"] = merged(item_of(a, n), item_of(b, n), below(path, "items"), nesting + 1);
}

}  // namespace reckon::constrain
