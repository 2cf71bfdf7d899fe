#include "tests/constrain/forms.hpp"

namespace reckon::constrain {
namespace {

void expect_schema(std::string_view form, const std::vector<std::string>& right,
                   const std::vector<std::string>& wrong) {
  expect_texts(compile_json_schema, form, right, wrong);
}

TEST(JsonSchema, AnyValue) {
  for (const char* schema :
       {"{}", "true", R"({"title":"x","description":"y","default":1,"examples":[],"$schema":"z"})"}) {
    expect_schema(schema,
                  {"1", "-0.5e+10", "null", "true", "[]", "[1, {}]", R"({"a":{"b":[]}})", R"("\u00e9\n")",
                   "{ }", "[\n  1,\n  2\n]"},
                  {"", "01", "+1", ".5", "nul", "[1,]", "{a:1}", "\"\n\"", R"("\x")", R"("\ud800")", "1 ",
                   " 1", "[1}"});
  }
}

TEST(JsonSchema, PropertiesInOrderWithOptionalOnes) {
  const char* schema =
      R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"null"},"c":{"type":"boolean"}},"required":["b"]})";
  expect_schema(
      schema,
      {R"({"b":null})", R"({"a":1,"b":null})", R"({"a": 1, "b": null, "c": true})", "{\n  \"b\": null\n}"},
      {"{}", R"({"a":1})", R"({"b":null,"a":1})", R"({"b":null,})", R"({,"b":null})", R"({"b":null,"x":1})",
       R"({"b":null "c":true})"});
  expect_schema(R"({"properties":{"a":{},"b":{}}})", {"{}", R"({"a":1})", R"({"b":1})", R"({"a":1,"b":2})"},
                {R"({"b":1,"a":2})", "1"});
  expect_schema(R"({"required":["x"]})", {R"({"x":1})"}, {"{}", R"({"y":1})"});
}

TEST(JsonSchema, AdditionalProperties) {
  const char* open =
      R"({"type":"object","properties":{"ab":{"type":"null"}},"additionalProperties":{"type":"integer"}})";
  expect_schema(open,
                {"{}", R"({"ab":null})", R"({"ab":null,"x":1,"y":2})", R"({"a":1,"abc":2,"":3,"x\u0061":4})",
                 R"({"b":1})"},
                {R"({"ab":1})", R"({"x":1,"ab":2})", R"({"a\u0062":1})", R"({"x":null})"});
  expect_schema(R"({"type":"object","additionalProperties":false})", {"{}"}, {R"({"a":1})"});
  expect_schema(
      R"({"type":"object","additionalProperties":{"type":"null"},"minProperties":1,"maxProperties":2})",
      {R"({"a":null})", R"({"a":null,"b":null})"}, {"{}", R"({"a":1})", R"({"a":null,"b":null,"c":null})"});
}

TEST(JsonSchema, Arrays) {
  expect_schema(R"({"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3})",
                {"[1]", "[1,2,3]", "[ 1, 2 ]"}, {"[]", "[1,2,3,4]", "[\"a\"]"});
  expect_schema(R"({"prefixItems":[{"type":"integer"},{"type":"string"}],"minItems":1})",
                {"[1]", "[1,\"a\"]"}, {"[]", "[\"a\"]", "[1,\"a\",2]", "[1,2]"});
  expect_schema(R"({"prefixItems":[{"type":"integer"}],"items":{"type":"null"},"maxItems":3})",
                {"[]", "[1]", "[1,null,null]"}, {"[null]", "[1,null,null,null]"});
  expect_schema(R"({"prefixItems":[{}],"items":false})", {"[]", "[1]"}, {"[1,2]"});
  expect_schema(R"({"type":"array","maxItems":0})", {"[]"}, {"[1]"});
}

TEST(JsonSchema, Strings) {
  expect_schema(R"({"type":"string","minLength":2,"maxLength":3})",
                {"\"ab\"", "\"é𝄞x\"", R"("\ud834\udd1ea")", R"("\n\"")"}, {"\"a\"", "\"abcd\"", R"("\n")"});
  expect_schema(R"({"type":"string","pattern":"^[a-z\"]+$"})", {"\"ab\"", R"("a\"b")"},
                {"\"\"", "\"aB\"", "\"a\"b\""});
  expect_schema(R"({"pattern":"b|^a"})", {"\"xbx\"", "\"a\"", "\"ax\""}, {"\"xa\"", "\"\""});
  expect_schema(R"({"pattern":"^\\d{2}"})", {"\"12ab\""}, {"\"1a\""});
}

