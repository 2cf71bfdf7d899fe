// The command's table without what it leads to: nothing is executed here, and no file is read.
#include "fuzz/command_stubs.hpp"

#include "fuzz/check.hpp"
#include "tools/reckon/input.hpp"

namespace reckon::fuzz {

std::string& file_content() {
  static std::string content;
  return content;
}

}  // namespace reckon::fuzz

namespace reckon::cli {
namespace {

int not_here() { fuzz::fail(__FILE__, __LINE__, "a command was executed"); }

}  // namespace

std::string read_all(const std::string& file) {
  if (file.empty() || file.find('\0') != std::string::npos) throw Error(ErrorCode::io, "can't open " + file);
  return fuzz::file_content();
}

int run(const RunOptions&) { return not_here(); }
int vote(const VoteCommandOptions&) { return not_here(); }
int chat(const ChatOptions&) { return not_here(); }
int bench(const BenchOptions&) { return not_here(); }
int inspect(const InspectOptions&) { return not_here(); }
int tokenize(const TokenizeCommandOptions&) { return not_here(); }
int score(const ScoreOptions&) { return not_here(); }
int batch(const PromptsOptions&) { return not_here(); }
int eval(const PromptsOptions&) { return not_here(); }
int sessions(const SessionsOptions&) { return not_here(); }
int man() { return not_here(); }
int completions(const CompletionsOptions&) { return not_here(); }

}  // namespace reckon::cli
