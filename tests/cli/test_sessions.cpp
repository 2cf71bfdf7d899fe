// Saved sessions: run --session, chat --session, reckon sessions, --prompt-cache.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <reckon/error.hpp>

#include "cli/command.hpp"
#include "store/cache_file.hpp"
#include "tools/reckon/session_folder.hpp"
#include "tools/reckon/terminal.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

class Sessions : public ::testing::Test {
 protected:
  Surroundings around(const std::string& input = "") const {
    return {.input = input, .environment = {{"XDG_DATA_HOME", directory_.path()}}};
  }
  Result command(const std::vector<std::string>& arguments, const std::string& input = "") const {
    return run_command(arguments, around(input));
  }
  // A run whose thought --max-tokens may end.
  Result run(const std::vector<std::string>& arguments) const {
    return command(
        joined({"run", "--json", "--answer-reserve", "0", "--seed", "3", "--temp", "1"}, arguments));
  }
  Json show(const std::string& name) const {
    return Json::parse(command({"sessions", "show", name, "--json"}).out);
  }
  std::string file(const std::string& name) const {
    return directory_.file("reckon/sessions/" + name + ".session");
  }
  TemporaryDirectory directory_;
};

TEST_F(Sessions, AnInterruptedThoughtGoesOnToTheSameAnswer) {
  const Json whole = Json::parse(run({kSum}).out);
  const Result first = run({"--session", "a", "-n", "10", kSum});
  EXPECT_EQ(first.status, 3) << first.err;
  EXPECT_TRUE(show("a").at("unfinished"));
  const Result rest = command({"run", "--json", "--session", "a", "-n", "1000"});
  EXPECT_EQ(rest.status, 0) << rest.err;
  const Json found = Json::parse(rest.out);
  EXPECT_EQ(found.at("thinking"), whole.at("thinking")) << "with the seed and the temperature it began with";
  EXPECT_EQ(found.at("answer"), whole.at("answer"));
  EXPECT_EQ(found.at("usage"), whole.at("usage"));
  EXPECT_FALSE(show("a").at("unfinished"));
}

// Further off than a time can be told.
TEST_F(Sessions, AnyTimeInAFileCanBeListed) {
  run({"--session", "first", "-n", "4", kSum});
  store::CacheState nothing;
  nothing.kind.page_positions = 1;
  const auto save_at = [&](const std::string& name, int64_t time) {
    store::write_cache_file(file(name), store::FileKind::session,
                            {.model = "tiny", .saved_at = time, .messages = {{"user", "Hello"}}}, nothing,
                            {});
  };
  save_at("least", std::numeric_limits<int64_t>::min());
  save_at("most", std::numeric_limits<int64_t>::max());
  const std::vector<std::string> lines = lines_of(command({"sessions"}).out);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1].find("most "), 0u);
  EXPECT_NE(lines[1].find("B      now  Hello"), std::string::npos) << lines[1];
  EXPECT_EQ(lines[3].find("least "), 0u);
  EXPECT_NE(lines[3].find("B           Hello"), std::string::npos) << lines[3];
}

TEST_F(Sessions, TheSamePromptAgainGoesOnAndAnotherDropsTheTurn) {
  const Json whole = Json::parse(run({kSum}).out);
  run({"--session", "a", "-n", "10", kSum});
  command({"sessions", "fork", "a", "b"});
  EXPECT_EQ(Json::parse(command({"run", "--json", "--session", "a", "-n", "1000", kSum}).out).at("thinking"),
            whole.at("thinking"));
  const Result other = command({"run", "--session", "b", "-n", "1000", "What is 2 + 3?"});
  EXPECT_NE(other.err.find("no answer and is dropped"), std::string::npos) << other.err;
  EXPECT_EQ(show("b").at("messages").size(), 2u);
  EXPECT_EQ(show("b")["messages"][0].at("content"), "What is 2 + 3?");
}

TEST_F(Sessions, ShowTellsTheThoughtAsFarAsItIs) {
  const Json first = Json::parse(run({"--session", "a", "-n", "10", kSum}).out);
  const std::string thought = first.at("thinking");
  ASSERT_GT(thought.size(), 10u);
  EXPECT_EQ(show("a").at("thinking"), thought);
  const std::string so_far = command({"sessions", "show", "a"}).out;
  EXPECT_TRUE(so_far.ends_with("\nlast thought, so far: " + thought + "\n")) << so_far;
  command({"run", "-q", "--session", "a", "-n", "1000"});
  EXPECT_TRUE(show("a").at("thinking").get<std::string>().starts_with(thought));
  const std::string whole = command({"sessions", "show", "a"}).out;
  EXPECT_NE(whole.find("\nlast thought: " + thought), std::string::npos) << whole;
}