TEST(JsonSchema, Formats) {
  expect_schema(R"({"type":"string","format":"date"})",
                {"\"2024-02-29\"", "\"2000-02-29\"", "\"1999-12-31\""},
                {"\"2023-02-29\"", "\"1900-02-29\"", "\"2024-04-31\"", "\"2024-13-01\"", "\"24-01-01\""});
  expect_schema(R"({"format":"time"})", {"\"23:59:59Z\"", "\"00:00:00.25+05:30\""},
                {"\"24:00:00Z\"", "\"12:00:00\""});
  expect_schema(R"({"format":"date-time"})", {"\"2024-01-31T12:00:00Z\""}, {"\"2024-01-31 12:00:00Z\""});
  expect_schema(R"({"format":"uuid"})", {"\"123e4567-E89b-12d3-a456-426614174000\""}, {"\"123e4567\""});
}

// Every integer of a stretch around each pair of bounds.
TEST(JsonSchema, IntegerBoundsAreExact) {
  for (const auto& [least, most] : std::vector<std::pair<int, int>>{
           {0, 0}, {-5, 5}, {7, 1234}, {-1203, -98}, {99, 101}, {-1, 1000}, {10, 10}, {-999, 0}}) {
    const Grammar grammar = compile_json_schema("{\"type\":\"integer\",\"minimum\":" + std::to_string(least) +
                                                ",\"maximum\":" + std::to_string(most) + "}");
    Matcher matcher(grammar, "test");
    for (int i = -1500; i <= 1500; i++) {
      const bool wanted = i >= least && i <= most;
      ASSERT_EQ(matcher.can_end(matcher.next(matcher.start(), std::to_string(i))), wanted)
          << i << " in " << least << " to " << most;
    }
    EXPECT_FALSE(matches(grammar, "-0"));
    EXPECT_FALSE(matches(grammar, "007"));
  }
  expect_schema(R"({"type":"integer","exclusiveMinimum":1.5,"exclusiveMaximum":4})", {"2", "3"}, {"1", "4"});
  expect_schema(R"({"type":"integer","minimum":3})", {"3", "10", "999999999999999"},
                {"2", "-3", "1000000000000000"});
  expect_schema(R"({"type":"integer"})", {"0", "-12"}, {"1.0", "1e3"});
}

TEST(JsonSchema, NumberBounds) {
  expect_schema(R"({"type":"number","minimum":0,"maximum":1})", {"0", "0.5", "1", "1.00", "0.0"},
                {"1.01", "-0.5", "2", "1e-3"});
  expect_schema(R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":2})", {"0.01", "1", "1.99"},
                {"0", "0.0", "2", "2.0"});
  expect_schema(R"({"type":"number","minimum":-2,"maximum":3})", {"-2", "-2.0", "-1.5", "-0.5", "2.9", "3.0"},
                {"-2.1", "3.1", "-3"});
  expect_schema(R"({"type":"number","maximum":-10})", {"-10", "-10.5", "-123"}, {"-9.9", "0", "10"});
  expect_error(compile_json_schema, R"({"type":"number","minimum":0.5})", "a bound of 0.5 for a number");
}

TEST(JsonSchema, EnumConstAndTypes) {
  expect_schema(R"({"enum":["a\"b",1,null,[1,{"x":2}]]})", {R"("a\"b")", "1", "null", R"([1,{"x":2}])"},
                {"2", "\"a\"", "[1]"});
  expect_schema(R"({"const":"x"})", {"\"x\""}, {"x"});
  expect_schema(R"({"type":"string","enum":["a",1]})", {"\"a\""}, {"1"});
  expect_schema(R"({"type":["string","null"]})", {"null", "\"\""}, {"1"});
  expect_schema(R"({"type":["integer","number"]})", {"1", "1.5"}, {"true"});
}

TEST(JsonSchema, AnyOfOneOfAllOf) {
  expect_schema(R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", {"1", "null"}, {"true"});
  expect_schema(
      R"({"type":"object","properties":{"a":{}},"anyOf":[{"required":["a"]},{"properties":{"b":{}},"required":["b"]}]})",
      {R"({"a":1})", R"({"a":1,"b":2})", R"({"b":1})"}, {"{}"});
  expect_schema(R"({"oneOf":[{"type":"string"},{"type":"integer"}]})", {"\"a\"", "1"}, {"null"});
  expect_schema(
      R"({"oneOf":[{"properties":{"k":{"const":"a"},"x":{"type":"integer"}},"required":["k","x"],"type":"object"},
                             {"properties":{"k":{"const":"b"}},"required":["k"],"type":"object"}]})",
      {R"({"k":"a","x":1})", R"({"k":"b"})"}, {R"({"k":"a"})", R"({"k":"c"})"});
  expect_schema(R"({"allOf":[{"type":"integer","minimum":2},{"maximum":5},{"minimum":4}]})", {"4", "5"},
                {"3", "6"});
  expect_schema(
      R"({"allOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"b":{"type":"null"},"a":{"maximum":3}}}]})",
      {R"({"a":3,"b":null})", R"({"a":1})"}, {R"({"a":4})", R"({"b":null})"});
  expect_error(compile_json_schema, R"({"oneOf":[{"type":"number"},{"type":"integer"}]})",
               "alternatives 0 and 1 may both take a value");
}

