// reckon chat, driven by a script.
#include <gtest/gtest.h>

#include <set>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

Result chat(const std::string& script, const std::vector<std::string>& options = {}) {
  return run_command(joined({"chat", "--temp", "0"}, options), {.input = script});
}

class ChatFile : public ::testing::Test {
 protected:
  Json saved() const { return Json::parse(read_file(file_)); }
  TemporaryDirectory directory_;
  std::string file_ = directory_.file("chat.json");
};

TEST_F(ChatFile, EveryLineIsATurn) {
  const Result result = chat("What is 7 + 8?\n\nWhat is 20 + 3?\n/save " + file_ + "\n", {"-q"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.err, "");
  EXPECT_NE(result.out.find("15"), std::string::npos) << result.out;
  std::vector<std::string> roles;
  const Json json = saved();
  for (const Json& message : json.at("messages")) roles.push_back(message.at("role"));
  EXPECT_EQ(roles, (std::vector<std::string>{"user", "assistant", "user", "assistant"}));
}

TEST(Chat, TheLastLineNeedsNoLineBreak) {
  EXPECT_NE(chat("What is 7 + 8?", {"-q"}).out.find("15"), std::string::npos);
  EXPECT_NE(chat("What is 7 + 8?\r\n", {"-q"}).out.find("15"), std::string::npos);
}

TEST_F(ChatFile, KeepsQuestionsAndAnswersWithoutThinking) {
  const Result result = chat("/system Be short.\nWhat is 7 + 8?\n/save " + file_ + "\n");
  EXPECT_EQ(result.status, 0) << result.err;
  const Json json = saved();
  EXPECT_EQ(json.at("format"), "reckon-chat");
  EXPECT_EQ(json.at("version"), 1);
  ASSERT_EQ(json.at("messages").size(), 3u);
  EXPECT_EQ(json["messages"][0], (Json{{"role", "system"}, {"content", "Be short."}}));
  EXPECT_EQ(json["messages"][1], (Json{{"role", "user"}, {"content", "What is 7 + 8?"}}));
  EXPECT_EQ(json["messages"][2].at("role"), "assistant");
  const std::string answer = json["messages"][2].at("content");
  EXPECT_FALSE(answer.empty());
  EXPECT_EQ(answer.find("think>"), std::string::npos);
}

// The first message of a chat in which `script` is said. Whatever it asks, there is an answer, so that it
// is kept.
std::string first_message(const std::string& script, const std::string& file) {
  const Result result = chat(script + "\n/save " + file + "\n", {"--no-think", "--max-tokens", "5"});
  EXPECT_EQ(result.status, 0) << result.err;
  const Json messages = Json::parse(read_file(file)).at("messages");
  return messages.empty() ? "" : messages.at(0).at("content").get<std::string>();
}

TEST_F(ChatFile, ThreeQuotesBeginAndEndAMessageOfSeveralLines) {
  for (const auto& [script, message] : std::vector<std::pair<std::string, std::string>>{
           {"\"\"\"\nWhat is\n\n 7 + 8?\n\"\"\"", "What is\n\n 7 + 8?"},
           {"\"\"\"What is\n7 + 8?\"\"\"", "What is\n7 + 8?"},
           {"\"\"\" \nWhat is\n7 + 8?  \"\"\" \t", "What is\n7 + 8?  "},
           {"\"\"\"What is 7 + 8?\"\"\"", "What is 7 + 8?"},
           {"\"\"\"\r\nWhat is\r\n7 + 8?\r\n\"\"\"\r", "What is\n7 + 8?"},
           {"\"\"\"\n/exit is text, as is\n\"\"\"here. What is 7 + 8?\n\"\"\"",
            "/exit is text, as is\n\"\"\"here. What is 7 + 8?"},
           {"\"\"\"\n\n7 + 8\n\n\"\"\"", "\n7 + 8\n"},
           {"What is \"\"\"7 + 8\"\"\"?", "What is \"\"\"7 + 8\"\"\"?"},
           {"\"\"\"\n\n  \n\"\"\"\nWhat is 7 + 8?", "What is 7 + 8?"}}) {
    EXPECT_EQ(first_message(script, file_), message) << script;
  }
}

TEST_F(ChatFile, ABackslashAtTheEndOfALineContinuesTheMessage) {
  for (const auto& [script, message] :
       std::vector<std::pair<std::string, std::string>>{{"What is \\\n7 + \\\n8?", "What is \n7 + \n8?"},
                                                        {"rows end with \\\\", "rows end with \\\\"},
                                                        {"\\\nWhat?", "\nWhat?"},
                                                        {"a \\ b", "a \\ b"}}) {
    EXPECT_EQ(first_message(script, file_), message) << script;
  }
  const Result result = chat("What is \\\n");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("a line after \\ is missing"), std::string::npos) << result.err;
}

