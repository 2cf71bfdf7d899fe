// Texts of a model file, a session and a prompt's answer that would steer a terminal.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "cli/command.hpp"
#include "tools/reckon/json_output.hpp"

namespace reckon::cli::testing {
namespace {

const std::string kEscape = "\x1b]0;x\x07";  // sets a window's title

// The embedded model's file, with `text` in place of what follows `after`: lengths stay.
void write_model(const std::string& file, const std::string& after, const std::string& text) {
  std::string bytes = read_file(RECKON_SOURCE_DIR "/models/reckon-tiny.gguf");
  const size_t at = bytes.find(after);
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at + after.size(), text.size(), text);
  write_file(file, bytes);
}

// Of what was written to a terminal, nothing of the file may begin an escape sequence.
void expect_harmless(const Result& result) {
  EXPECT_EQ(result.out.find("\x1b]"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find('\x07'), std::string::npos) << result.out;
  EXPECT_EQ(result.err.find('\x1b'), std::string::npos) << result.err;
}

TEST(HostileNames, OfAModelReachNoTerminal) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("model.gguf");
  write_model(file, std::string("general.name\x08\0\0\0\x0b\0\0\0\0\0\0\0", 24), kEscape);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"inspect", "-m", file},
                                                    {"bench", "-m", file, "-p", "4", "-n", "0", "-r", "1"},
                                                    {"run", "-m", file, "--temp", "0", "-n", "3", "1"}}) {
    const Result result = run_command(arguments, {.terminal = true});
    EXPECT_NE(result.status, 1) << result.out;
    expect_harmless(result);
  }
  Command chat({"chat", "-m", file}, {.terminal = true});
  ASSERT_TRUE(chat.wait_for("/help lists") && chat.wait_for_editing());
  chat.signal(SIGTERM);
  expect_harmless(chat.finish());
}

TEST(HostileNames, OfAChatTemplateReachNoTerminal) {
  const TemporaryDirectory directory;
  const std::string file = directory.file("model.gguf");
  write_model(file, "tokenizer.chat_template\x08" + std::string(3, '\0'), "");
  std::string bytes = read_file(file);
  const size_t at = bytes.find("tokenizer.chat_template") + 23 + 4 + 8;
  const std::string source = "{{ raise_exception('" + kEscape + "') }}{#";
  bytes.replace(at, source.size(), source);
  write_file(file, bytes);
  for (const std::string command : {"run", "vote"}) {
    for (const bool terminal : {false, true}) {
      const Result result = run_command({command, "-m", file, "1"}, {.terminal = terminal});
      EXPECT_EQ(result.status, 1);
      EXPECT_NE((terminal ? result.out : result.err).find("tokenizer.chat_template"), std::string::npos);
      expect_harmless(result);
    }
  }
}

TEST(HostileNames, InJsonAreEscaped) {
  const Json json = {{"a\x7f", "\x1b[2J\x07\xc2\x9b\xc2\x80\xc2\xa0é\xff"}};
  const std::string line = json_line(json);
  EXPECT_EQ(line, "{\"a\\u007f\":\"\\u001b[2J\\u0007\\u009b\\u0080\xc2\xa0é\xef\xbf\xbd\"}\n");
  EXPECT_EQ(Json::parse(line).begin().key(), "a\x7f") << "what was escaped is what is read";
}

// The eight-bit CSI, which is no control character of ASCII.
TEST(HostileNames, OfSessionFilesReachNoTerminal) {
  const TemporaryDirectory directory;
  const std::string folder = directory.file("reckon/sessions/");
  std::filesystem::create_directories(folder);
  write_file(folder + "a\xc2\x9b" + "7m.session", "none");
  write_file(folder + "b\x1b[7m.session", "none");  // no session can be called that: the others are listed
  const Result result =
      run_command({"sessions"}, {.terminal = true, .environment = {{"XDG_DATA_HOME", directory.path()}}});
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.out.find("a\xef\xbf\xbd"
                            "7m "),
            std::string::npos)
      << result.out;
  EXPECT_EQ(result.out.find("\xc2\x9b"), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("[7m"), std::string::npos) << result.out;
}

TEST(HostileNames, OfFilesAndArgumentsReachNoTerminal) {
  const std::string missing = "/nonexistent/" + kEscape;
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", "-m", missing, "1"},
                                                    {"inspect", "-m", missing},
                                                    {"run", "--temp", kEscape, "1"},
                                                    {kEscape},
                                                    {"run", "--session", kEscape, "1"},
                                                    {"run", "--" + kEscape},
                                                    {"score", "--file", missing},
                                                    {"run", "--regex", "(" + kEscape, "1"},
                                                    {"batch", missing, missing}}) {
    expect_harmless(run_command(arguments, {.terminal = true}));
  }
}

}  // namespace
}  // namespace reckon::cli::testing