TEST_F(Sessions, ATerminalShowsWhereAnInterruptedTurnWas) {
  const Json whole = Json::parse(run({kSum}).out);
  const std::string thought = whole.at("thinking"), beginning = thought.substr(0, thought.find('\n'));
  run({"--session", "a", "-n", "30", kSum});
  Surroundings terminal = around();
  terminal.terminal = true;
  Command resumed({"run", "--session", "a", "-n", "1000"}, terminal);
  EXPECT_TRUE(resumed.wait_for("generated; seed 3"));
  EXPECT_NE(resumed.out().find(beginning), std::string::npos) << resumed.out();
  const Result piped = command({"run", "--session", "a", "-n", "1000", kSum});
  EXPECT_EQ(piped.err.find(beginning + beginning), std::string::npos);
}

TEST_F(Sessions, AChatShowsWhereASessionWas) {
  run({"--session", "a", kSum});
  run({"--session", "b", "-n", "30", kSum});
  const std::string thought = show("b").at("thinking");
  Surroundings terminal = around();
  terminal.terminal = true;
  Command chat({"chat", "--session", "a"}, terminal);
  EXPECT_TRUE(chat.wait_for_editing());
  EXPECT_TRUE(chat.wait_for("> " + kSum)) << chat.out();
  EXPECT_TRUE(chat.wait_for("579")) << "its answer\n" << chat.out();
  chat.type("/load b\n");
  EXPECT_TRUE(chat.wait_for("/continue goes on with it")) << chat.out();
  EXPECT_TRUE(chat.wait_for_editing());
  EXPECT_EQ(chat.out().find(thought.substr(0, 12)), std::string::npos) << chat.out();
  chat.type("/think\n");
  EXPECT_TRUE(chat.wait_for(thought.substr(0, 12))) << chat.out();
  EXPECT_TRUE(chat.wait_for_editing());
  chat.type("/set max-tokens 1000\n/continue\n");
  EXPECT_TRUE(chat.wait_for("tok/s generated")) << chat.out();
  EXPECT_NE(chat.out().rfind(thought.substr(0, 12)), chat.out().find(thought.substr(0, 12)))
      << "the thought from its beginning\n"
      << chat.out();
  EXPECT_EQ(command({"chat", "--session", "a"}, "").err.find("> " + kSum), std::string::npos)
      << "for people alone";
}

TEST_F(Sessions, CtrlCKeepsTheThought) {
  Command running(joined(joined({"run", "--session", "a"}, endless_thinking()), {kSum}),
                  {.input = "", .small_pipes = true, .environment = {{"XDG_DATA_HOME", directory_.path()}}});
  ASSERT_TRUE(running.wait_for_bytes(20, true)) << running.err();
  running.signal(SIGINT);
  EXPECT_EQ(running.finish().status, 130);
  EXPECT_TRUE(show("a").at("unfinished"));
  EXPECT_EQ(show("a")["messages"].size(), 1u);
}

// The kernel and the shell both tell of a terminal that goes.
TEST_F(Sessions, HangupsKeepTheThought) {
  Command running(joined(joined({"run", "--events", "--session", "a"}, endless_thinking()), {kSum}),
                  {.input = "", .small_pipes = true, .environment = {{"XDG_DATA_HOME", directory_.path()}}});
  ASSERT_TRUE(running.wait_for_bytes(100)) << running.err();
  ::usleep(200'000);  // until it stands still in a write
  running.signal(SIGHUP);
  ::usleep(50'000);
  running.signal(SIGHUP);
  EXPECT_EQ(running.finish().status, 129);
  EXPECT_TRUE(show("a").at("unfinished"));
}

TEST_F(Sessions, OneProcessUsesASessionAtATime) {
  run({"--session", "a", kSum});
  const std::string refusal = "session 'a' is in use by another reckon";
  Surroundings open = around();
  open.input_stays_open = true;
  Command chat({"chat", "--session", "a"}, open);
  ASSERT_TRUE(chat.wait_for("session a: 2 messages", true)) << chat.err();
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", "--session", "a", "What is 2 + 3?"},
        {"chat", "--session", "a"},
        {"sessions", "remove", "a"}}) {
    const Result result = command(arguments);
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.err.find(refusal), std::string::npos) << result.err;
  }
  EXPECT_NE(command({"chat", "--session", "a", "-m", "none.gguf"}).err.find(refusal), std::string::npos)
      << "said before anything is loaded";
  for (const std::string script : {"/load a\n", "/save a\n"})
    EXPECT_NE(command({"chat"}, script).err.find(refusal), std::string::npos) << script;
  EXPECT_EQ(show("a").at("messages").size(), 2u);
  EXPECT_EQ(command({"sessions", "fork", "a", "b"}).status, 0);
  EXPECT_EQ(Json::parse(command({"sessions", "--json"}).out).size(), 2u) << "a lock is no session";
  chat.signal(SIGKILL);
  chat.finish();
  const Result after =
      command({"chat", "--session", "a"}, "/save a\n/load a\n/load b\nWhat is 2 + 3?\n/load a\n");
  EXPECT_EQ(after.status, 0) << after.err;
  EXPECT_EQ(show("b").at("messages").size(), 4u);
  EXPECT_EQ(command({"sessions", "remove", "a"}).status, 0);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.file("reckon/sessions"))) {
    files += entry.is_regular_file();
  }
  EXPECT_EQ(files, 1u) << "no lock is left";
}

