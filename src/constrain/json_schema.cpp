#include "constrain/json_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <reckon/error.hpp>

#include "constrain/forms.hpp"
#include "constrain/pattern_reader.hpp"
#include "support/quoted.hpp"

namespace reckon::constrain {
namespace {

constexpr size_t kShownPath = 256;  // bytes

// Builds the value as nlohmann-json reads it. Bounded in keys, values and nesting: lookups in an object take
// time by its size, and values are destroyed recursively.
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
    if (open_.size() <= SchemaCompiler::kMaxNesting && n_keys_ <= SchemaCompiler::kMaxKeys &&
        n_values_ <= SchemaCompiler::kMaxValues) {
      return;
    }
    throw Error(
        ErrorCode::invalid_argument,
        fmt::format("json_schema: too large; expected at most {} keys and {} values, nested at most {} "
                    "deep",
                    SchemaCompiler::kMaxKeys, SchemaCompiler::kMaxValues, SchemaCompiler::kMaxNesting));
  }

  bool add(Json value) {
    n_values_++;
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
  size_t n_keys_ = 0, n_values_ = 0;
};

Json parse(std::string_view text) {
  SchemaReader reader(text);
  nlohmann::json::sax_parse(text, &reader);
  return reader.take();
}

}  // namespace

std::string below(const std::string& path, std::string_view step) {
  if (path.size() > kShownPath) return path;
  return fmt::format("{}/{}", path, step.substr(0, kShownPath));
}

SchemaCompiler::SchemaCompiler(std::string_view text)
    : root_(parse(text)), builder_("json_schema"), text_(builder_) {}

void SchemaCompiler::fail(const std::string& path, const std::string& what) const {
  throw Error(ErrorCode::invalid_argument,
              fmt::format("json_schema: {}: {}", support::quoted(path, kShownPath), what));
}

// References are compiled one after the other, not inside each other: a long chain of them takes no stack.
Grammar SchemaCompiler::run() {
  const Symbol root = schema(root_, "#", 0);
  while (!to_do_.empty()) {
    const auto [pointer, symbol] = std::move(to_do_.back());
    to_do_.pop_back();
    const Json reference = Json::object("$ref", pointer);
    builder_.define(symbol, {{schema(resolve(reference, pointer), pointer.substr(0, kShownPath + 1), 0)}});
  }
  return builder_.compile(root);
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

const Json& SchemaCompiler::resolve(const Json& schema, const std::string& path) const {
  const Json& target = schema["$ref"];
  if (!target.is_string() || !target.string().starts_with("#"))
    fail(path + "/$ref", "expected a reference into this schema, such as #/$defs/NAME");
  const std::string pointer = target.string().substr(1);
  const Json* found = root_.at_pointer(pointer);
  if (found == nullptr) fail(path + "/$ref", fmt::format("there is no {}", support::quoted("#" + pointer)));
  return *found;
}

Symbol SchemaCompiler::reference(const Json& schema, const std::string& path) {
  for (const auto& [key, value] : schema.members()) {
    if (key != "$ref" && constrains(key))
      fail(path, fmt::format("{} beside $ref; expected both inside an allOf", support::quoted(key)));
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
    if (types_of_keyword(key) != kNoType)
      fail(path,
           fmt::format("{} beside enum or const; expected only type beside them", support::quoted(key)));
  }
  const Json all = listed_values(schema, path);
  const unsigned wanted = types(schema, path);
  std::vector<Sequence> ways;
  for (const Json& value : all) {
    if (wanted & type_of(value)) ways.push_back(text_.literal(value));
  }
  if (ways.empty()) fail(path, "no value is left by enum, const and type together");
  return builder_.choice(std::move(ways));
}

// What stands beside the alternatives goes for each of them.
Symbol SchemaCompiler::any_of(const Json& schema, const char* keyword, const std::string& path, int nesting) {
  const Json& alternatives = schema[keyword];
  if (alternatives.size() > kMaxAlternatives)
    fail(path + "/" + keyword, fmt::format("expected at most {} alternatives", kMaxAlternatives));
  if (std::string_view(keyword) == "oneOf") check_disjoint(alternatives, path + "/oneOf");
  const Json beside = constraints(schema, keyword);
  std::vector<Sequence> ways;
  for (size_t i = 0; i < alternatives.size(); i++) {
    const std::string at = below(path, fmt::format("{}/{}", keyword, i));
    // Else a copy, which stays until all below it is compiled.
    const Json& alternative = alternatives[i];
    const Symbol way = beside.empty()
                           ? this->schema(alternative, at, nesting + 1)
                           : this->schema(merged(beside, alternative, at, nesting), at, nesting + 1);
    ways.push_back({way});
  }
  return builder_.choice(std::move(ways));
}

uint32_t SchemaCompiler::count(const Json& schema, const char* key, uint32_t otherwise) const {
  const Json* at = schema.find(key);
  return at == nullptr ? otherwise : static_cast<uint32_t>(at->number());
}

void SchemaCompiler::spend(uint64_t work, const std::string& path) {
  work_ += work;
  if (work_ > kMaxWork) {
    fail(path,
         "too much work to put schemas together and to tell them apart; expected fewer or smaller ones in "
         "allOf, anyOf, oneOf and enum");
  }
}

Grammar compile_json_schema(std::string_view schema) { return SchemaCompiler(schema).run(); }

}  // namespace reckon::constrain
