#include <array>

#include "tests/constrain/forms.hpp"

namespace reckon::constrain {
namespace {

void expect_schema(std::string_view form, const std::vector<std::string>& right,
                   const std::vector<std::string>& wrong) {
  expect_texts(compile_json_schema, form, right, wrong);
}

TEST(JsonSchema, AnEmptySchemaTakesAnyValue) {
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

TEST(JsonSchema, AdditionalPropertiesComeWhereTheyAreAllowed) {
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

TEST(JsonSchema, ArraysKeepToTheirItemsAndLengths) {
  expect_schema(R"({"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3})",
                {"[1]", "[1,2,3]", "[ 1, 2 ]"}, {"[]", "[1,2,3,4]", "[\"a\"]"});
  expect_schema(R"({"prefixItems":[{"type":"integer"},{"type":"string"}],"minItems":1})",
                {"[1]", "[1,\"a\"]"}, {"[]", "[\"a\"]", "[1,\"a\",2]", "[1,2]"});
  expect_schema(R"({"prefixItems":[{"type":"integer"}],"items":{"type":"null"},"maxItems":3})",
                {"[]", "[1]", "[1,null,null]"}, {"[null]", "[1,null,null,null]"});
  expect_schema(R"({"prefixItems":[{}],"items":false})", {"[]", "[1]"}, {"[1,2]"});
  expect_schema(R"({"type":"array","maxItems":0})", {"[]"}, {"[1]"});
}

TEST(JsonSchema, StringsKeepToTheirLengthsAndPatterns) {
  expect_schema(R"({"type":"string","minLength":2,"maxLength":3})",
                {"\"ab\"", "\"é𝄞x\"", R"("\ud834\udd1ea")", R"("\n\"")"}, {"\"a\"", "\"abcd\"", R"("\n")"});
  expect_schema(R"({"type":"string","pattern":"^[a-z\"]+$"})", {"\"ab\"", R"("a\"b")"},
                {"\"\"", "\"aB\"", "\"a\"b\""});
  expect_schema(R"({"pattern":"b|^a"})", {"\"xbx\"", "\"a\"", "\"ax\""}, {"\"xa\"", "\"\""});
  expect_schema(R"({"pattern":"^\\d{2}"})", {"\"12ab\""}, {"\"1a\""});
  // White space and line ends are ECMAScript's.
  expect_schema(R"({"pattern":"^\\S$"})", {"\"a\"", "\"\u0085\""},
                {"\"\u00A0\"", "\"\uFEFF\"", "\"\u3000\"", "\"\u2028\"", R"("\n")", R"("\u00a0")"});
  expect_schema(R"({"pattern":"^\\s$"})", {"\"\u00A0\"", "\"\uFEFF\"", "\"\u2003\"", R"("\r")"}, {"\"a\""});
  expect_schema(R"({"pattern":"^.$"})", {"\"a\"", "\"\u00A0\""},
                {R"("\n")", R"("\r")", "\"\u2028\"", "\"\u2029\""});
}

