// Can a value be taken by two schemas? oneOf needs to know.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "constrain/json_schema.hpp"
#include "support/contains.hpp"

namespace reckon::constrain {
namespace {

// What parts of the work cost, in comparisons of short strings.
constexpr uint64_t kPairWork = 20, kObjectsWork = 100, kReferenceWork = 200;

// The values that a schema takes where it lists them.
std::optional<std::span<const Json>> values_of(const Json& schema) {
  if (const Json* at = schema.find("const")) return std::span(at, 1);
  const Json* at = schema.find("enum");
  if (at == nullptr || !at->is_array()) return std::nullopt;
  return at->elements();
}

bool share_a_value(std::span<const Json> a, std::span<const Json> b) {
  return std::any_of(a.begin(), a.end(), [&](const Json& v) { return support::contains(b, v); });
}

size_t size_of(const Json& schema, std::string_view keyword) {
  const Json* at = schema.find(keyword);
  return at == nullptr ? 0 : at->size();
}

const Json* listed_property(const Json& schema, const std::string& name) {
  const Json* at = schema.find("properties");
  return at == nullptr ? nullptr : at->find(name);
}

bool forbids_property(const Json& schema, const std::string& name) {
  const Json* additional = schema.find("additionalProperties");
  return additional != nullptr && *additional == false && listed_property(schema, name) == nullptr;
}

}  // namespace

// Each pair of objects is looked at once, however many ways lead to it: else schemas that reference
// themselves twice would double the work with each level.
void SchemaCompiler::check_disjoint(const Json& alternatives, const std::string& path) {
  disjoint_objects_.clear();
  std::vector<const Json*> targets;
  for (const Json& alternative : alternatives) targets.push_back(&target(alternative, path));
  for (size_t i = 0; i < targets.size(); i++)
    for (size_t j = 0; j < i; j++)
      if (!disjoint(*targets[j], *targets[i], path, 0))
        fail(path, fmt::format("alternatives {} and {} may both take a value, which can't be excluded; "
                               "expected anyOf, or different types or constants",
                               j, i));
}

// Behind its references, if they end.
const Json& SchemaCompiler::target(const Json& schema, const std::string& path) {
  const Json* at = &schema;
  for (int i = 0; i < kMaxNesting && at->contains("$ref"); i++) {
    spend(kReferenceWork + (*at)["$ref"].weight(), path);
    at = &resolve(*at, path);
  }
  return *at;
}

unsigned SchemaCompiler::taken_types(const Json& schema, const std::string& path) const {
  if (const auto values = values_of(schema)) {
    unsigned all = kNoType;
    for (const Json& v : *values) all |= type_of(v);
    return all;
  }
  if (!schema.contains("type")) return kAnyType;
  const unsigned all = types(schema, path);
  return all & kNumber ? all | kInteger : all;
}

bool SchemaCompiler::disjoint(const Json& first, const Json& second, const std::string& path, int nesting) {
  const Json &a = target(first, path), &b = target(second, path);
  spend(kPairWork + a.size() + b.size() + size_of(a, "enum") + size_of(b, "enum"), path);
  if (a == false || b == false) return true;
  if (!a.is_object() || !b.is_object() || nesting > kMaxNesting) return false;
  const unsigned both = taken_types(a, path) & taken_types(b, path);
  if (both == kNoType) return true;
  const auto of_a = values_of(a), of_b = values_of(b);
  if (of_a && of_b) {
    spend(comparing(*of_a, *of_b), path);
    return !share_a_value(*of_a, *of_b);
  }
  if (both != kObject) return false;
  const auto [known, is_new] = disjoint_objects_.try_emplace({&a, &b}, false);  // false while it is open
  if (is_new) {
    spend(kObjectsWork, path);
    known->second = objects_disjoint(a, b, path, nesting);
  }
  return known->second;
}

// A property that both require and on which they differ, or that one requires and the other forbids.
bool SchemaCompiler::objects_disjoint(const Json& a, const Json& b, const std::string& path, int nesting) {
  const size_t n_listed = size_of(a, "properties") + size_of(b, "properties");
  for (const Json* s : {&a, &b}) {
    const Json& other = s == &a ? b : a;
    const Json* required = s->find("required");
    if (required == nullptr || !required->is_array()) continue;
    for (const Json& entry : *required) {
      if (!entry.is_string()) continue;
      const std::string& name = entry.string();
      spend(1 + (n_listed + size_of(other, "required")) / 4 + name.size() / 64, path);
      if (forbids_property(other, name)) return true;
      const Json *mine = listed_property(*s, name), *theirs = listed_property(other, name);
      if (mine != nullptr && theirs != nullptr && requires_property(other, name) &&
          disjoint(*mine, *theirs, path, nesting + 1))
        return true;
    }
  }
  return false;
}

}  // namespace reckon::constrain
