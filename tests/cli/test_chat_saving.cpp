// What a chat writes into its session's file, and when.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

const std::string kFirst = "What is 7 + 8?", kSecond = "What is 20 + 3?";

class ChatSaving : public ::testing::Test {
 protected:
  Result chat(const std::vector<std::string>& options, const std::string& script) const {
    const Result result = run_command(joined({"chat", "--temp", "0"}, options), around(script));
    EXPECT_EQ(result.status, 0) << result.err;
    return result;
  }
  Surroundings around(const std::string& input) const {
    return {.input = input, .environment = {{"XDG_DATA_HOME", directory_.path()}}};
  }
  Json show(const std::string& name) const {
    return Json::parse(run_command({"sessions", "show", name, "--json"}, around("")).out);
  }
  // "user: What is 7 + 8?" and so on, the answers left out.
  std::vector<std::string> said(const std::string& name) const {
    std::vector<std::string> lines;
    const Json session = show(name);
    for (const Json& message : session.at("messages")) {
      const std::string role = message.at("role");
      if (role != "assistant") lines.push_back(role + ": " + message.at("content").get<std::string>());
    }
    return lines;
  }
  std::string file(const std::string& name) const {
    return directory_.file("reckon/sessions/" + name + ".session");
  }
  TemporaryDirectory directory_;
};

using Lines = std::vector<std::string>;

TEST_F(ChatSaving, WhateverChangesASessionIsInItsFileAtTheEnd) {
  chat({"--session", "base"}, kFirst + "\n" + kSecond + "\n");
  ASSERT_EQ(said("base"), (Lines{"user: " + kFirst, "user: " + kSecond}));
  for (const auto& [script, expected] :
       std::vector<std::pair<std::string, Lines>>{{"/undo", {"user: " + kFirst}}, {"/undo\n/undo", {}}}) {
    std::filesystem::copy_file(file("base"), file("s"), std::filesystem::copy_options::overwrite_existing);
    chat({"--session", "s"}, script + "\n");
    EXPECT_EQ(said("s"), expected) << script;
    chat({"--session", "s"}, kSecond + "\n");
    EXPECT_EQ(said("s"), joined(expected, {"user: " + kSecond})) << "it goes on from there, after " << script;
  }
  chat({"--session", "base"}, "/set top-k 7\n");
  EXPECT_EQ(show("base").at("settings").at("top-k"), Json({"7"}));
}

// Nothing brings back what was overwritten.
TEST_F(ChatSaving, WhatResetAndSystemForgetStaysInTheFileUntilATurnIsSaved) {
  const Lines before{"user: " + kFirst, "user: " + kSecond};
  chat({"--session", "base"}, kFirst + "\n" + kSecond + "\n");
  for (const auto& [script, expected] : std::vector<std::pair<std::string, Lines>>{
           {"/reset", {}}, {"/system S", {"system: S"}}, {"/system S\n/system none", {}}}) {
    std::filesystem::copy_file(file("base"), file("s"), std::filesystem::copy_options::overwrite_existing);
    const Result result = chat({"--session", "s"}, script + "\n/set top-k 7\n");
    EXPECT_NE(result.err.find("forgotten: 4 messages; /undo brings them back; session s is as it was until "
                              "the next turn"),
              std::string::npos)
        << result.err;
    EXPECT_EQ(said("s"), before) << script;
    chat({"--session", "s"}, script + "\n/load base\n");
    EXPECT_EQ(said("s"), before) << script;
    chat({"--session", "s"}, script + "\n/undo\n");
    EXPECT_EQ(said("s"), before) << script;
    chat({"--session", "s"}, script + "\n" + kSecond + "\n");
    EXPECT_EQ(said("s"), joined(expected, {"user: " + kSecond})) << script;
  }
}

TEST_F(ChatSaving, SaysWhetherAFileOrASessionWasMade) {
  const std::string written = directory_.file("chat.json");
  const Result result = chat({}, kFirst + "\n/save notes.md\n/save plain\n/save " + written + "\n");
  for (const std::string expected :
       {"saved 2 messages as session 'notes.md'; a file has a slash in its name or ends in .json\n",
        "saved 2 messages as session 'plain'\n"}) {
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
  }
  EXPECT_NE(result.err.find("saved 2 messages to the file " + written + "\n"), std::string::npos)
      << result.err;
}

TEST_F(ChatSaving, ASessionThatIsLeftForAnotherKeepsItsChanges) {
  chat({"--session", "a"}, kFirst + "\n");
  chat({"--session", "b"}, kSecond + "\n");
  chat({"--session", "a"}, "/undo\n/load b\n");
  EXPECT_EQ(said("a"), Lines{});
  EXPECT_EQ(said("b"), Lines{"user: " + kSecond});
  chat({"--session", "b"}, "/undo\n/save c\n" + kFirst + "\n");
  EXPECT_EQ(said("b"), Lines{});
  EXPECT_EQ(said("c"), Lines{"user: " + kFirst});
  const std::string written = directory_.file("chat.json");
  chat({"--session", "c"}, "/save " + written + "\n/undo\n/load " + written + "\n" + kSecond + "\n");
  EXPECT_EQ(said("c"), Lines{}) << "what was loaded from a file is not the session";
}

