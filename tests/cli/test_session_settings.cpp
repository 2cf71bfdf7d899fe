// The settings that a session was saved with, and those asked for now.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

class SessionSettings : public ::testing::Test {
 protected:
  Result command(const std::vector<std::string>& arguments, const std::string& input = "") const {
    const Result result =
        run_command(arguments, {.input = input, .environment = {{"XDG_DATA_HOME", directory_.path()}}});
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
  }
  // A turn of a session, which keeps the seed; its result.
  Json run(const std::vector<std::string>& arguments, const std::string& name = "s") const {
    const std::vector<std::string> run = {"run", "--json", "--seed", "3", "--session", name, kQuestion};
    return Json::parse(command(joined(run, arguments)).out);
  }
  // The settings of a session but for the seed.
  Json saved(const std::string& name = "s") const {
    Json settings = Json::parse(command({"sessions", "show", name, "--json"}).out).at("settings");
    settings.erase("seed");
    return settings;
  }
  // What /stats says at the end of a chat.
  std::string positions(const std::vector<std::string>& chat, const std::string& script) const {
    const std::string err = command(chat, script + "/stats\n").err;
    return err.substr(err.rfind(" of ") + 1);
  }
  TemporaryDirectory directory_;
};

TEST_F(SessionSettings, AreTakenUpAgain) {
  run({"--temp", "0.25", "--loop-breaker", "off", "--stop", "xyz", "--stop", "zyx"});
  run({});
  const Json expected = {{"temp", {"0.25"}}, {"loop-breaker", {"off"}}, {"stop", {"xyz", "zyx"}}};
  EXPECT_EQ(saved(), expected);
}

TEST_F(SessionSettings, GiveWayToWhatIsAskedForNowAlsoWhereThatIsTheDefault) {
  struct Case {
    std::string option, other, preset;
  };
  for (const auto& [option, other, preset] : std::vector<Case>{{"--temp", "0", "0.6"},
                                                               {"--top-p", "0.5", "0.95"},
                                                               {"--loop-breaker", "off", "on"},
                                                               {"--think-grace", "5", "64"}}) {
    run({option, other});
    EXPECT_EQ(saved(), Json({{option.substr(2), {other}}}));
    command({"chat", "--session", "s", option, preset}, kQuestion + "\n");
    EXPECT_EQ(saved(), Json::object()) << option;
    run({option, other});
    run({option, preset});
    EXPECT_EQ(saved(), Json::object()) << option;
  }
}

TEST_F(SessionSettings, ThinkTakesNoThinkBack) {
  EXPECT_EQ(run({"--no-think"}).at("thinking"), "");
  EXPECT_EQ(run({}).at("thinking"), "");
  EXPECT_NE(run({"--think"}).at("thinking"), "");
  EXPECT_NE(run({}).at("thinking"), "") << "for good";
  EXPECT_EQ(run({"--think", "--no-think"}).at("thinking"), "") << "the last word counts";
  EXPECT_NE(run({"--think-budget", "500"}).at("thinking"), "") << "who asks for a thought's length wants one";
  run({"--think-budget", "0"});
  EXPECT_EQ(run({}).at("thinking"), "");
  EXPECT_NE(run({"--think"}).at("thinking"), "") << "a budget of 0 is --no-think";
}

TEST_F(SessionSettings, AFormOfTheAnswerReplacesTheSavedOne) {
  const std::string schema = directory_.file("schema.json");
  write_file(schema, R"({"type": "boolean"})");
  const std::string first = run({"--json-schema", schema}).at("answer");
  EXPECT_TRUE(first == "true" || first == "false") << first;
  const std::string answer = run({"--regex", "[0-9]{1,3}"}).at("answer");
  EXPECT_EQ(answer.find_first_not_of("0123456789"), std::string::npos) << answer;
  EXPECT_FALSE(answer.empty());
  EXPECT_EQ(saved(), Json({{"regex", {"[0-9]{1,3}"}}}));
  run({"--regex", "none"});
  EXPECT_EQ(saved(), Json::object());
}

TEST_F(SessionSettings, OfOneSessionAreNotTakenToTheNext) {
  run({"--temp", "0", "--stop", "aaa"}, "a");
  run({"--top-k", "7", "--stop", "bbb"}, "b");
  run({"--temp", "0.5"}, "c");
  command({"chat"}, "/load a\n/load b\n" + kQuestion + "\n");
  EXPECT_EQ(saved("b"), Json({{"top-k", {"7"}}, {"stop", {"bbb"}}}));
  command({"chat", "--session", "a"}, "/load c\n" + kQuestion + "\n");
  EXPECT_EQ(saved("c"), Json({{"temp", {"0.5"}}}));
  const std::string file = directory_.file("chat.json");
  command({"chat", "--session", "a"}, "/save " + file + "\n/load " + file + "\n/save d\n");
  EXPECT_EQ(saved("d"), Json::object());
  EXPECT_EQ(saved("a"), Json({{"temp", {"0"}}, {"stop", {"aaa"}}}));
}

