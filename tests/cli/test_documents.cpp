// --help, the man page and the completions: all options, all shells.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "cli/command.hpp"
#include "tools/reckon/settings.hpp"

namespace reckon::cli::testing {
namespace {

const std::vector<cli::Command>& commands() {
  static AllOptions options;
  static const std::vector<cli::Command> table = command_table(options);
  return table;
}

TEST(Documents, HelpMentionsEveryOptionWithItsRangeAndHasExamples) {
  for (const cli::Command& command : commands()) {
    const Result result = run_command({command.name, "--help"});
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    for (const Option& option : command.options) {
      if (!option.positional()) {
        EXPECT_NE(result.out.find(option.long_name()), std::string::npos) << option.names;
      }
      if (!option.short_name().empty()) {
        EXPECT_NE(result.out.find(option.short_name()), std::string::npos);
      }
    }
    for (const Example& example : command.examples)
      EXPECT_NE(result.out.find(example.line), std::string::npos);
    EXPECT_NE(result.out.find("Examples:"), std::string::npos) << command.name;
    EXPECT_NE(result.out.find("Exit status: 0"), std::string::npos) << command.name;
    EXPECT_EQ(result.out.find("in circles") != std::string::npos, command.name == "run");
    const std::string before_examples = result.out.substr(0, result.out.find("\nExamples:"));
    for (const std::string& line : lines_of(before_examples)) EXPECT_LE(line.size(), 80u) << line;
    EXPECT_EQ(run_command({"help", command.name}).out, result.out);
    EXPECT_EQ(run_command({command.name, "-h"}).out, result.out);
  }
}

TEST(Documents, TheOverviewNamesEveryCommand) {
  const Result result = run_command({"--help"});
  EXPECT_EQ(result.status, 0);
  const std::string words = std::regex_replace(result.out, std::regex("\\s+"), " ");
  for (const cli::Command& command : commands()) {
    EXPECT_NE(result.out.find("\n  " + command.name + " "), std::string::npos);
    EXPECT_NE(words.find(" " + command.name + " " + command.summary + " "), std::string::npos);
  }
  EXPECT_NE(result.out.find("\n  help "), std::string::npos);
  EXPECT_EQ(run_command({"-h"}).out, result.out);
  const Result none = run_command({});
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.out, "");
  EXPECT_EQ(none.err, result.out);
}

TEST(Documents, VersionIsALine) {
  const Result result = run_command({"--version"});
  EXPECT_EQ(result.status, 0);
  EXPECT_EQ(result.out.find("reckon "), 0u);
  EXPECT_EQ(lines_of(result.out).size(), 1u);
  EXPECT_EQ(run_command({"run", "--version"}).out, result.out) << "wherever it is asked for";
}

TEST(Documents, UnknownCommandsAndOptionsAreWrongUsage) {
  for (const auto& [arguments, expected] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"rnu"}, "unknown command 'rnu'; did you mean run?"},
           {{"What is 2 + 3?"}, "unknown command 'What is 2 + 3?'; see reckon --help"},
           {{"--verison"}, "unknown option --verison"},
           {{"help", "nothing"}, "unknown command 'nothing'"},
           {{"bench", "--promt", "x"}, "unknown option --promt; did you mean --prompt?"},
           {{"run", "-x + 3"}, "unknown option -x + 3; a prompt that begins with - goes behind --\n"},
           {{"vote", "--solve=x"}, "unknown option --solve; reckon vote --help lists the options\n"},
           {{"-m", "x", "run", "hi"}, "-m: options come after the command: reckon run -m ...\n"},
           {{"hlep"}, "unknown command 'hlep'; did you mean help?\n"},
           {{"inspect", "model.gguf"}, "one argument too many: 'model.gguf'; name the model with -m\n"},
           {{"inspect", RECKON_SOURCE_DIR "/README.md"},
            "one argument too many: '" RECKON_SOURCE_DIR "/README.md'; name the model with -m\n"},
           {{"inspect", "extra"}, "one argument too many: 'extra'\n"},
           {{"run", "a", "-", "c"}, "one argument too many: 'c' (a text of several words needs quotes)\n"},
           {{"sessions", "rm", "a"},
            "ACTION: 'rm' is not list or show or fork or remove; did you mean remove?\n"},
           {{"sessions", "delete", "a"},
            "ACTION: 'delete' is not list or show or fork or remove; did you mean remove?\n"},
           {{"sessions", "ls"}, "ACTION: 'ls' is not list or show or fork or remove; did you mean list?\n"},
           {{"run", "--cache", "q8", "p"}, "--cache: 'q8' is not f16 or q8_0; did you mean q8_0?\n"},
           {{"run", "--prompt-cache", "", "p"}, "--prompt-cache: the folder's name is empty\n"},
           {{"run", "--ctx", "9999999", "p"},
            "--ctx: a context of 9999999; the model has 2 to 2048 positions\n"},
           {{"chat", "--ctx", "9999999"}, "--ctx: a context of 9999999; the model has 2 to 2048 positions\n"},
           {{"run", "--logit-bias", "99999=1", "p"}, "--logit-bias: token 99999; expected 0 to 1279\n"},
           {{"eval", "--restart", "q.jsonl"},
            "--restart: there is no --out with results of an earlier run\n"},
           {{"eval", "--retry-failed", "q.jsonl"},
            "--retry-failed: there is no --out with results of an earlier run\n"},
           {{"run", "--promt-cache", "on"}, "unknown option --promt-cache; did you mean --prompt-cache?"},
           {{"bench", "-x + 3"}, "unknown option -x + 3; reckon bench --help lists the options\n"},
           {{"completions", "fish"}, "SHELL: 'fish' is not bash or zsh"},
           {{"completions"}, "name the shell: bash or zsh"}}) {
    const Result result = run_command(arguments);
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err.find("reckon: error: " + expected), 0u) << result.err;
  }
}

