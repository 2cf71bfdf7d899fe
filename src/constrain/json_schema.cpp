#include "constrain/json_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <reckon/error.hpp>

#include "constrain/forms.hpp"
#include "constrain/pattern_reader.hpp"
#include "load/quoted.hpp"

namespace reckon::constrain {
namespace {

constexpr std::array<std::string_view, 9> kAnnotations{"title",      "description", "default",
                                                       "examples",   "$schema",     "$comment",
                                                       "deprecated", "readOnly",    "writeOnly"};

struct Keyword {
  std::string_view name;
  unsigned types;  // of the values it speaks of; kNoType: of any
};
constexpr std::array<Keyword, 26> kKeywords{{{"type", kNoType},
                                             {"enum", kNoType},
                                             {"const", kNoType},
                                             {"anyOf", kNoType},
                                             {"oneOf", kNoType},
                                             {"allOf", kNoType},
                                             {"$ref", kNoType},
                                             {"$defs", kNoType},
                                             {"definitions", kNoType},
                                             {"properties", kObject},
                                             {"required", kObject},
                                             {"additionalProperties", kObject},
                                             {"minProperties", kObject},
                                             {"maxProperties", kObject},
                                             {"items", kArray},
                                             {"prefixItems", kArray},
                                             {"minItems", kArray},
                                             {"maxItems", kArray},
                                             {"minLength", kString},
                                             {"maxLength", kString},
                                             {"pattern", kString},
                                             {"format", kString},
                                             {"minimum", kNumber},
                                             {"maximum", kNumber},
                                             {"exclusiveMinimum", kNumber},
                                             {"exclusiveMaximum", kNumber}}};

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

// Builds the value as nlohmann-json reads it. Bounded in keys and nesting: lookups in an object take time by
// its size, and values are destroyed recursively.
class SchemaReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit SchemaReader(std::string_view text) : text_(text), reader_("json_schema", text) {}
  Json take() { return std::move(root_); }

