// What a person at a terminal sees.
#include "tools/reckon/terminal.hpp"

#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

const std::string kDim = "\x1b[2m";
const std::string kPlain = "\x1b[0m";
const std::vector<std::string> kSumRun{"run", "--temp", "0", "What is 7 + 8?"};

// At the prompt: while the chat is busy, the terminal driver takes a Ctrl-D for itself.
void type_ctrl_d(Command& command) {
  ASSERT_TRUE(command.wait_for_editing());
  command.type("\x04");
}

TEST(Terminal, ThinkingIsDimAndTheAnswerSetOffByAnEmptyLine) {
  const Result result = run_command(kSumRun, {.terminal = true});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out.find(kDim), 0u) << result.out;
  const size_t end = result.out.find(kPlain);
  ASSERT_NE(end, std::string::npos);
  const std::string after = result.out.substr(end + kPlain.size());
  EXPECT_TRUE(after.starts_with("\r\n"))
      << after;  // after the thought's own line break, or that and an empty line
  const size_t answer = after.find_first_not_of("\r\n");
  const std::string between = result.out.substr(end - 2, 2) + after.substr(0, answer);
  EXPECT_NE(between.find("\r\n\r\n"), std::string::npos) << "an empty line";
  EXPECT_NE(after.find("15"), std::string::npos) << after;
  EXPECT_NE(after.find(kDim + "tokens: "), std::string::npos) << "statistics are dim";
  EXPECT_TRUE(result.out.ends_with(kPlain + "\r\n"));
}

// The embedded model with another template, of at most its own length.
std::string model_with_template(const std::string& file, std::string source) {
  std::ifstream in(RECKON_SOURCE_DIR "/models/reckon-tiny.gguf", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const std::string key = "tokenizer.chat_template";
  const size_t value = bytes.find(key) + key.size() + sizeof(uint32_t);  // behind its type: length, bytes
  uint64_t length = 0;
  bytes.copy(reinterpret_cast<char*>(&length), sizeof length, value);
  source.resize(length, ' ');
  bytes.replace(value + sizeof length, length, source);
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

TEST(Terminal, AModelsTemplateCanNotDriveItThroughItsErrors) {
  const TemporaryDirectory directory;
  const std::string model =
      model_with_template(directory.file("m.gguf"), "{{ raise_exception('a\x1b]0;title\x07 b\x7f') }}");
  const std::string shown = R"(line 1: a\x1b]0;title\x07 b\x7f)";
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"run", "-m", model, "Hi"}, {"vote", "-m", model, "Hi"}, {"chat", "-m", model}}) {
    const Result result = run_command(command, {.input = "Hi\n"});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.err.find(shown), std::string::npos) << result.err;
    EXPECT_EQ(result.err.find_first_of("\x1b\x07\x7f"), std::string::npos) << result.err;
  }
}

TEST(Terminal, NoColorAndDumbTerminalsAreRespected) {
  for (const auto& [name, value] : std::map<std::string, std::string>{{"NO_COLOR", "1"}, {"TERM", "dumb"}}) {
    const Result result = run_command(kSumRun, {.terminal = true, .environment = {{name, value}}});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.out.find('\x1b'), std::string::npos) << name << ": " << result.out;
    EXPECT_NE(result.out.find("15"), std::string::npos);
  }
  const Result empty = run_command(kSumRun, {.terminal = true, .environment = {{"NO_COLOR", ""}}});
  EXPECT_NE(empty.out.find(kDim), std::string::npos) << "an empty NO_COLOR is none";
}

// What StatusLine writes to a terminal of 20 columns (its half second over), as the terminal gets it.
std::string status_line_output(const char* term) {
  const winsize size{24, 20, 0, 0};
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    ::setenv("TERM", term, 1);
    StatusLine status(false);
    status.update("too early to be shown");
    ::usleep(600'000);
    status.update("packing weights: 40 % of 1.1 GB", "packing weights of 1.1 GB");
    ::usleep(150'000);
    status.update("packing weights: 60 % of 1.1 GB", "packing weights of 1.1 GB");
    status.clear();
    ::_exit(0);
  }
  std::string output;
  char block[1024];
  for (ssize_t count = 0; (count = ::read(terminal, block, sizeof block)) > 0;) {
    output.append(block, static_cast<size_t>(count));
  }
  ::close(terminal);
  ::waitpid(child, nullptr, 0);
  return output;
}

TEST(Terminal, TheStatusLineIsRewrittenAndCutToTheWidth) {
  EXPECT_EQ(status_line_output("xterm"), "\rpacking weights: 40\x1b[K\rpacking weights: 60\x1b[K\r\x1b[K");
}

TEST(Terminal, TheStatusLineIsWrittenOnceWhereItCanNotBeRewritten) {
  EXPECT_EQ(status_line_output("dumb"), "packing weights of 1.1 GB\r\n")
      << "no share that would stay as it is";
}

TEST(Terminal, InterruptionLeavesDimMode) {
  Command command(joined({"run"}, joined(endless_thinking(), {"What is 7 + 8?"})), {.terminal = true});
  ASSERT_TRUE(command.wait_for_bytes(30));
  command.type("\x03");  // Ctrl-C, through the terminal
  const Result result = command.finish();
  EXPECT_EQ(result.status, 130);
  EXPECT_NE(result.out.find(kPlain), std::string::npos);
  EXPECT_TRUE(result.out.ends_with("reckon: note: interrupted\r\n")) << result.out;
}

TEST(Terminal, TheSecondInterruptionLeavesDimModeToo) {
  Command command(joined({"run"}, joined(endless_thinking(), {"What is 7 + 8?"})), {.terminal = true});
  ASSERT_TRUE(command.wait_for_bytes(30));
  ::kill(command.pid(), SIGSTOP);  // both signals are there when it goes on
  ::kill(command.pid(), SIGINT);
  ::kill(command.pid(), SIGTERM);
  ::kill(command.pid(), SIGCONT);
  const Result result = command.finish();
  EXPECT_TRUE(result.status == 130 || result.status == 143) << "whichever is delivered last";
  EXPECT_NE(result.out.find(kPlain), std::string::npos) << result.out;
}

TEST(Terminal, NoPromptIsToldInsteadOfWaitedFor) {
  const Result result = run_command({"run"}, {.terminal = true});
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.out.find("no prompt: give one as an argument or on standard input"), std::string::npos);
}