TEST_F(SessionSettings, SetCountsAsAskedForUntilItIsTakenBack) {
  run({"--temp", "0", "--top-k", "7"}, "a");
  command({"chat"}, "/set temp 0.6\n/load a\n" + kQuestion + "\n/save b\n");
  EXPECT_EQ(saved("b"), Json({{"top-k", {"7"}}}));
  command({"sessions", "fork", "b", "c"});
  run({"--temp", "0"}, "c");
  command({"chat"}, "/set temp 0.9\n/set temp default\n/load c\n" + kQuestion + "\n/save d\n");
  EXPECT_EQ(saved("d"), Json({{"temp", {"0"}}, {"top-k", {"7"}}}));
  command({"chat", "--temp", "0.5"},
          "/set temp 0.9\n/set temp default\n/load c\n" + kQuestion + "\n/save e\n");
  EXPECT_EQ(saved("e"), Json({{"temp", {"0.5"}}, {"top-k", {"7"}}})) << "the command line had asked for it";
}

TEST_F(SessionSettings, TheContextIsTheSessionsInAChatToo) {
  run({"--ctx", "300"});
  EXPECT_EQ(positions({"chat", "--session", "s"}, ""), "of 300 positions in the cache\n");
  EXPECT_EQ(positions({"chat"}, "/load s\n"), "of 300 positions in the cache\n");
  EXPECT_EQ(positions({"chat", "--ctx", "400", "--session", "s"}, ""), "of 400 positions in the cache\n");
  run({}, "b");
  EXPECT_EQ(positions({"chat", "--session", "s"}, "/load b\n"), positions({"chat"}, ""));
  const Result second = command({"chat"}, "/load s\nWhat is 2 + 2?\n");
  EXPECT_NE(second.err.find(" cached)"), std::string::npos) << second.err;
}

TEST_F(SessionSettings, ASystemMessageIsTakenOrRefused) {
  const auto chat = [&](const std::string& system, const std::string& script) {
    return run_command({"chat", "-q", "--session", "c", "--system", system},
                       {.input = script, .environment = {{"XDG_DATA_HOME", directory_.path()}}});
  };
  EXPECT_EQ(chat("S", kQuestion + "\n").status, 0);
  EXPECT_EQ(chat("S", "").err, "");
  const Result other = chat("T", kQuestion + "\n");
  EXPECT_EQ(other.status, 2);
  EXPECT_EQ(other.err, "reckon: error: --system: the session has begun without this system message\n");
  command({"chat", "--session", "c"}, "/undo\n");
  EXPECT_EQ(chat("T", kQuestion + "\n").status, 2) << "it is still the session's";
  command({"sessions", "remove", "c"});
  command({"chat", "--session", "c"}, "/save c\n");
  EXPECT_EQ(chat("T", kQuestion + "\n").status, 0) << "nothing is said there yet";
  const Json messages = Json::parse(command({"sessions", "show", "c", "--json"}).out).at("messages");
  EXPECT_EQ(messages.at(0), Json({{"role", "system"}, {"content", "T"}}));
}

TEST_F(SessionSettings, AreTold) {
  run({"--max-tokens", "900", "--stop", "=", "--stop", "a\x1b b"});
  const std::string told =
      "settings of the session: max-tokens 900, seed 3, stop \"=\" \"a\xe2\x90\x9b b\"\n";
  for (const std::vector<std::string>& goes_on :
       {std::vector<std::string>{"run", "--session", "s", kQuestion}, {"chat", "--session", "s"}}) {
    const std::string err = command(goes_on).err;
    EXPECT_NE(err.find("reckon: note: " + told), std::string::npos) << err;
    EXPECT_EQ(err.find("settings of", err.find(told) + told.size()), std::string::npos) << "once";
  }
  EXPECT_NE(command({"chat"}, "/load s\n").err.find(told), std::string::npos);
  EXPECT_EQ(command({"run", "-q", "--session", "s", kQuestion}).err, "");
  const std::string shown = command({"sessions", "show", "s"}).out;
  EXPECT_NE(shown.find("\nsettings: max-tokens 900, seed 3, stop \"=\""), std::string::npos) << shown;
  command({"run", "--session", "s", "--seed", "3", "--stop", "=", "--max-tokens", "900", kQuestion});
  const std::string given =
      command({"run", "--session", "s", "--seed", "3", "--stop", "#", "-n", "900", kQuestion}).err;
  EXPECT_EQ(given.find("settings of the session"), std::string::npos) << "all was asked for now\n" << given;
}

TEST_F(SessionSettings, TheWordDefaultTakesOneBack) {
  run({"--temp", "0", "--stop", "=", "--max-tokens", "900", "--logit-bias", "5=1", "--think-top-k", "3"});
  run({"--stop", "default", "-n", "default", "--logit-bias=default", "--think-top-k", "default"});
  EXPECT_EQ(saved(), Json({{"temp", {"0"}}}));
  run({"--stop", "a", "--stop", "default", "--stop", "b", "--temp", "default"});
  EXPECT_EQ(saved(), Json({{"stop", {"b"}}})) << "what stands behind it counts";
  command({"chat", "--session", "s", "--stop", "default"}, kQuestion + "\n");
  EXPECT_EQ(saved(), Json::object());
}

TEST_F(SessionSettings, TheHelpAndTheCompletionsNameTheWayBack) {
  const std::string help = std::regex_replace(command({"run", "--help"}).out, std::regex("\\s+"), " ");
  EXPECT_NE(help.find("--think takes it back"), std::string::npos);
  EXPECT_NE(help.find("until they are given anew (default takes one back)"), std::string::npos);
  EXPECT_NE(command({"completions", "bash"}).out.find(" --no-think --think "), std::string::npos);
}

}  // namespace
}  // namespace reckon::cli::testing