TEST(Chat, ThinkShowsTheLastThought) {
  const Result result = chat("What is 7 + 8?\n/think\n", {"--hide-thinking"});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.err.find("7+8=15"), std::string::npos) << result.err;
  EXPECT_EQ(chat("What is 7 + 8?\n", {"--hide-thinking"}).err.find("7+8=15"), std::string::npos);
  EXPECT_NE(chat("/think\n").err.find("/think: there was no thought"), std::string::npos);
}

TEST_F(ChatFile, RetryAsksAgainWithAnotherSeedAndReplacesTheAnswer) {
  const Result result = chat("What is 7 + 8?\n/retry\n/save " + file_ + "\n", {"--seed", "5"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("seed 5"), std::string::npos);
  EXPECT_NE(result.err.find("seed 6"), std::string::npos) << result.err;
  EXPECT_EQ(saved().at("messages").size(), 2u);
  EXPECT_EQ(saved().at("messages").at(0).at("content"), "What is 7 + 8?");
  EXPECT_EQ(chat("/retry\n").status, 1);
}

TEST_F(ChatFile, RetryAsksAgainWhatFoundNoAnswerAndKeepsAnAnswerThatIsNotBettered) {
  const Result unanswered =
      chat("/set max-tokens 3\nWhat is 7 + 8?\n/set max-tokens default\n/retry\n/save " + file_ + "\n");
  EXPECT_EQ(unanswered.status, 0) << unanswered.err;
  EXPECT_EQ(saved().at("messages").size(), 2u);
  chat("What is 7 + 8?\n/save " + file_ + "\n");
  const Json before = saved();
  chat("What is 7 + 8?\n/set max-tokens 3\n/retry\n/save " + file_ + "\n");
  EXPECT_EQ(saved(), before);
}

TEST_F(ChatFile, SaysThatASystemMessageForgetsTheConversation) {
  for (const char* forgets : {"/system S", "/reset"}) {
    const Result result = chat(std::string("What is 7 + 8?\n") + forgets + "\n");
    EXPECT_NE(result.err.find("forgotten: 2 messages"), std::string::npos) << result.err;
  }
  EXPECT_EQ(chat("/system S\n/reset\n").err.find("forgotten"), std::string::npos) << "there was none";
}

TEST_F(ChatFile, UndoDropsTheLastExchange) {
  chat("What is 7 + 8?\n/save " + file_ + "\n");
  const Json before = saved();
  const Result result = chat("What is 7 + 8?\nWhat is 20 + 3?\n/undo\n/save " + file_ + "\n");
  EXPECT_EQ(saved(), before);
  EXPECT_NE(result.err.find("dropped: What is 20 + 3?"), std::string::npos) << result.err;
  EXPECT_NE(chat("What is \\\n7 + 8?\n/undo\n").err.find("dropped: What is ...\n"), std::string::npos);
  chat("/system S\nWhat is 7 + 8?\n/undo\n/save " + file_ + "\n");
  EXPECT_EQ(saved().at("messages").size(), 1u) << "the system message stays";
  EXPECT_NE(chat("/undo\n").err.find("/undo: there is no exchange to drop"), std::string::npos);
}

TEST_F(ChatFile, BranchesGoOnApart) {
  const Result result =
      chat("What is 7 + 8?\n/branch other\nWhat is 20 + 3?\n/branch\n/branch main\n/save " + file_ + "\n");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("on branch other, a copy of main"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("  main: 2 messages\n* other: 4 messages\n"), std::string::npos) << result.err;
  EXPECT_EQ(saved().at("messages").size(), 2u);
  chat("What is 7 + 8?\n/branch other\nWhat is 20 + 3?\n/branch main\n/undo\n/branch other\n/save " + file_ +
       "\n");
  EXPECT_EQ(saved().at("messages").size(), 4u) << "what happens to one does not touch the other";
  chat("/system S\n/branch b\n/system T\n/branch main\n/reset\n/save " + file_ + "\n");
  EXPECT_EQ(saved().at("messages").at(0).at("content"), "S") << "the system message is the branch's";
  EXPECT_NE(chat("/branch two words\n").err.find("a name has no blanks"), std::string::npos);
}

TEST(Chat, EveryBranchHasItsOwnLastThought) {
  const Result result =
      chat("What is 7 + 8?\n/branch other\nWhat is 20 + 3?\n/branch main\n/think\n", {"--hide-thinking"});
  EXPECT_NE(result.err.find("7+8=15"), std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("20+3=23"), std::string::npos) << result.err;
  EXPECT_NE(chat("What is 7 + 8?\n/branch other\n/think\n", {"--hide-thinking"}).err.find("7+8=15"),
            std::string::npos)
      << "a copy has that of what it was copied from";
}

TEST(Chat, AMessageWithoutItsEndIsAnError) {
  const Result result = chat("\"\"\"\nWhat is 7 + 8?\n");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("reckon: error: the message that \"\"\" began has no end"), std::string::npos)
      << result.err;
}

