// reckon tokenize: there and back.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

Json ids_of(const std::string& text, const std::vector<std::string>& options = {}) {
  const Result result = run_command(joined({"tokenize"}, options), {.input = text});
  EXPECT_EQ(result.status, 0) << result.err;
  return Json::parse(result.out);
}

TEST(Tokenize, GoesThereAndBackExactlyForAnyBytes) {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  for (const std::string& text :
       {std::string("What is 2 + 3?\n"), std::string(), std::string("\n\n  \t"), all_bytes,
        std::string("中文 é <think> </think>"), std::string(300'000, 'a')}) {
    const Result back = run_command({"tokenize", "--decode"}, {.input = ids_of(text).dump()});
    EXPECT_EQ(back.status, 0) << back.err;
    EXPECT_EQ(back.out, text);
  }
}

TEST(Tokenize, BytesThatSteerATerminalReachNone) {
  const std::string text =
      "a\x1b]0;x\x07\x9b"
      "31mé";
  const std::string ids = ids_of(text).dump();
  EXPECT_EQ(run_command({"tokenize", "--decode"}, {.input = ids}).out, text) << "a pipe gets all bytes";
  Command command({"tokenize", "--decode"}, {.terminal = true});
  command.type(ids + "\n\x04");
  const Result shown = command.finish();
  EXPECT_EQ(shown.status, 0);
  EXPECT_NE(shown.out.find("a␛]0;x␇\xef\xbf\xbd"
                           "31mé"),
            std::string::npos)
      << shown.out;
  EXPECT_EQ(shown.out.find_first_of("\x1b\x07"), std::string::npos) << shown.out;
}

TEST(Tokenize, TagsAreTokensUnlessPlain) {
  EXPECT_EQ(ids_of("<think>").size(), 1u);
  EXPECT_GT(ids_of("<think>", {"--plain"}).size(), 1u);
}

TEST(Tokenize, RefusesIdsThatAreNone) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"[0, 99999999]", "99999999"}, {"[-1]", "item 0 is -1"},
      {"[1.5]", "item 0 is 1.5"},    {"[\"a\"]", "item 0 is string"},
      {"{", "this is not JSON"},     {"", "this is not JSON"},
      {"7", "got number"},           {"[4294967296]", "item 0 is 4294967296"}};
  for (const auto& [input, expected] : cases) {
    const Result result = run_command({"tokenize", "--decode"}, {.input = input});
    EXPECT_EQ(result.status, 1) << input;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err.find("reckon: error: "), 0u);
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
  }
}

TEST(Tokenize, PlainAndDecodeExcludeEachOther) {
  EXPECT_EQ(run_command({"tokenize", "--plain", "--decode"}, {.input = "[]"}).status, 2);
}

}  // namespace
}  // namespace reckon::cli::testing