int shell_status(const std::string& line) { return std::system(line.c_str()); }

TEST(Documents, BashCompletionsAreValidAndComplete) {
  const TemporaryDirectory directory;
  const std::string script = directory.file("reckon.bash");
  write_file(script, run_command({"completions", "bash"}).out);
  EXPECT_EQ(shell_status("bash -n " + script), 0);
  const auto completed = [&](const std::string& words, int index) {
    const std::string out = directory.file("out");
    EXPECT_EQ(shell_status("cd " + directory.path() + "; bash -c 'source " + script + "; COMP_WORDS=(" +
                           words + "); COMP_CWORD=" + std::to_string(index) +
                           "; _reckon; printf \"%s\\n\" \"${COMPREPLY[@]}\"' > " + out),
              0);
    return lines_of(read_file(out));
  };
  EXPECT_EQ(completed("reckon insp", 1), std::vector<std::string>{"inspect"});
  EXPECT_EQ(completed("reckon run --max", 2), std::vector<std::string>{"--max-tokens"});
  EXPECT_EQ(completed("reckon bench -o j", 3), std::vector<std::string>{"json"});
  EXPECT_EQ(completed("reckon completions z", 2), std::vector<std::string>{"zsh"});
  const std::vector<std::string> nothing{""};
  const std::vector<std::string> file{"my prompts.jsonl"};
  write_file(directory.file(file[0]), "");
  EXPECT_EQ(completed("reckon eval my", 2), file);
  EXPECT_EQ(completed("reckon batch -q my", 3), file);
  EXPECT_EQ(completed("reckon batch a.jsonl my", 3), file);
  EXPECT_EQ(completed("reckon run -m my", 3), file);
  EXPECT_EQ(completed("reckon run my", 2), nothing) << "a prompt is no file";
  EXPECT_EQ(completed("reckon batch --retr", 2), std::vector<std::string>{"--retry-failed"});
  EXPECT_EQ(completed("reckon hel", 1), std::vector<std::string>{"help"});
  EXPECT_EQ(completed("reckon help insp", 2), std::vector<std::string>{"inspect"});
  ASSERT_EQ(::setenv("XDG_DATA_HOME", directory.path().c_str(), 1), 0);
  std::filesystem::create_directories(directory.file("reckon/sessions"));
  for (const std::string name : {"proof", "prose", "sums"}) {
    write_file(directory.file("reckon/sessions/" + name + ".session"), "");
  }
  EXPECT_EQ(completed("reckon run --session pro", 3), (std::vector<std::string>{"proof", "prose"}));
  EXPECT_EQ(completed("reckon chat --session x", 3), nothing);
  for (const std::string action : {"show", "fork", "remove"}) {
    EXPECT_EQ(completed("reckon sessions " + action + " s", 3), std::vector<std::string>{"sums"}) << action;
  }
  ::unsetenv("XDG_DATA_HOME");
}