TEST_F(ChatFile, ALoadedConversationGoesOnAsTheSavedOne) {
  const Result whole = chat("What is 7 + 8?\nWhat is 20 + 3?\n/save " + file_ + "\n", {"-q"});
  const Json both = saved();
  chat("What is 7 + 8?\n/save " + file_ + "\n", {"-q"});
  const Result second = chat("/load " + file_ + "\nWhat is 20 + 3?\n/save " + file_ + "\n", {"-q"});
  EXPECT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(saved(), both);
  EXPECT_TRUE(whole.out.ends_with(second.out)) << whole.out << "\n" << second.out;
}

TEST_F(ChatFile, ResetAndSystemForgetTheConversation) {
  chat("What is 7 + 8?\n/reset\n/save " + file_ + "\n");
  EXPECT_TRUE(saved().at("messages").empty());
  chat("What is 7 + 8?\n/system S\n/save " + file_ + "\n");
  EXPECT_EQ(saved().at("messages").size(), 1u);
  chat("/system S\n/system none\n/save " + file_ + "\n", {"--system", "T"});
  EXPECT_TRUE(saved().at("messages").empty());
}

TEST_F(ChatFile, SystemAloneShowsTheMessageAndLeavesTheConversation) {
  const Result result = chat("/system Be short.\nWhat is 7 + 8?\n/system\n/save " + file_ + "\n");
  EXPECT_NE(result.err.find("\nBe short.\n"), std::string::npos) << result.err;
  EXPECT_EQ(saved().at("messages").size(), 3u);
  EXPECT_NE(chat("/system\n").err.find("note: there is no system message; /system TEXT sets one"),
            std::string::npos);
}

