// Forms made to explode: each is refused by a short message, or its automaton takes a long text; either way
// within bounds on memory and time.
#include <fmt/format.h>

#include "tests/constrain/forms.hpp"
#include "tests/cpu_stopwatch.hpp"
#include "tests/load/allocation_counter.hpp"

namespace reckon::constrain {
namespace {

constexpr uint64_t kMostBytes = uint64_t{160} << 20;  // at one time; 96 MiB of them are the automaton's
constexpr double kMostSeconds = 20;                   // also under sanitizers

enum class End { refused, gave_up, walked };

// Compiles `form` and walks through `text`.
End walk(Compile compile, std::string_view form, std::string_view text) {
  try {
    const Grammar grammar = compile(form);
    Matcher matcher(grammar, "test");
    try {
      for (const char c : text) {
        if (matcher.next(matcher.start(), static_cast<uint8_t>(c)) == Matcher::kDead) break;
      }
      matcher.next(matcher.start(), text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << error.what();
      return End::gave_up;
    }
    return End::walked;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << error.what();
    EXPECT_LT(std::string_view(error.what()).size(), 1000u)
        << "a form's words are not repeated at any length";
    return End::refused;
  }
}

void expect_bounded(Compile compile, const std::string& form, const std::string& text) {
  SCOPED_TRACE(form.substr(0, 100));
  const test::AllocationCounter counter;
  const test::CpuStopwatch watch;
  walk(compile, form, text);
  EXPECT_LT(counter.peak_bytes(), kMostBytes);
  EXPECT_LT(watch.seconds(), kMostSeconds);
}

TEST(HostileForms, OfRegularExpressionsAreBounded) {
  const std::string letters = repeated("a", 20'000), mixed = repeated("abba", 5'000);
  const std::vector<std::string> forms = {std::string("(((a*)*)*)*b"),
                                          std::string("(a|a)*b"),
                                          std::string("(a*)*(a*)*(a*)*(a*)*b"),
                                          std::string("(a|b)*a(a|b){2000}"),
                                          std::string("(a|b)*a(a|b){100000}"),
                                          std::string("(a?){2000}a{2000}"),
                                          std::string("(.*a){1000}b"),
                                          std::string("(\\p{L}|\\p{N}){50000}"),
                                          repeated("(a|", 199) + "b" + repeated(")", 199),
                                          repeated("(a|b|", 60) + "c" + repeated("){0,99}", 60),
                                          repeated("a{1000}", 262),
                                          repeated("a|", 500'000),
                                          repeated("[a-z]", 200'000),
                                          "[" + repeated("a-b", 300'000) + "]",
                                          "[" + repeated("\\p{L}", 100'000) + "]",
                                          "a{99999999999999999999}",
                                          "\\u{FFFFFFFFFFFFFFFFFFFF}",
                                          repeated("\\", 99'999),
                                          repeated("(?<name>", 100) + "a" + repeated(")", 100)};
  for (const std::string& form : forms) {
    expect_bounded(compile_regex, form, letters);
    expect_bounded(compile_regex, form, mixed);
  }
}

TEST(HostileForms, OfGrammarsAreBounded) {
  const std::string letters = repeated("a", 5'000);
  std::string doubling = "root ::= r0\n", names = "root ::= " + std::string(500'000, 'n') + "\n";
  for (int i = 0; i < 60; i++)
    doubling += fmt::format("r{} ::= r{} | r{} r{} | \"\"\n", i, i + 1, i + 1, i + 1);
  std::string many = "root ::= r0";
  for (int i = 1; i < 20'000; i++) many += fmt::format(" | r{}", i);
  for (int i = 0; i < 20'000; i++) many += fmt::format("\nr{} ::= \"a\"", i);
  const std::vector<std::string> forms = {
      std::string("root ::= \"a\" root root | \"a\""),
      std::string("root ::= \"a\" root root root | \"\""),
      std::string("root ::= (\"a\"* \"a\"*)* \"b\""),
      std::string("root ::= \"a\" root \"a\" | \"a\""),
      std::string("root ::= x* \nx ::= y* \"a\"?\ny ::= z* \"a\"?\nz ::= \"a\"*"),
      doubling + "r60 ::= \"a\"",
      names,
      many,
      "root ::= " + repeated("\"a\" | ", 100'000) + "\"a\"",
      "root ::= \"" + repeated("a", 900'000) + "\"",
      "root ::= [" + repeated("a-z", 200'000) + "]",
      repeated("#", 1'000'000),
      repeated("\n", 1'000'000),
      "root ::= " + repeated("(\"a\"", 199) + repeated(")*", 199),
      "root ::= \"a\"{99999999999999999999}",
      repeated("r ::= \"a\"\n", 50'000),
      std::string("root ::= \"a\0b\"", 14)};
  for (const std::string& form : forms) {
    expect_bounded(compile_gbnf, form, letters);
  }
}

std::string listed(const std::string& item, size_t n) { return repeated(item + ",", n - 1) + item; }

TEST(HostileForms, OfJsonSchemasAreBounded) {
  const std::string any = "{\"a\":[1,\"x\",{\"b\":null}]}";
  const std::string choice = "{\"anyOf\":[" + listed("{\"type\":\"string\"}", 400) + "]}";
  std::string objects = "{\"oneOf\":[", properties = "{\"type\":\"object\",\"properties\":{";
  for (int i = 0; i < 500; i++) {
    objects += fmt::format(R"({}{{"type":"object","properties":{{"k":{{"const":{}}}}},"required":["k"]}})",
                           i == 0 ? "" : ",", i);
  }
  for (int i = 0; i < 4'000; i++) properties += fmt::format(R"({}"k{}":{{}})", i == 0 ? "" : ",", i);
  std::string mutual =
      R"({"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]},)"
      R"("b":{"anyOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}]}}})";
  // Objects that contain themselves twice, and can't be told apart.
  const auto pair_of = [](const std::string& name) {
    return fmt::format(
        R"("{0}":{{"type":"object","required":["x","y"],"properties":{{"x":{{"$ref":"#/$defs/{0}"}},"y":{{"$ref":"#/$defs/{0}"}}}}}})",
        name);
  };
  const std::string doubling = "{\"oneOf\":[{\"$ref\":\"#/$defs/A\"},{\"$ref\":\"#/$defs/B\"}],\"$defs\":{" +
                               pair_of("A") + "," + pair_of("B") + "}}";
  std::string enums = "{\"oneOf\":[",
              ladders = "{\"oneOf\":[{\"$ref\":\"#/$defs/a0\"},{\"$ref\":\"#/$defs/b0\"}],\"$defs\":{";
  for (int i = 0; i < 500; i++) {
    const std::string own = std::to_string(1000 + i);
    enums += (i == 0 ? "" : ",") + ("{\"enum\":[" + listed(own, 90) + "]}");
  }
  for (int i = 0; i < 90; i++) {
    for (const char* name : {"a", "b"}) {
      ladders += fmt::format(
          R"("{0}{1}":{{"type":"object","required":["x","y"],"properties":{{"x":{{"$ref":"#/$defs/{0}{2}"}},"y":{{"$ref":"#/$defs/{0}{2}"}}}}}},)",
          name, i, i + 1);
    }
  }
  const std::string copied = "{\"type\":\"integer\",\"enum\":[" + listed("1", 40'000) + "],\"allOf\":[" +
                             listed("{\"minimum\":1}", 4'000) + "]}";
  // Many properties, each with the path of a long name; and copies of copies.
  std::string required, nested = "{\"enum\":[" + listed("0", 45'000) + "]}", beside = nested;
  for (int i = 0; i < 20'000; i++) required += fmt::format("{}\"{}\"", i == 0 ? "" : ",", i);
  const std::string long_name =
      "{\"properties\":{\"" + std::string(800'000, 'K') + "\":{\"required\":[" + required + "]}}}";
  for (int i = 0; i < 45; i++) {
    nested = "{\"anyOf\":[" + nested + "]}";
    beside = "{\"title\":\"\",\"type\":\"integer\",\"anyOf\":[" + beside + "]}";
  }
  const std::vector<std::string> forms = {
      long_name,
      nested,
      beside,
      "{\"enum\":[" + listed("0", 500'000) + "]}",
      "{\"type\":\"string\",\"pattern\":\"" + repeated("\\\\p{L}", 140'000) + "\"}",
      doubling,
      enums + "]}",
      ladders + "\"a90\":{},\"b90\":{}}}",
      copied,
      "{\"allOf\":[" + listed(choice, 3) + "]}",
      objects + "]}",
      properties + "}}",
      mutual,
      properties + "},\"additionalProperties\":{\"type\":\"string\"}}",
      "{\"enum\":[" + listed("1", 100'000) + "]}",
      "{\"enum\":[" + listed("\"" + std::string(100, 'x') + "\"", 5'000) + "]}",
      std::string(R"({"type":"string","minLength":1000000000})"),
      std::string(R"({"type":"string","maxLength":1e300})"),
      std::string(R"({"type":"array","minItems":99999,"items":{"type":"array","minItems":99999}})"),
      std::string(R"({"type":"integer","minimum":-1e308,"maximum":1e308})"),
      std::string(R"({"type":"integer","minimum":-9223372036854775808,"maximum":18446744073709551615})"),
      std::string(R"({"allOf":[{"$ref":"#"}]})"),
      std::string(R"({"anyOf":[{"$ref":"#"},{"$ref":"#"}]})"),
      std::string(R"({"type":"array","items":{"$ref":"#"},"prefixItems":[{"$ref":"#"},{"$ref":"#"}]})"),
      std::string(R"({"type":"string","pattern":"(((a*)*)*)*b"})"),
      "{\"x" + std::string(900'000, 'x') + "\":1}",
      "{\"$ref\":\"#" + repeated("/a", 100'000) + "\"}",
      "{\"required\":[" + listed("\"a\"", 100'000) + "]}",
      "{\"type\":[" + listed("\"string\"", 100'000) + "]}",
      "[" + std::string(1 << 19, '['),
      std::string("{\"const\":\"\0\"}", 13),
      std::string("{\"const\":\"\xED\xA0\x80\"}"),
      std::string("\xFF")};
  for (const std::string& form : forms) {
    expect_bounded(compile_json_schema, form, any);
    expect_bounded(compile_json_schema, form, repeated("[", 20'000));
    expect_bounded(compile_json_schema, form, "\"" + repeated("a", 20'000));
  }
  expect_error(compile_json_schema, doubling, "may both take a value");
  expect_error(compile_json_schema, enums + "]}", "too much work");
  expect_error(compile_json_schema, copied, "too much work");
  expect_error(compile_json_schema, "{\"enum\":[" + listed("0", 50'000) + "]}",
               "at most 5000 keys and 50000 values");
}

}  // namespace
}  // namespace reckon::constrain