TEST_F(Sessions, ASessionWithoutATurnToGoOnWithNeedsAPrompt) {
  run({"--session", "a", kSum});
  for (const auto& [name, expected] : std::vector<std::pair<std::string, std::string>>{
           {"a", "session 'a' has no interrupted turn to go on with: give a prompt"},
           {"new", "session 'new' has not begun yet: give a prompt"}}) {
    const Result result = command({"run", "--session", name});
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
  }
}

TEST_F(Sessions, AConversationGoesOnFromItsCache) {
  run({"--session", "a", kSum});
  const Result second = command({"run", "--session", "a", "What is 7 * 8?"});
  EXPECT_NE(second.err.find("cached)"), std::string::npos) << second.err;
  EXPECT_EQ(show("a").at("messages").size(), 4u);
  const Result chat = command({"chat", "--session", "a"}, "What is 2 + 2?\n");
  EXPECT_NE(chat.err.find("session a: 4 messages"), std::string::npos) << chat.err;
  EXPECT_EQ(show("a").at("messages").size(), 6u);
}

TEST_F(Sessions, ADamagedFileIsRebuiltFromItsTextOrRefused) {
  run({"--session", "a", kSum});
  const std::string good = read_file(file("a"));
  std::string bad = good;
  bad[bad.size() - 1000] ^= 1;
  write_file(file("a"), bad);
  const Result rebuilt = command({"run", "--session", "a", "What is 7 * 8?"});
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.err;
  EXPECT_NE(rebuilt.err.find("damaged; the conversation is computed again from its text"), std::string::npos)
      << rebuilt.err;
  EXPECT_EQ(show("a").at("messages").size(), 4u);
  bad = good;
  bad[40] ^= 1;
  write_file(file("a"), bad);
  const Result refused = command({"run", "--session", "a", "What is 7 * 8?"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_NE(refused.err.find(file("a") + ": its conversation is damaged"), std::string::npos) << refused.err;
  const Result forked = command({"sessions", "fork", "a", "b"});
  EXPECT_EQ(forked.status, 1);
  EXPECT_NE(forked.err.find("its conversation is damaged"), std::string::npos) << forked.err;
  EXPECT_FALSE(std::filesystem::exists(file("b")));
  const Result list = command({"sessions"});
  EXPECT_EQ(list.status, 0);
  EXPECT_NE(list.out.find("is damaged"), std::string::npos) << list.out;
}

// Killed at moments spread over a turn and its saving.
TEST_F(Sessions, KilledAtAnyMomentTheOldOrTheNewSessionIsThere) {
  run({"--session", "a", kSum});
  size_t before = 2;
  for (int kill_after_ms = 5; kill_after_ms <= 245; kill_after_ms += 12) {
    {
      Command running({"run", "-q", "--session", "a", "-n", "30", "What is 7 * 8?"}, around());
      ::usleep(static_cast<useconds_t>(kill_after_ms) * 1000);
      running.signal(SIGKILL);
      running.finish();
    }
    const Json now = show("a");
    const size_t messages = now.at("messages").size();
    EXPECT_TRUE(messages >= before && messages <= before + 2) << kill_after_ms;
    EXPECT_FALSE(now.contains("problem"));
    before = messages;
  }
  const Result after = command({"run", "--session", "a", "What is 2 + 3?"});
  EXPECT_EQ(after.err.find("computed again"), std::string::npos) << after.err;
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_.file("reckon/sessions"))) {
    files += entry.is_regular_file();
  }
  EXPECT_EQ(files, 1u) << "what killed processes left is gone";
}