TEST_F(ChatFile, UndoBringsBackWhatResetAndSystemForgot) {
  for (const std::string forgets : {"/reset", "/system T", "/system none\n/system U\n/reset"}) {
    chat("/system S\nWhat is 7 + 8?\n/save " + file_ + "\n");
    const Json before = saved();
    const Result result = chat("/system S\nWhat is 7 + 8?\n" + forgets + "\n/undo\n/think\n/save " + file_ +
                               "\nWhat is 2 + 2?\n");
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(saved(), before) << forgets;
    EXPECT_NE(result.err.find("back: 3 messages"), std::string::npos) << result.err;
  }
  const Result late = chat("What is 7 + 8?\n/reset\nWhat is 2 + 2?\n/undo\n/undo\n");
  EXPECT_NE(late.err.find("/undo: there is no exchange to drop"), std::string::npos)
      << "a turn later, undo drops that turn\n"
      << late.err;
}

TEST_F(ChatFile, SavingReplacesTheFileWhole) {
  write_file(file_, R"({"format":"reckon-chat","version":1,"messages":[{"role":"user","content":")" +
                        std::string(100'000, 'x') + "\"}]}");
  chat("/save " + file_ + "\n");
  EXPECT_TRUE(saved().at("messages").empty());
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    EXPECT_EQ(entry.path().string(), file_) << "nothing else is left behind";
  }
  const Result result = chat("/save /nonexistent/chat.json\n");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("/nonexistent/chat.json"), std::string::npos) << result.err;
}

