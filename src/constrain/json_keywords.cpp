// The keywords of JSON schemas: which there are, what stands under each, and what each speaks of.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "constrain/json_schema.hpp"
#include "constrain/pattern_reader.hpp"
#include "support/contains.hpp"
#include "support/quoted.hpp"

namespace reckon::constrain {
namespace {

constexpr std::array<std::string_view, 9> kAnnotations{"title",      "description", "default",
                                                       "examples",   "$schema",     "$comment",
                                                       "deprecated", "readOnly",    "writeOnly"};

// What stands under a keyword.
enum class Shape : uint8_t {
  any,      // or what its reader checks
  schema,   // one
  items,    // one; in older drafts a list
  schemas,  // an object of them
  list,     // of at least one schema
  values,   // a list of at least one value
  names,    // a list of strings
  number,
  count
};

struct Keyword {
  std::string_view name;
  unsigned types;  // of the values it speaks of; kNoType: of any
  Shape shape;
};
constexpr std::array<Keyword, 26> kKeywords{{{"type", kNoType, Shape::any},
                                             {"enum", kNoType, Shape::values},
                                             {"const", kNoType, Shape::any},
                                             {"anyOf", kNoType, Shape::list},
                                             {"oneOf", kNoType, Shape::list},
                                             {"allOf", kNoType, Shape::list},
                                             {"$ref", kNoType, Shape::any},
                                             {"$defs", kNoType, Shape::any},
                                             {"definitions", kNoType, Shape::any},
                                             {"properties", kObject, Shape::schemas},
                                             {"required", kObject, Shape::names},
                                             {"additionalProperties", kObject, Shape::schema},
                                             {"minProperties", kObject, Shape::count},
                                             {"maxProperties", kObject, Shape::count},
                                             {"items", kArray, Shape::items},
                                             {"prefixItems", kArray, Shape::list},
                                             {"minItems", kArray, Shape::count},
                                             {"maxItems", kArray, Shape::count},
                                             {"minLength", kString, Shape::count},
                                             {"maxLength", kString, Shape::count},
                                             {"pattern", kString, Shape::any},
                                             {"format", kString, Shape::any},
                                             {"minimum", kNumber, Shape::number},
                                             {"maximum", kNumber, Shape::number},
                                             {"exclusiveMinimum", kNumber, Shape::number},
                                             {"exclusiveMaximum", kNumber, Shape::number}}};

constexpr std::array<std::pair<std::string_view, unsigned>, 7> kTypes{{{"object", kObject},
                                                                       {"array", kArray},
                                                                       {"string", kString},
                                                                       {"integer", kInteger},
                                                                       {"number", kNumber},
                                                                       {"boolean", kBoolean},
                                                                       {"null", kNull}}};

unsigned type_named(const Json& name) {
  if (!name.is_string()) return kNoType;
  for (const auto& [known, type] : kTypes)
    if (known == name.string()) return type;
  return kNoType;
}

const Keyword* find_keyword(std::string_view name) {
  const auto at =
      std::find_if(kKeywords.begin(), kKeywords.end(), [&](const Keyword& k) { return k.name == name; });
  return at == kKeywords.end() ? nullptr : &*at;
}

bool is_annotation(std::string_view keyword) { return support::contains(kAnnotations, keyword); }

bool is_list_of_names(const Json& value) {
  return value.is_array() && value.size() <= SchemaCompiler::kMaxKeys &&
         std::all_of(value.begin(), value.end(), [](const Json& name) { return name.is_string(); });
}

bool is_count(const Json& value) {
  if (!value.is_number()) return false;
  const double count = value.number();
  return count >= 0 && count <= PatternReader::kMaxCount && count == std::floor(count);
}

// What was expected of the value; empty if it is so.
std::string expected_instead(Shape shape, const Json& value) {
  const bool is_list = value.is_array() && !value.empty(),
             is_schema = value.is_object() || value.is_boolean();
  switch (shape) {
    case Shape::any: return "";
    case Shape::items:
      if (value.is_array()) return "is a list; expected a schema (a list is prefixItems)";
      [[fallthrough]];
    case Shape::schema: return is_schema ? "" : "expected a schema: an object, true or false";
    case Shape::schemas: return value.is_object() ? "" : "expected an object of schemas";
    case Shape::list: return is_list ? "" : "expected a list of at least one schema";
    case Shape::values: return is_list ? "" : "expected a list of at least one value";
    case Shape::names:
      if (is_list_of_names(value)) return "";
      return fmt::format("expected a list of at most {} names", SchemaCompiler::kMaxKeys);
    case Shape::number: return value.is_number() ? "" : "expected a number";
    case Shape::count:
      return is_count(value) ? "" : fmt::format("expected a whole number, 0 to {}", PatternReader::kMaxCount);
  }
  return "";
}

}  // namespace

bool constrains(std::string_view keyword) {
  return !is_annotation(keyword) && keyword != "$defs" && keyword != "definitions" && keyword != "$id";
}

unsigned types_of_keyword(std::string_view keyword) {
  const Keyword* known = find_keyword(keyword);
  return known == nullptr ? static_cast<unsigned>(kNoType) : known->types;
}

unsigned type_of(const Json& value) {
  if (value.is_number_integer()) return kInteger | kNumber;
  if (value.is_number_float()) {
    const double number = value.number();
    return number == std::floor(number) ? kInteger | kNumber : static_cast<unsigned>(kNumber);
  }
  if (value.is_string()) return kString;
  if (value.is_boolean()) return kBoolean;
  if (value.is_null()) return kNull;
  return value.is_object() ? kObject : kArray;
}

void SchemaCompiler::check_keywords(const Json& schema, const std::string& path) const {
  for (const auto& [key, value] : schema.members()) {
    const Keyword* known = find_keyword(key);
    const bool fine = known != nullptr || is_annotation(key) || (key == "$id" && &schema == &root_) ||
                      (key == "uniqueItems" && value == false);
    if (!fine) fail(path, fmt::format("the keyword {} can't be honoured", support::quoted(key)));
    if (known == nullptr) continue;
    if (const std::string expected = expected_instead(known->shape, value); !expected.empty())
      fail(fmt::format("{}/{}", path, key), expected);
  }
}

// Those it names, else those its keywords speak of, else all.
unsigned SchemaCompiler::types(const Json& schema, const std::string& path) const {
  unsigned all = kNoType;
  if (const Json* at = schema.find("type"); at != nullptr) {
    const Json names = at->is_array() && at->size() <= kTypes.size() ? *at : Json::array({*at});
    for (const Json& name : names) {
      if (type_named(name) == kNoType)
        fail(path + "/type",
             "expected object, array, string, integer, number, boolean or null, or a list of these");
      all |= type_named(name);
    }
    return all;
  }
  for (const auto& [key, value] : schema.members()) all |= types_of_keyword(key);
  return all == kNoType ? static_cast<unsigned>(kAnyType) : all;
}

}  // namespace reckon::constrain