TEST_F(ChatSaving, AFileThatIsNoConversationIsNotReplaced) {
  const std::string notes = directory_.file("notes.json"), link = directory_.file("link.json"),
                    pipe = directory_.file("pipe.json");
  write_file(notes, "{\"important\": true}");
  std::filesystem::create_symlink(notes, link);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);  // no device of the machine is put at stake
  for (const std::string& place : {notes, link, pipe}) {
    const Result result = run_command({"chat"}, around("/save " + place + "\n"));
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.err.find(place + ": is there already and no saved conversation"), std::string::npos)
        << result.err;
  }
  EXPECT_EQ(read_file(notes), "{\"important\": true}");
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  const std::string saved = directory_.file("chat.json");
  chat({}, kFirst + "\n/save " + saved + "\n");
  const Result again = chat({}, "/system S\n/save " + saved + "\n");
  EXPECT_NE(again.err.find("saved 1 message to the file " + saved), std::string::npos) << again.err;
  EXPECT_EQ(Json::parse(read_file(saved)).at("messages").size(), 1u);
}

TEST_F(ChatSaving, LookingAtASessionLeavesItsFileAlone) {
  chat({"--session", "s"}, kFirst + "\n");
  std::string damaged = read_file(file("s"));
  damaged[damaged.size() - 1000] ^= 1;  // in the cache, which is left out then
  write_file(file("s"), damaged);
  const Result result = chat({"--session", "s", "--top-k", "3"}, "/stats\n/branch\n");
  EXPECT_NE(result.err.find("computed again from its text"), std::string::npos) << result.err;
  EXPECT_EQ(read_file(file("s")), damaged);
  chat({"--session", "new"}, "/stats\n");
  EXPECT_FALSE(std::filesystem::exists(file("new"))) << "nothing was said there";
}

TEST_F(ChatSaving, ATurnThatWasDroppedIsNotGoneOnWithLater) {
  const std::string interrupted = "/set max-tokens 5\n" + kSecond + "\n/set max-tokens default\n";
  chat({"--session", "open"}, kFirst + "\n" + interrupted);
  ASSERT_TRUE(show("open").at("unfinished"));
  chat({}, kFirst + "\n" + kFirst + "\n" + interrupted + "/undo\n/save s\n");
  EXPECT_FALSE(show("s").at("unfinished"));
  const Result result = run_command({"chat", "--session", "s"}, around("/continue\n"));
  EXPECT_NE(result.err.find("/continue: no turn was interrupted"), std::string::npos) << result.err;
  const std::string written = directory_.file("chat.json");
  chat({}, kFirst + "\n/save " + written + "\n" + interrupted + "/load " + written + "\n/save t\n");
  EXPECT_FALSE(show("t").at("unfinished"));
}

TEST_F(ChatSaving, EveryBranchOfASessionIsOne) {
  const Result result = chat({"--session", "s"}, kFirst + "\n/branch b\n" + kSecond + "\n/branch c\n/undo\n");
  EXPECT_NE(result.err.find("on branch b, a copy of main, and session s.b from its next turn on\n"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(said("s"), Lines{"user: " + kFirst}) << "what was branched from is kept";
  EXPECT_EQ(said("s.b"), (Lines{"user: " + kFirst, "user: " + kSecond}));
  EXPECT_EQ(said("s.c"), Lines{"user: " + kFirst});
  chat({"--session", "s"}, "/branch d\n/branch main\n" + kSecond + "\n/branch d\n/branch\n");
  EXPECT_EQ(said("s"), (Lines{"user: " + kFirst, "user: " + kSecond}));
  EXPECT_FALSE(std::filesystem::exists(file("s.d"))) << "nothing was said there";
  const Result unnamed = chat({}, kFirst + "\n/branch b\n/save t\n/branch main\n" + kSecond + "\n");
  EXPECT_NE(unnamed.err.find("on branch b, a copy of main\n"), std::string::npos) << unnamed.err;
  EXPECT_EQ(said("t"), Lines{"user: " + kFirst}) << "main is no session";
}

TEST_F(ChatSaving, BranchesDoNotOverwriteEachOther) {
  chat({"--session", "s"}, kFirst + "\n/branch b\n/undo\n");
  for (const auto& [script, expected] : std::vector<std::pair<std::string, std::string>>{
           {"/branch b\n", "there is a session 's.b' already; /load s.b goes on with it"},
           {"/branch a/b\n", "a session's name has no slash"},
           {"/branch c\n/save s\n", "session 's' is that of branch main; /branch main goes to it"},
           {"/branch c\n/load s\n", "session 's' is that of branch main; /branch main goes to it"}}) {
    const Result result = run_command({"chat", "--session", "s"}, around(script));
    EXPECT_EQ(result.status, 1) << script;
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
  }
  chat({"--session", "s"}, "/load s.b\n" + kSecond + "\n/load s\n/undo\n");
  EXPECT_EQ(said("s.b"), Lines{"user: " + kSecond});
  EXPECT_EQ(said("s"), Lines{});
}

// While a person types, the file is written; what they do then comes after that.
TEST_F(ChatSaving, TheFileFollowsAPersonWhoTakesTime) {
  Surroundings terminal = around("");
  terminal.terminal = true;
  Command command({"chat", "--session", "s", "--temp", "0"}, terminal);
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.type(kFirst + "\r");
  ASSERT_TRUE(command.wait_for("seed ") && command.wait_for_editing());
  const auto has_cache = [&] {
    std::error_code missing;
    const auto size = std::filesystem::file_size(file("s"), missing);
    return !missing && size > 20'000;
  };
  for (int i = 0; i < 1000 && !has_cache(); i++) ::usleep(10'000);
  ASSERT_TRUE(has_cache());
  ASSERT_EQ(said("s"), Lines{"user: " + kFirst});
  command.type("/undo\r");
  ASSERT_TRUE(command.wait_for("dropped: ") && command.wait_for_editing());
  command.type("/exit\r");
  EXPECT_EQ(command.finish().status, 0);
  EXPECT_EQ(said("s"), Lines{});
}

}  // namespace
}  // namespace reckon::cli::testing