TEST_F(ChatFile, DamagedFilesAreRefusedNamingThePlace) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "not JSON (at byte 1)"},
      {"{\"format\":", "not JSON (at byte 11)"},
      {"[]", "expected a JSON object"},
      {"{}", "'format' must be 'reckon-chat'"},
      {R"({"format":"reckon-chat"})", "'version' must be a whole number"},
      {R"({"format":"reckon-chat","version":2,"messages":[]})", "'version' is 2; this reckon reads 1"},
      {R"({"format":"reckon-chat","version":1})", "'messages' must be an array"},
      {R"({"format":"reckon-chat","version":1,"messages":[1]})", "messages[0]: must be an object"},
      {R"({"format":"reckon-chat","version":1,"messages":[{"role":"user"}]})",
       "messages[0]: 'content' must be a string"},
      {R"({"format":"reckon-chat","version":1,"messages":[{"role":"robot","content":""}]})",
       "'role' is 'robot'"},
      {std::string(100'000, '['), "nested deeper than 64 levels"}};
  for (const auto& [content, expected] : cases) {
    write_file(file_, content);
    const Result result = chat("/load " + file_ + "\n");
    EXPECT_EQ(result.status, 1) << content;
    EXPECT_NE(result.err.find(file_), std::string::npos) << result.err;
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
  }
}

TEST(Chat, SetChangesWhatTheNextTurnUses) {
  const Result result = chat("/set max-tokens 3\nWhat is 7 + 8?\n/stats\n");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(
      result.err.find(
          "no answer: --max-tokens 3 was used up inside the thinking; /continue goes on, the next message"),
      std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("conversation: 0 messages"), std::string::npos);
  EXPECT_NE(chat("/set max-tokens 3\n/set max-tokens default\nWhat is 7 + 8?\n").out.find("15"),
            std::string::npos);
}

TEST(Chat, QuietAboutATurnWithoutItsEnd) {
  for (const std::string tokens : {"3", "20"}) {
    const Result result =
        chat("/set max-tokens " + tokens + "\nWhat is 7 + 8?\n", {"-q", "--answer-reserve", "0"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "") << tokens;
  }
}

TEST(Chat, SetListsTheSettings) {
  const Result result = chat("/set temp 0.5\n/set seed 9\n/set hide-thinking on\n/set\n");
  EXPECT_EQ(result.status, 0);
  for (const std::string key :
       {"max-tokens", "temp", "top-p", "top-k", "min-p", "repeat-penalty", "presence-penalty",
        "frequency-penalty", "seed", "stop", "no-think", "hide-thinking"}) {
    EXPECT_NE(("\n" + result.err).find("\n" + key + " "), std::string::npos) << key;
  }
  EXPECT_NE(result.err.find("0.5"), std::string::npos);
}

TEST(Chat, SetTellsWhatASettingWithoutAValueMeans) {
  const std::string list = chat("/set\n").err;
  for (const std::string line :
       {"max-tokens             no limit", "think-budget           no limit",
        "answer-reserve         a quarter, at most 1,024",
        "budget-message         \"I have thought long enough; I will answer with what I have.\"",
        "think-top-k            as top-k", "answer-temp            as temp"}) {
    EXPECT_NE(list.find(line), std::string::npos) << line << "\n" << list;
  }
  std::set<size_t> columns;
  for (const std::string& line : lines_of(list)) {
    EXPECT_FALSE(line.ends_with(' ')) << line;
    if (line.ends_with(" 0 to 1000000000")) columns.insert(line.size());
  }
  EXPECT_EQ(columns.size(), 1u) << "the ranges stand below each other\n" << list;
}

TEST(Chat, MistakesAreToldAndEndAScript) {
  for (const auto& [line, expected] : std::vector<std::pair<std::string, std::string>>{
           {"/resett", "unknown command /resett; did you mean /reset?"},
           {"/xyzzyx", "unknown command /xyzzyx; see /help"},
           {"/set tmep 1", "unknown key 'tmep'; did you mean temp?"},
           {"/undo 3", "/undo takes nothing"},
           {"/set temp", "/set temp: its value is missing"},
           {"/set temp 1000", "/set temp: '1000' is not a number in 0 to 100"},
           {"/set hide-thinking maybe", "/set hide-thinking: 'maybe' is not on or off"},
           {"/save", "/save: a session's or a file's name is missing"},
           {"/load", "/load: a session's or a file's name is missing"},
           {"/load /nonexistent", "can't open /nonexistent"},
           {"/bye", "unknown command /bye; did you mean /exit?"},
           {"/clear", "unknown command /clear; did you mean /reset?"},
           {"/?", "unknown command /?; did you mean /help?"},
           {"/show", "unknown command /show; did you mean /set?"},
           {"/exit now", "/exit takes nothing"},
           {"/set system S", "/set: unknown key 'system'; /system TEXT sets the system message"},
           {"/set think off", "/set: unknown key 'think'; /set no-think on or off"},
           {"/set temperature 1", "unknown key 'temperature'; did you mean temp?"}}) {
    const Result result = chat(line + "\nWhat is 7 + 8?\n");
    EXPECT_EQ(result.status, 1) << line;
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
    EXPECT_EQ(result.out, "") << "the lines that follow are not run";
  }
}

TEST(Chat, HelpNamesEveryCommandAndExitEnds) {
  const Result result = chat("/help\n/exit\nWhat is 7 + 8?\n");
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out, "");
  for (const std::string name :
       {"\"\"\"", "\\", "Ctrl-G", "space", "/help", "/think", "/retry", "/undo", "/branch", "/reset",
        "/system", "/set", "/stats", "/save", "/load", "/exit"}) {
    EXPECT_NE(result.err.find(name), std::string::npos) << name;
  }
}

TEST(Chat, TheSecondTurnReadsOnlyWhatIsNew) {
  const Result result = chat("What is 7 + 8?\nWhat is 20 + 3?\n");
  std::vector<std::string> statistics;
  for (const std::string& line : lines_of(result.err)) {
    if (line.starts_with("tokens: ")) statistics.push_back(line);
  }
  ASSERT_EQ(statistics.size(), 2u) << result.err;
  EXPECT_EQ(statistics[0].find("cached"), std::string::npos);
  EXPECT_NE(statistics[1].find("cached)"), std::string::npos) << statistics[1];
}

TEST(Chat, AConversationThatFillsTheContextIsAnErrorOfThatTurn) {
  const Result result = chat("What is 7 + 8? " + std::string(50'000, '7') + "\n");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.err.find("reckon: error: the prompt has"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace reckon::cli::testing