TEST(Documents, ZshCompletionsAreValid) {
  if (!has_program("zsh")) GTEST_SKIP() << "zsh is missing";
  const TemporaryDirectory directory;
  const std::string script = directory.file("_reckon");
  write_file(script, run_command({"completions", "zsh"}).out);
  EXPECT_EQ(shell_status("zsh -f -n " + script), 0);
  // Loaded as compinit loads it: the functions it calls are there and the definition is taken.
  EXPECT_EQ(shell_status("zsh -f -c 'fpath=(" + directory.path() +
                         " $fpath); autoload -Uz compinit; compinit -D -u; "
                         "[[ $_comps[reckon] == _reckon ]] && autoload +X _reckon'"),
            0);
}

TEST(Documents, TheManPageRendersWithoutWarningsAndIsComplete) {
  const std::string page = run_command({"man"}).out;
  for (const cli::Command& command : commands())
    EXPECT_NE(page.find("reckon " + command.name), std::string::npos);
  for (const std::string section :
       {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES"}) {
    EXPECT_NE(page.find(".SH " + section + "\n"), std::string::npos) << section;
  }
  for (const std::string folder : {"sessions", "prompts"}) {
    EXPECT_NE(page.find(".I $XDG_DATA_HOME/reckon/" + folder + "\n"), std::string::npos) << folder;
    EXPECT_NE(page.find(".IR ~/.local/share/reckon/" + folder + " .\n"), std::string::npos) << folder;
  }
  EXPECT_NE(page.find(".BR XDG_DATA_HOME "), std::string::npos);
  EXPECT_NE(page.find("No sample of\n.B vote\ngave one."), std::string::npos) << "exit status 3";
  if (!has_program("groff")) GTEST_SKIP() << "groff is missing: the page was not rendered";
  const TemporaryDirectory directory;
  write_file(directory.file("reckon.1"), page);
  EXPECT_EQ(shell_status("groff -man -Tascii -P-c -P-b -P-u -ww " + directory.file("reckon.1") + " > " +
                         directory.file("text") + " 2> " + directory.file("warnings")),
            0);
  EXPECT_EQ(read_file(directory.file("warnings")), "");
  const std::string text = read_file(directory.file("text"));
  for (const cli::Command& command : commands()) {
    for (const Option& option : command.options) {
      if (!option.positional()) {
        EXPECT_NE(text.find(option.long_name()), std::string::npos) << option.names;
      }
    }
  }
}

TEST(Documents, TheBuildWritesThem) {
  EXPECT_EQ(read_file(RECKON_BINARY_DIR "/man/reckon.1"), run_command({"man"}).out);
  EXPECT_EQ(read_file(RECKON_BINARY_DIR "/completions/reckon.bash"),
            run_command({"completions", "bash"}).out);
  EXPECT_EQ(read_file(RECKON_BINARY_DIR "/completions/_reckon"), run_command({"completions", "zsh"}).out);
}

}  // namespace
}  // namespace reckon::cli::testing