TEST(JsonSchema, References) {
  expect_schema(
      R"({"$ref":"#/$defs/tree","$defs":{"tree":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/tree"},{"type":"null"}]}},"required":["v","next"]}}})",
      {R"({"v":1,"next":null})", R"({"v":1,"next":{"v":2,"next":null}})"},
      {R"({"v":1})", R"({"v":1,"next":{"v":2}})"});
  expect_schema(R"({"type":"array","items":{"$ref":"#"}})", {"[]", "[[],[[]]]"}, {"[1]"});
  expect_schema(
      R"({"definitions":{"n":{"type":"integer"}},"allOf":[{"$ref":"#/definitions/n"},{"maximum":3}]})", {"3"},
      {"4"});
  expect_error(compile_json_schema, R"({"$ref":"#/$defs/x"})", R"("#/$ref": there is no "#/$defs/x")");
  expect_error(compile_json_schema, R"({"$ref":"http://x/y"})", "expected a reference into this schema");
  expect_error(compile_json_schema, R"({"$ref":"#"})", "no text matches");
}

TEST(JsonSchema, WhatCanNotBeHonouredIsRefusedByNameAndPlace) {
  for (const char* keyword :
       {"not", "if", "patternProperties", "uniqueItems", "contains", "multipleOf", "dependentRequired",
        "propertyNames", "unevaluatedProperties", "$anchor", "x-mine"}) {
    const std::string schema = std::string(R"({"type":"object","properties":{"a":{")") + keyword + "\":3}}}";
    expect_error(compile_json_schema, schema,
                 std::string(R"("#/properties/a": the keyword ")") + keyword + "\" can't be honoured");
  }
  expect_error(compile_json_schema, R"({"type":"string","format":"email"})", "\"#/format\": expected date");
  expect_error(compile_json_schema, R"j({"type":"string","pattern":"a(?=b)"})j", "lookaround");
  expect_error(compile_json_schema, R"({"type":"string","pattern":"a","minLength":3})",
               "more than one of pattern, format and a length");
  expect_error(compile_json_schema, R"({"type":"strin"})", "\"#/type\": expected object, array");
  expect_error(compile_json_schema, R"({"type":"string","minLength":-1})",
               "\"#/minLength\": expected a whole number");
  expect_error(compile_json_schema, R"({"properties":{"a":5}})", "\"#/properties/a\": expected a schema");
  expect_error(compile_json_schema, R"({"enum":[]})", "\"#/enum\": expected a list");
  expect_error(compile_json_schema, R"({"items":[{}]})", "expected a schema (a list is prefixItems)");
  expect_error(compile_json_schema, R"({"type":"integer","minimum":5,"maximum":4})", "leave no integer");
  expect_error(compile_json_schema, "false", "no text matches");
  expect_error(compile_json_schema, "{\"a\":\n nul}", "line 2, column");
  expect_error(compile_json_schema, "", "this is not JSON");
}

TEST(JsonSchema, HostileSchemasAreRefusedInTime) {
  expect_error(compile_json_schema, repeated("[", 500'000), "nested at most 100 deep");
  expect_error(compile_json_schema, repeated("{\"items\":", 100'000), "nested at most 100 deep");
  std::string many = "{\"properties\":{";
  for (int i = 0; i < 20'000; i++) many += "\"k" + std::to_string(i) + "\":{},";
  expect_error(compile_json_schema, many + "\"k\":{}}}", "at most 5000 keys");
  expect_error(compile_json_schema,
               R"({"type":"array","items":{"type":"string","maxLength":99999},"maxItems":100000})",
               "too large");
  std::string chain = "{\"$ref\":\"#/$defs/d0\",\"$defs\":{";
  for (int i = 0; i < 2000; i++)
    chain += "\"d" + std::to_string(i) + "\":{\"$ref\":\"#/$defs/d" + std::to_string(i + 1) + "\"},";
  EXPECT_TRUE(matches(compile_json_schema(chain + "\"d2000\":{\"type\":\"null\"}}}"), "null"));
  expect_error(compile_json_schema, R"({"allOf":[{"$ref":"#"},{"type":"null"}]})",
               "too many schemas hold together");
  expect_error(compile_json_schema, R"({"minimum":1e999,"type":"integer"})", "a number is too large");
  expect_error(compile_json_schema, "{\"anyOf\":[" + repeated("{},", 600) + "{}]}",
               "at most 500 alternatives");
}

}  // namespace
}  // namespace reckon::constrain
