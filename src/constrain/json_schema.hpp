// From a JSON schema to rules.
#pragma once

#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "constrain/json_text.hpp"

namespace reckon::constrain {

enum TypeSet : unsigned {  // of JSON values; an integer is a number too
  kNoType = 0,
  kObject = 1,
  kArray = 2,
  kString = 4,
  kInteger = 8,
  kNumber = 16,
  kBoolean = 32,
  kNull = 64,
  kAnyType = 127,
};

// `path` is the JSON pointer of a schema, for messages. Every schema that is compiled takes its own language
// or a part of it: nothing in a schema is left aside but annotations.
class SchemaCompiler {
 public:
  static constexpr size_t kMaxKeys = 5'000;     // of all objects in a schema
  static constexpr size_t kMaxValues = 50'000;  // of all kinds; each may be copied once per nesting
  static constexpr int kMaxNesting = 100;
  static constexpr size_t kMaxMerges = 10'000;
  static constexpr size_t kMaxAlternatives = 500;
  static constexpr uint64_t kMaxWork = 50'000'000;  // in merging and telling apart; about a second's

  explicit SchemaCompiler(std::string_view text);
  Grammar run();

 private:
  struct Bound {
    double value;
    bool exclusive;
  };
  struct Range {
    Bound least{-std::numeric_limits<double>::infinity(), false};
    Bound most{std::numeric_limits<double>::infinity(), false};
  };
  static bool by_value(const Bound& a, const Bound& b) { return a.value < b.value; }

  // json_schema.cpp
  [[noreturn]] void fail(const std::string& path, const std::string& what) const;
  Symbol schema(const Json& schema, const std::string& path, int nesting);
  Symbol schema_of_types(const Json& schema, const std::string& path, int nesting);
  Symbol reference(const Json& schema, const std::string& path);
  Symbol values(const Json& schema, const std::string& path);
  Symbol any_of(const Json& schema, const char* keyword, const std::string& path, int nesting);
  const Json& resolve(const Json& schema, const std::string& path) const;
  // The count under `key`, or `otherwise`.
  uint32_t count(const Json& schema, const char* key, uint32_t otherwise) const;
  void spend(uint64_t work, const std::string& path);  // fails beyond kMaxWork

  // json_keywords.cpp
  // There is no keyword but those that are honoured, and what stands under each has the form it should have.
  void check_keywords(const Json& schema, const std::string& path) const;
  unsigned types(const Json& schema, const std::string& path) const;

  // json_containers.cpp
  struct Property {
    std::string name;
    const Json* schema;
    bool required;
    std::string path;
  };
  Symbol object(const Json& schema, const std::string& path, int nesting);
  Symbol object_as_map(const Json& schema, const std::string& path, int nesting);
  std::vector<Property> properties(const Json& schema, const std::string& path) const;
  Sequence members(const std::vector<Property>& properties, const Sequence& others, int nesting);
  Symbol other_key(const std::vector<Property>& properties);
  Symbol array(const Json& schema, const std::string& path, int nesting);

  // json_strings.cpp
  Symbol string(const Json& schema, const std::string& path);
  Symbol string_of(Symbol content);

  // json_numbers.cpp
  static Range range_of(const Json& schema);
  Symbol integer(const Json& schema, const std::string& path);
  Symbol number(const Json& schema, const std::string& path);
  void add_fractional(const char* sign, Bound least, Bound most, std::vector<Sequence>& ways);

  // json_merge.cpp
  // A schema that takes what both take.
  Json merged(const Json& a, const Json& b, const std::string& path, int nesting);
  Json merged_constraints(const Json& a, const Json& b, const std::string& path, int nesting);
  Json merged_keyword(const std::string& key, const Json& mine, const Json& theirs,
                      const std::string& path) const;
  void merge_types(Json& into, const Json& a, const Json& b, const std::string& path) const;
  void merge_values(Json& into, const Json& a, const Json& b, const std::string& path);
  void merge_objects(Json& into, const Json& a, const Json& b, const std::string& path, int nesting);
  void merge_arrays(Json& into, const Json& a, const Json& b, const std::string& path, int nesting);
  Json common_values(const Json& a, const Json& b, const std::string& path);
  Json listed_values(const Json& schema, const std::string& path);
  static Json constraints(const Json& schema, std::string_view except);
  Json without_all_of(const Json& schema, const std::string& path, int nesting);

  // json_disjoint.cpp
  void check_disjoint(const Json& alternatives, const std::string& path);
  const Json& target(const Json& schema, const std::string& path);
  // Certainly no value is taken by both.
  bool disjoint(const Json& first, const Json& second, const std::string& path, int nesting);
  unsigned taken_types(const Json& schema, const std::string& path) const;
  bool objects_disjoint(const Json& a, const Json& b, const std::string& path, int nesting);

  Json root_;
  GrammarBuilder builder_;
  JsonText text_;
  std::map<std::string, Symbol> references_;
  std::vector<std::pair<std::string, Symbol>> to_do_;  // references that are not compiled yet
  std::map<std::pair<const Json*, const Json*>, bool> disjoint_objects_;  // of one oneOf
  size_t n_merges_ = 0;
  uint64_t work_ = 0;
};

// The path of what stands under `step`, cut where messages cut it: a name may be of any length, and each
// property below it has a path of its own.
std::string below(const std::string& path, std::string_view step);
bool constrains(std::string_view keyword);  // no annotation, nor a place for definitions
unsigned types_of_keyword(std::string_view keyword);
unsigned type_of(const Json& value);
bool requires_property(const Json& schema, const std::string& name);

}  // namespace reckon::constrain