TEST(Terminal, ChatEditsLinesAndRemembersThem) {
  const TemporaryDirectory directory;
  const Surroundings around{.terminal = true, .environment = {{"XDG_STATE_HOME", directory.path()}}};
  {
    Command command({"chat", "-q", "--temp", "0"}, around);
    ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
    command.type("What is 7 + 9?");
    command.type(
        "\x1b[D\x7f"
        "8\r");  // left, delete the 9, an 8 in its place
    ASSERT_TRUE(command.wait_for("15")) << command.out();
    command.type("/exit\r");
    EXPECT_EQ(command.finish().status, 0);
  }
  EXPECT_NE(read_file(directory.file("reckon/history")).find("7"), std::string::npos);
  Command command({"chat", "-q", "--temp", "0"}, around);
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.type("\x1b[A\x1b[A\r");  // two lines up: before /exit
  ASSERT_TRUE(command.wait_for("15")) << command.out();
  type_ctrl_d(command);
  EXPECT_EQ(command.finish().status, 0);
}

TEST(Terminal, ChatTakesWideCharacters) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("chat.json");
  Command command({"chat", "--system", "x"}, {.terminal = true});
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.type(
      "/system 中文é\x7f"
      "e\r");  // the é is deleted whole
  command.type("/save " + file + "\r");
  ASSERT_TRUE(command.wait_for("saved 1 message "));
  type_ctrl_d(command);
  EXPECT_EQ(command.finish().status, 0);
  EXPECT_NE(read_file(file).find("\"中文e\""), std::string::npos) << read_file(file);
}

TEST(Terminal, CtrlCAtThePromptDropsTheLineAndCtrlDEnds) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("chat.json");
  Command command({"chat"}, {.terminal = true});
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.type("half a line");
  ASSERT_TRUE(command.wait_for("half a line"));
  command.type("\x03");
  ::usleep(100'000);
  command.type("/save " + file + "\r");
  ASSERT_TRUE(command.wait_for("saved 0 messages")) << command.out();
  type_ctrl_d(command);
  EXPECT_EQ(command.finish().status, 0);
}

TEST(Terminal, CtrlCEndsTheTurnAndNotTheChat) {
  Command command(joined({"chat"}, endless_thinking()), {.terminal = true});
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.type("What is 7 + 8?\r");
  ASSERT_TRUE(command.wait_for_bytes(command.out().size() + 300));  // the echo is shorter: it thinks
  command.type("\x03");
  ASSERT_TRUE(command.wait_for("interrupted; /continue goes on")) << command.out();
  command.type("/stats\r");
  ASSERT_TRUE(command.wait_for("conversation: 0 messages")) << command.out();
  command.type("/exit\r");
  EXPECT_EQ(command.finish().status, 0);
}

TEST(Terminal, SigtermEndsAnIdleChat) {
  Command command({"chat"}, {.terminal = true});
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.signal(SIGTERM);
  EXPECT_EQ(command.finish().status, 143);
}

TEST(Terminal, AnIdleChatUsesNoProcessorTime) {
  Command command({"chat"}, {.terminal = true});
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.type("What is 1 + 1?\r");
  ASSERT_TRUE(command.wait_for("seed"));
  ::usleep(300'000);
  const std::string stat = "/proc/" + std::to_string(command.pid()) + "/stat";
  const auto ticks = [&] {  // user and system time: fields 14 and 15, counted after the name's parenthesis
    std::string text = read_file(stat);
    text = text.substr(text.rfind(')') + 2);
    unsigned long user = 0, system = 0;
    EXPECT_EQ(
        std::sscanf(text.c_str(), "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system), 2);
    return user + system;
  };
  const unsigned long before = ticks();
  ::usleep(1'000'000);
  EXPECT_LE(ticks() - before, 1u);
}

TEST(Terminal, LongLinesWorkAfterTheWindowChanged) {
  Command command({"chat"}, {.terminal = true, .columns = 40});
  ASSERT_TRUE(command.wait_for("> ") && command.wait_for_editing());
  command.resize(20);
  ::kill(command.pid(), SIGWINCH);
  const TemporaryDirectory directory;
  command.type("/system " + std::string(200, 'x') + "\r");
  command.type("/save " + directory.file("a") + "\r");
  ASSERT_TRUE(command.wait_for("saved"));
  type_ctrl_d(command);
  EXPECT_EQ(command.finish().status, 0);
  EXPECT_NE(read_file(directory.file("a")).find(std::string(200, 'x')), std::string::npos);
}

}  // namespace
}  // namespace reckon::cli::testing