  bool null() override { return add({}); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(int64_t value) override { return add(value); }
  bool number_unsigned(uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string& /*text*/) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(nlohmann::json::binary_t& /*value*/) override { return false; }  // not in a text
  bool start_object(size_t /*unknown*/) override { return open(Json::object()); }
  bool start_array(size_t /*unknown*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    n_keys_++;
    check_bounds();
    keys_.back() = std::move(name);
    return true;
  }

  bool parse_error(size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& error) override {
    constexpr int kOutOfRange = 406;
    if (error.id == kOutOfRange) {
      throw Error(ErrorCode::invalid_argument,
                  "json_schema: a number is too large; expected one that a double holds");
    }
    reader_.fail_at(std::min(position == 0 ? 0 : position - 1, text_.size()), "this is not JSON");
  }

 private:
  void check_bounds() const {
    if (open_.size() <= SchemaCompiler::kMaxNesting && n_keys_ <= SchemaCompiler::kMaxKeys) return;
    throw Error(ErrorCode::invalid_argument,
                fmt::format("json_schema: too large; expected at most {} keys, nested at most {} deep",
                            SchemaCompiler::kMaxKeys, SchemaCompiler::kMaxNesting));
  }

  bool add(Json value) {
    check_bounds();
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_array()) {
      open_.back().push_back(std::move(value));
    } else {
      open_.back()[keys_.back()] = std::move(value);  // of equal names the last one counts
    }
    return true;
  }

  bool open(Json container) {
    check_bounds();
    keys_.emplace_back();
    open_.push_back(std::move(container));
    return true;
  }

  bool close() {
    Json whole = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return add(std::move(whole));
  }

  std::string_view text_;
  PatternReader reader_;
  Json root_;
  std::vector<Json> open_;         // containers that have not ended
  std::vector<std::string> keys_;  // of each open one, of the value that comes next
  size_t n_keys_ = 0;
};

Json parse(std::string_view text) {
  SchemaReader reader(text);
  nlohmann::json::sax_parse(text, &reader);
  return reader.take();
}

}  // namespace

bool is_annotation(std::string_view keyword) {
  return std::find(kAnnotations.begin(), kAnnotations.end(), keyword) != kAnnotations.end();
}

SchemaCompiler::SchemaCompiler(std::string_view text)
    : root_(parse(text)), builder_("json_schema"), text_(builder_) {}

void SchemaCompiler::fail(const std::string& path, const std::string& what) const {
  throw Error(ErrorCode::invalid_argument, fmt::format("json_schema: {}: {}", load::quoted(path, 256), what));
}

// References are compiled one after the other, not inside each other: a long chain of them takes no stack.
Grammar SchemaCompiler::run() {
  const Symbol root = schema(root_, "#", 0);
  while (!to_do_.empty()) {
    const auto [pointer, symbol] = std::move(to_do_.back());
    to_do_.pop_back();
    const Json reference = Json::object("$ref", pointer);
    builder_.define(symbol, {{schema(resolve(reference, pointer), pointer, 0)}});
  }
  return builder_.compile(root);
}

void SchemaCompiler::check_keywords(const Json& schema, const std::string& path) const {
  for (const auto& [key, value] : schema.members()) {
    const bool fine = find_keyword(key) != nullptr || is_annotation(key) || (key == "$id" && path == "#") ||
                      (key == "uniqueItems" && value == false);
    if (!fine) fail(path, fmt::format("the keyword {} can't be honoured", load::quoted(key)));
  }
}

Symbol SchemaCompiler::schema(const Json& schema, const std::string& path, int nesting) {
  if (nesting > kMaxNesting) fail(path, fmt::format("schemas nested more than {} deep", kMaxNesting));
  if (schema.is_boolean()) return schema.boolean() ? text_.value() : builder_.choice({});
  if (!schema.is_object()) fail(path, "expected a schema: an object, true or false");
  check_keywords(schema, path);
  if (schema.contains("allOf")) return this->schema(without_all_of(schema, path, nesting), path, nesting + 1);
  for (const char* keyword : {"anyOf", "oneOf"})
    if (schema.contains(keyword)) return any_of(schema, keyword, path, nesting);
  if (schema.contains("$ref")) return reference(schema, path);
  if (schema.contains("enum") || schema.contains("const")) return values(schema, path);
  return schema_of_types(schema, path, nesting);
}

Symbol SchemaCompiler::schema_of_types(const Json& schema, const std::string& path, int nesting) {
  const unsigned all = types(schema, path);
  if (all == kAnyType) return text_.value();
  std::vector<Sequence> ways;
  if (all & kObject) ways.push_back({object(schema, path, nesting)});
  if (all & kArray) ways.push_back({array(schema, path, nesting)});
  if (all & kString) ways.push_back({string(schema, path)});
  if (all & kNumber) {
    ways.push_back({number(schema, path)});
  } else if (all & kInteger) {
    ways.push_back({integer(schema, path)});
  }
  if (all & kBoolean) ways.push_back({text_.boolean()});
  if (all & kNull) ways.push_back(builder_.literal("null"));
  return builder_.choice(std::move(ways));
}

// Those it names, else those its keywords speak of, else all.
unsigned SchemaCompiler::types(const Json& schema, const std::string& path) const {
  unsigned all = kNoType;
  if (const Json* at = schema.find("type"); at != nullptr) {
    const Json names = at->is_array() ? *at : Json::array({*at});
    for (const Json& name : names) {
      if (type_named(name) == kNoType)
        fail(path + "/type",
             "expected object, array, string, integer, number, boolean or null, or a list of these");
      all |= type_named(name);
    }
    return all;
  }
  for (const auto& [key, value] : schema.members())
    if (const Keyword* k = find_keyword(key)) all |= k->types;
  return all == kNoType ? static_cast<unsigned>(kAnyType) : all;
}

const Json& SchemaCompiler::resolve(const Json& schema, const std::string& path) const {
  const Json& target = schema["$ref"];
  if (!target.is_string() || !target.string().starts_with("#"))
    fail(path + "/$ref", "expected a reference into this schema, such as #/$defs/NAME");
  const std::string pointer = target.string().substr(1);
  const Json* found = root_.at_pointer(pointer);
  if (found == nullptr) fail(path + "/$ref", fmt::format("there is no {}", load::quoted("#" + pointer)));
  return *found;
}

Symbol SchemaCompiler::reference(const Json& schema, const std::string& path) {
  for (const auto& [key, value] : schema.members()) {
    const bool beside =
        key == "$ref" || key == "$defs" || key == "definitions" || key == "$id" || is_annotation(key);
    if (!beside) fail(path, fmt::format("{} beside $ref; expected both inside an allOf", load::quoted(key)));
  }
  resolve(schema, path);  // for its checks
  const auto target = schema["$ref"].string();
  const auto [at, is_new] = references_.try_emplace(target, 0);
  if (is_new) {
    at->second = builder_.declare(target);
    to_do_.emplace_back(target, at->second);
  }
  return at->second;
}

Symbol SchemaCompiler::values(const Json& schema, const std::string& path) {
  for (const auto& [key, value] : schema.members()) {
    if (const Keyword* k = find_keyword(key); k != nullptr && k->types != kNoType)
      fail(path, fmt::format("{} beside enum or const; expected only type beside them", load::quoted(key)));
  }
  if (schema.contains("enum") && (!schema["enum"].is_array() || schema["enum"].empty()))
    fail(path + "/enum", "expected a list of at least one value");
  Json all = Json::object("enum", schema.contains("enum") ? schema["enum"] : Json::array({schema["const"]}));
  merge_values(all, schema);
  const unsigned wanted = types(schema, path);
  std::vector<Sequence> ways;
  for (const Json& value : all["enum"]) {
    if (wanted & taken_types(Json::object("const", value), path)) ways.push_back(text_.literal(value));
  }
  if (ways.empty()) fail(path, "no value is left by enum, const and type together");
  return builder_.choice(std::move(ways));
}

// What stands beside the alternatives goes for each of them.
Symbol SchemaCompiler::any_of(const Json& schema, const char* keyword, const std::string& path, int nesting) {
  const Json& alternatives = schema[keyword];
  if (!alternatives.is_array() || alternatives.empty())
    fail(path + "/" + keyword, "expected a list of at least one schema");
  if (alternatives.size() > kMaxAlternatives)
    fail(path + "/" + keyword, fmt::format("expected at most {} alternatives", kMaxAlternatives));
  if (std::string_view(keyword) == "oneOf") {
    for (size_t i = 0; i < alternatives.size(); i++)
      for (size_t j = 0; j < i; j++)
        if (!disjoint(alternatives[j], alternatives[i], path, nesting))
          fail(path + "/oneOf",
               fmt::format("alternatives {} and {} may both take a value, which can't be excluded; "
                           "expected anyOf, or different types or constants",
                           j, i));
  }
  Json beside = schema;
  beside.erase(keyword);
  std::vector<Sequence> ways;
  for (size_t i = 0; i < alternatives.size(); i++) {
    const std::string at = fmt::format("{}/{}/{}", path, keyword, i);
    ways.push_back({this->schema(merged(beside, alternatives[i], at, nesting), at, nesting + 1)});
  }
  return builder_.choice(std::move(ways));
}

uint32_t SchemaCompiler::count(const Json& schema, const char* key, uint32_t otherwise,
                               const std::string& path) const {
  const Json* at = schema.find(key);
  if (at == nullptr) return otherwise;
  const double value = at->is_number() ? at->number() : -1;
  if (value < 0 || value > PatternReader::kMaxCount || value != std::floor(value))
    fail(path + "/" + key, fmt::format("expected a whole number, 0 to {}", PatternReader::kMaxCount));
  return static_cast<uint32_t>(value);
}

Grammar compile_json_schema(std::string_view schema) { return SchemaCompiler(schema).run(); }

}  // namespace reckon::constrain