TEST(JsonSchema, FormatsAreHonoured) {
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

TEST(JsonSchema, NumbersKeepToTheirBounds) {
  expect_schema(R"({"type":"number","minimum":0,"maximum":1})", {"0", "0.5", "1", "1.00", "0.0"},
                {"1.01", "-0.5", "2", "1e-3"});
  expect_schema(R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":2})", {"0.01", "1", "1.99"},
                {"0", "0.0", "2", "2.0"});
  expect_schema(R"({"type":"number","minimum":-2,"maximum":3})", {"-2", "-2.0", "-1.5", "-0.5", "2.9", "3.0"},
                {"-2.1", "3.1", "-3"});
  expect_schema(R"({"type":"number","maximum":-10})", {"-10", "-10.5", "-123"}, {"-9.9", "0", "10"});
  expect_error(compile_json_schema, R"({"type":"number","minimum":0.5})", "a bound of 0.5 for a number");
  for (const char* bound : {R"("minimum":1e19)", R"("maximum":-1e19)", R"("exclusiveMinimum":1e300)",
                            R"("minimum":1000000000000000)", R"("exclusiveMinimum":999999999999999)",
                            R"("minimum":18446744073709551615)", R"("minimum":5,"maximum":4)"}) {
    const std::string rest = std::string(",") + bound + "}";
    expect_error(compile_json_schema, "{\"type\":\"number\"" + rest, "leave no number of at most 15 digits");
    expect_error(compile_json_schema, "{\"type\":\"integer\"" + rest,
                 "leave no integer of at most 15 digits");
  }
  expect_schema(R"({"type":"number","minimum":-1e19,"maximum":1e19})",
                {"0", "999999999999999", "-999999999999999"}, {"", "e5", "-"});
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
  expect_error(compile_json_schema, R"({"oneOf":[{"const":1e19},{"type":"integer"}]})",
               "alternatives 0 and 1 may both take a value");
  expect_error(compile_json_schema, R"({"oneOf":[{"type":"number"},{"type":"integer"}]})",
               "alternatives 0 and 1 may both take a value");
}

TEST(JsonSchema, MergesItemsByTheirPlace) {
  const std::string items = R"("items":{"type":"integer"})",
                    first = R"("prefixItems":[{"type":["integer","string"],"minimum":3}],"minItems":1)",
                    array = R"({"type":"array",)";
  for (const std::string& schema :
       {array + items + ",\"allOf\":[{" + first + "}]}", array + first + ",\"allOf\":[{" + items + "}]}",
        array + items + ",\"anyOf\":[{" + first + "}]}", array + first + ",\"anyOf\":[{" + items + "}]}",
        "{\"allOf\":[{" + items + "},{" + first + "}]}", "{\"allOf\":[{" + first + "},{" + items + "}]}"})
    expect_schema(schema, {"[3]", "[3,1]"}, {"[]", "[\"a\"]", "[1]", "[3,\"a\"]"});
  expect_schema(
      R"({"prefixItems":[{},{"maximum":5}],"items":{"type":"null"},"allOf":[{"prefixItems":[{"type":"string"}],"items":{"type":["integer","null"]}}]})",
      {"[]", "[\"a\"]", "[\"a\",5]", "[\"a\",5,null]"}, {"[1]", "[\"a\",6]", "[\"a\",true]", "[\"a\",5,1]"});
  expect_schema(R"({"prefixItems":[{},{}],"allOf":[{"items":false}],"type":"array"})", {"[]"}, {"[1]"});
  expect_error(
      compile_json_schema,
      R"({"type":"array","items":{"type":"integer"},"allOf":[{"prefixItems":[{"type":"string"}],"minItems":1}]})",
      "no text matches");
}

TEST(JsonSchema, MergesValuesAndTypes) {
  expect_schema(R"({"enum":[1,2,"a"],"allOf":[{"const":2.0}]})", {"2"}, {"1", "\"a\""});
  expect_schema(R"({"const":2,"allOf":[{"enum":[1,2],"type":"integer"},{"enum":[2,3]}]})", {"2"}, {"1", "3"});
  expect_error(compile_json_schema, R"({"const":1,"allOf":[{"const":2}]})", "no text matches");
  expect_schema(R"({"type":["integer","string"],"allOf":[{"type":["number","null"]}]})", {"1"},
                {"1.5", "\"a\"", "null"});
  expect_schema(
      R"({"$id":"x","title":"t","type":"object","allOf":[{"properties":{"a":{}},"required":["a"]},{"required":["b"],"additionalProperties":false,"properties":{"b":{},"a":{}}}]})",
      {R"({"a":1,"b":2})"}, {R"({"a":1})", R"({"b":1})"});
}

// A keyword is checked before it is merged, on whichever side it stands.
TEST(JsonSchema, WrongKeywordsThatHoldTogetherAreRefused) {
  const std::vector<std::array<const char*, 3>> wrong = {
      {R"("required":["a"])", R"("required":"b")", "expected a list of at most 5000 names"},
      {R"("required":["a"])", R"("required":[1])", "expected a list of at most 5000 names"},
      {R"("enum":["b"])", R"("enum":"a")", "expected a list of at least one value"},
      {R"("enum":["b"])", R"("enum":[])", "expected a list of at least one value"},
      {R"("const":"b")", R"("enum":{"a":1})", "expected a list of at least one value"},
      {R"("minimum":3)", R"("minimum":"a")", "expected a number"},
      {R"("maxItems":3)", R"("maxItems":null)", "expected a whole number, 0 to"},
      {R"("minLength":3)", R"("minLength":1.5)", "expected a whole number, 0 to"},
      {R"("properties":{"a":{}})", R"("properties":[1])", "expected an object of schemas"},
      {R"("additionalProperties":{"type":"null"})", R"("additionalProperties":5)", "expected a schema"},
      {R"("prefixItems":[{"type":"null"}])", R"("prefixItems":{"a":1})",
       "expected a list of at least one schema"},
      {R"("items":{"type":"null"})", R"("items":[{}])", "expected a schema (a list is prefixItems)"},
      {R"("type":"string")", R"("type":7)", "expected object, array, string"},
      {R"("title":"x","minItems":1)", R"("allOf":3)", "expected a list of at least one schema"},
      {R"("minItems":1)", R"("anyOf":{})", "expected a list of at least one schema"},
      {R"("minItems":1)", R"("oneOf":[])", "expected a list of at least one schema"}};
  for (const auto& [right, bad, message] : wrong) {
    const std::string a = std::string("{") + right, b = std::string("{") + bad;
    expect_error(compile_json_schema, a + ",\"allOf\":[" + b + "}]}", message);
    if (std::string_view(bad).find("Of\"") == std::string_view::npos) {
      expect_error(compile_json_schema, b + ",\"allOf\":[" + a + "}]}", message);
      expect_error(compile_json_schema, a + ",\"anyOf\":[" + b + "}]}", message);
    }
    expect_error(compile_json_schema, b + "}", message);
  }
}

TEST(JsonSchema, ReferencesAreFollowed) {
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