// As on file systems that have no hard links.
TEST_F(Sessions, AForkIsACopyWhereFilesHaveOneNameOnly) {
  run({"--session", "a", kSum});
  copy_session(file("a"), file("b"), [](const char*, const char*) {
    errno = EPERM;
    return -1;
  });
  EXPECT_EQ(read_file(file("a")), read_file(file("b")));
  struct stat status {};
  ASSERT_EQ(::stat(file("b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(status.st_nlink, 1u);
  const Result result = command({"run", "--session", "b", "What is 2 + 3?"});
  EXPECT_NE(result.err.find(" cached)"), std::string::npos) << result.err;
  EXPECT_EQ(command({"sessions", "--json"}).err, "");
  EXPECT_EQ(Json::parse(command({"sessions", "--json"}).out).size(), 2u) << "nothing else is left";
  EXPECT_THROW(copy_session(file("a"), file("missing/b")), Error);
}

TEST_F(Sessions, ListForkAndRemove) {
  EXPECT_NE(command({"sessions"}).err.find("there are no sessions"), std::string::npos);
  run({"--session", "a", kSum});
  const Json forked = Json::parse(command({"sessions", "fork", "a", "b", "--json"}).out);
  EXPECT_EQ(forked, Json({{"name", "b"}, {"forked_from", "a"}}));
  command({"run", "-q", "--session", "b", "What is 2 + 3?"});
  const Json list = Json::parse(command({"sessions", "--json"}).out);
  ASSERT_EQ(list.size(), 2u);
  for (const Json& session : list) {
    EXPECT_EQ(session.at("messages"), session.at("name") == "a" ? 2 : 4) << "a fork goes its own way";
    EXPECT_EQ(session.at("first_words"), kSum);
    EXPECT_GT(session.at("tokens"), 20);
    EXPECT_GT(session.at("bytes"), 1000);
  }
  const std::string table = command({"sessions"}).out;
  EXPECT_EQ(lines_of(table).size(), 3u) << table;
  EXPECT_TRUE(table.starts_with("NAME")) << table;
  const std::string shown = command({"sessions", "show", "b"}).out;
  EXPECT_NE(shown.find("user: What is 2 + 3?\n"), std::string::npos) << shown;
  const Json removed = Json::parse(command({"sessions", "remove", "a", "--json"}).out);
  EXPECT_EQ(removed, Json({{"name", "a"}, {"removed", true}}));
  EXPECT_EQ(Json::parse(command({"sessions", "--json"}).out).size(), 1u);
  struct stat status {};
  ASSERT_EQ(::stat(file("b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(directory_.file("reckon/sessions").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(Sessions, TheTableFitsATerminal) {
  run({"--session", "a", kSum});
  run({"--session", std::string(90, 'n'), kSum});
  std::filesystem::create_directories(file("folder"));
  for (const uint16_t columns : std::initializer_list<uint16_t>{40, 80, 120}) {
    Surroundings terminal = around();
    terminal.terminal = true;
    terminal.columns = columns;
    const std::vector<std::string> lines = lines_of(run_command({"sessions"}, terminal).out);
    ASSERT_EQ(lines.size(), 3u) << "a folder is no session";
    for (const std::string& line : lines)
      EXPECT_LE(cli::columns_of(line.substr(0, line.find('\r'))), columns) << line;
    EXPECT_NE(lines[0].find("SIZE"), std::string::npos);
    EXPECT_EQ(lines[0].find("MODEL") != std::string::npos, columns == 120);
  }
  EXPECT_NE(command({"sessions"}).out.find(std::string(90, 'n')), std::string::npos) << "whole in a pipe";
}

// Resumed within its answer, a generation has not thought.
TEST_F(Sessions, AResumedAnswerTellsNoTimeOfAThought) {
  for (const char* tokens : {"40", "60", "80", "100"}) {
    const std::vector<std::string> first = {
        "run", "--answer-reserve", "0", "--temp", "0", "--session", tokens, "-n", tokens, kSum};
    command(first);
    const Result rest = command({"run", "--session", tokens, "-n", "1000"});
    EXPECT_EQ(rest.err.find("thought for -"), std::string::npos) << rest.err;
    EXPECT_EQ(rest.err.find("first thought after") != std::string::npos,
              rest.err.find("thought for") != std::string::npos)
        << rest.err;
  }
}

TEST_F(Sessions, MistakesAreTold) {
  run({"--session", "proof", kSum});
  for (const auto& [arguments, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"sessions", "show", "prof"}, "there is no session 'prof'; did you mean 'proof'?"},
           {{"sessions", "remove", "xyz"}, "there is no session 'xyz'; reckon sessions lists them"},
           {{"sessions", "show"}, "sessions show: a session's name is missing"},
           {{"sessions", "fork", "proof"}, "sessions fork: a session's name is missing"},
           {{"sessions", "fork", "proof", "proof"}, "there is a session 'proof' already"},
           {{"sessions", "list", "proof"}, "one argument too many: 'proof'"},
           {{"sessions", "drop"}, "ACTION: 'drop' is not list or show or fork or remove"},
           {{"run", "--session", "a/b", "1"}, "a session's name has no slash"},
           {{"run", "--session", ".a", "1"}, "a session's name does not begin with a dot"},
           {{"run", "--session", "", "1"}, "the name is empty"},
           {{"run", "--session", "a.json", "1"}, "does not end in .json"},
           {{"run", "--session", std::string(101, 'a'), "1"}, "longer than 100 bytes"},
           {{"run", "--session", "a\x1b[2J", "1"}, "has no control characters"},
           {{"run", "--prompt-cache-size", "2", "1"}, "--prompt-cache-size: there is no --prompt-cache"},
           {{"run", "--session", "a", "--raw", "1"}, "--raw and --session can't be combined"},
           {{"run", "--session", "proof", "--system", "S", "1"},
            "--system: the session has begun without"}}) {
    const Result result = command(arguments);
    EXPECT_EQ(result.status, 2) << expected;
    EXPECT_NE(result.err.find(expected), std::string::npos) << result.err;
  }
}

TEST_F(Sessions, ChatSavesLoadsAndContinues) {
  const Result first = command({"chat", "--temp", "0"}, "What is 7 + 8?\n/save sums\nWhat is 20 + 3?\n");
  EXPECT_EQ(first.status, 0) << first.err;
  EXPECT_EQ(show("sums").at("messages").size(), 4u) << "saved after each turn from then on";
  const Result second = command({"chat", "-q"}, "/load sums\nWhat is 2 + 2?\n");
  EXPECT_EQ(second.status, 0) << second.err;
  EXPECT_EQ(show("sums").at("messages").size(), 6u);
  const std::string json = directory_.file("chat");
  command({"chat", "-q", "--session", "sums"}, "/save " + json + "\n");
  EXPECT_EQ(Json::parse(read_file(json)).at("messages").size(), 6u) << "a name with a slash is a file";
  EXPECT_NE(command({"chat"}, "/load smus\n").err.find("did you mean 'sums'?"), std::string::npos);
}

TEST_F(Sessions, ChatGoesOnWithAnInterruptedTurnInAnotherProcess) {
  const std::vector<std::string> chat = {"chat", "--temp", "1", "--seed", "3", "--answer-reserve", "0"};
  const Result whole = command(joined(chat, {"-q"}), kSum + "\n");
  const Result first = command(joined(chat, {"--session", "a", "-n", "10"}), kSum + "\n");
  EXPECT_NE(first.err.find("/continue goes on, the next message drops the turn"), std::string::npos)
      << first.err;
  EXPECT_EQ(first.out, "");
  const Result rest = command({"chat", "--session", "a", "-n", "1000"}, "/continue\n");
  EXPECT_NE(rest.err.find("/continue goes on with it"), std::string::npos) << rest.err;
  EXPECT_EQ(rest.out, whole.out);
  EXPECT_EQ(show("a").at("messages").size(), 2u);
  EXPECT_NE(command({"chat"}, "/continue\n").err.find("/continue: no turn was interrupted"),
            std::string::npos);
}

TEST_F(Sessions, AnInterruptedTurnIsDroppedByUndoAndKeptByBranch) {
  const std::vector<std::string> chat = {"chat", "--temp", "0", "--session", "a"};
  command(joined(chat, {}), "What is 2 + 2?\n");
  const std::string cut = "/set max-tokens 10\n/set answer-reserve 0\n" + kQuestion + "\n";
  const Result branched = command(joined(chat, {}), cut + "/branch b\n");
  EXPECT_NE(branched.err.find("/branch: the last turn was interrupted; /continue ends it, /undo drops it"),
            std::string::npos)
      << branched.err;
  EXPECT_TRUE(show("a").at("unfinished"));
  EXPECT_EQ(show("a").at("messages").size(), 3u);
  const Result dropped = command(joined(chat, {}), "/undo\n/think\n");
  EXPECT_NE(dropped.err.find("session a: 3 messages"), std::string::npos) << dropped.err;
  EXPECT_NE(dropped.err.find("note: dropped: " + kQuestion), std::string::npos) << dropped.err;
  EXPECT_NE(dropped.err.find("/think: there was no thought"), std::string::npos) << dropped.err;
  EXPECT_FALSE(show("a").at("unfinished"));
  EXPECT_EQ(show("a").at("messages").size(), 2u);
  const Result in_one = command(joined(chat, {}), cut + "/undo\n/undo\n");
  EXPECT_NE(in_one.err.find("dropped: " + kQuestion), std::string::npos) << in_one.err;
  EXPECT_NE(in_one.err.find("dropped: What is 2 + 2?"), std::string::npos) << in_one.err;
  command(joined(chat, {}), cut);
  const Result another = command(joined(chat, {}), "What is 2 + 3?\n");
  EXPECT_NE(another.err.find("the interrupted turn is dropped"), std::string::npos) << another.err;
}

TEST_F(Sessions, SavingReplacesNoOtherSessionAndLoadingAFileTellsWhatItLeaves) {
  run({"--session", "a", kQuestion});
  const std::string before = read_file(file("a"));
  const Result refused = command({"chat"}, "What is 2 + 3?\n/save a\n");
  EXPECT_NE(refused.err.find("/save: there is a session 'a' already; /load a goes on with it"),
            std::string::npos)
      << refused.err;
  EXPECT_EQ(read_file(file("a")), before);
  const std::string json = directory_.file("talk.json");
  const Result left = command({"chat", "--session", "a"}, "/save " + json + "\n/load " + json + "\n");
  EXPECT_NE(left.err.find("session a is left: what follows is not saved there"), std::string::npos)
      << left.err;
}

TEST_F(Sessions, NoThinkEndsAThoughtThatGoesOn) {
  run({"--session", "a", "-n", "10", kQuestion});
  const Result rest = command({"run", "--json", "--session", "a", "-n", "1000", "--no-think"});
  EXPECT_EQ(rest.status, 5) << rest.err;
  EXPECT_EQ(Json::parse(rest.out).at("thought_end"), "budget");
}

TEST_F(Sessions, APromptCacheServesTheNextProcess) {
  std::string document;
  for (int i = 0; i < 120; i++) document += "Line " + std::to_string(i * 37) + ". ";
  for (const std::string& where : {std::string("on"), directory_.file("prompts")}) {
    const std::vector<std::string> run = {"run", "--temp", "0", "-n", "5", "--prompt-cache", where};
    EXPECT_EQ(command(joined(run, {document + "What is 2 + 3?"})).err.find("cached"), std::string::npos);
    const Result second = command(joined(run, {document + "And 50 - 9?"}));
    EXPECT_NE(second.err.find("cached)"), std::string::npos) << second.err;
  }
  EXPECT_TRUE(std::filesystem::exists(directory_.file("reckon/prompts")));
}

// On a terminal the thinking is dropped from the cache while the person types.
TEST_F(Sessions, AChatUsesTheTimeInWhichAPersonTypes) {
  const auto cached_in_second_turn = [&](bool wait) {
    Surroundings terminal{.terminal = true, .environment = {{"XDG_DATA_HOME", directory_.path()}}};
    Command chat({"chat", "--temp", "0"}, terminal);
    EXPECT_TRUE(chat.wait_for_editing());
    chat.type(kSum + "\n");
    EXPECT_TRUE(chat.wait_for("seed "));
    EXPECT_TRUE(chat.wait_for_editing());
    if (wait) ::usleep(500'000);
    chat.type("/stats\n");
    EXPECT_TRUE(chat.wait_for("positions in the cache"));
    const std::string out = chat.out();
    const size_t end = out.rfind(" of ", out.rfind("positions in the cache"));
    return std::stoi(out.substr(out.rfind(' ', end - 1) + 1));
  };
  EXPECT_LT(cached_in_second_turn(true), 60) << "question, answer and what the template puts around them";
}

}  // namespace
}  // namespace reckon::cli::testing
