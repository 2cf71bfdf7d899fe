// The options of every command, with their defaults.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <reckon/reckon.hpp>

#include "options.hpp"

namespace reckon::cli {

struct ModelOptions {
  std::optional<std::string> file;  // none: the embedded model
  uint64_t threads = 0;
  std::string cache = "f16";
};

struct GenerationOptions {
  GenerateOptions generate;  // its seed is filled in from `seed`
  std::optional<uint64_t> seed;
  uint64_t context = 0;
  std::optional<std::string> system;
  bool hide_thinking = false;
  bool fold = false;
  bool no_render = false;
  bool quiet = false;
  std::string prompt_cache = "off";  // or "on", or a folder
  uint64_t prompt_cache_gib = 8;
  std::set<std::string> given;  // settings asked for, at the command line or by /set: setting_of() names them
};

struct RunOptions {
  ModelOptions model;
  GenerationOptions generation;
  std::optional<std::string> prompt;
  std::optional<std::string> standard_input;  // the "-" after a prompt
  std::optional<std::string> session;         // a name
  bool raw = false;
  bool json = false;
  bool events = false;
  uint64_t samples = 1;
  uint64_t parallel = 16;
};

struct VoteCommandOptions {
  ModelOptions model;
  GenerationOptions generation;
  std::optional<std::string> prompt;
  std::optional<std::string> standard_input;  // the "-" after a prompt
  bool raw = false;
  bool json = false;
  uint64_t samples = 16;
  uint64_t parallel = 16;
  bool no_early_stop = false;
};

struct ChatOptions {
  ModelOptions model;
  GenerationOptions generation;
  bool no_history = false;
  std::optional<std::string> session;
};

struct BenchOptions {
  ModelOptions model;
  std::vector<uint64_t> prompt_tokens{512};
  std::vector<uint64_t> generated_tokens{64};
  std::vector<uint64_t> depths{0};
  std::vector<uint64_t> parallel{1};
  uint64_t repetitions = 3;
  bool no_warmup = false;
  bool roofline = false;
  std::string output = "md";
  std::optional<std::string> prompt;
  uint64_t max_tokens = 1024;
  bool quiet = false;
};

struct InspectOptions {
  ModelOptions model;
  uint64_t context = 0;
  bool json = false;
  bool tensors = false;
};

struct TokenizeCommandOptions {
  std::optional<std::string> file;  // none: the embedded model
  bool plain = false;
  bool decode = false;
};

struct ScoreOptions {
  ModelOptions model;
  std::optional<std::string> tokens;
  std::optional<std::string> file;
  uint64_t context = 0;
  uint64_t top = 0;
};

// Of the commands that answer many prompts.
struct PromptsOptions {
  ModelOptions model;
  GenerationOptions generation;
  std::optional<std::string> input;
  std::optional<std::string> results;
  uint64_t samples = 1;
  std::optional<uint64_t> parallel;  // none: what memory allows, at most 16
  bool restart = false;
  bool retry_failed = false;
  bool json = false;  // eval
};

struct SessionsOptions {
  std::string action = "list";
  std::optional<std::string> name;
  std::optional<std::string> new_name;
  bool json = false;
};

struct CompletionsOptions {
  std::string shell;
};

struct AllOptions {
  RunOptions run;
  VoteCommandOptions vote;
  ChatOptions chat;
  BenchOptions bench;
  InspectOptions inspect;
  TokenizeCommandOptions tokenize;
  ScoreOptions score;
  PromptsOptions batch;
  PromptsOptions eval;
  SessionsOptions sessions;
  CompletionsOptions completions;
};

constexpr int64_t kMostTokens = 1'000'000'000;

constexpr int64_t kMostSamples = 65'536;
constexpr int64_t kMostParallel = 256;

// The tables one behind the other; generation_table.cpp.
std::vector<Option> joined(std::initializer_list<std::vector<Option>> tables);
// The table without the options of these long names; generation_table.cpp.
std::vector<Option> without(std::vector<Option> table, std::initializer_list<std::string_view> names);
// Every command, its options bound to `options`; tables.cpp.
std::vector<Command> command_table(AllOptions& options);
// The model and how it runs, bound to `model`; tables.cpp.
std::vector<Option> model_table(ModelOptions& model);
// The commands that answer a prompt; talk_table.cpp.
Command run_command(RunOptions& options);
Command vote_command(VoteCommandOptions& options);
Command chat_command(ChatOptions& options);
// The commands that answer many prompts; prompts_table.cpp.
Command batch_command(PromptsOptions& options);
Command eval_command(PromptsOptions& options);
// The options of a generation, bound to `generation`; generation_table.cpp. Chat's /set can change some.
std::vector<Option> generation_table(GenerationOptions& generation);

// The same without what is for a reader at a terminal; prompts_table.cpp.
std::vector<Option> unattended_generation_table(GenerationOptions& generation);

// Exit statuses besides 0 and signals::exit_status().
constexpr int kErrorStatus = 1;
constexpr int kUsageStatus = 2;
constexpr int kEndedInThinkingStatus = 3;
constexpr int kCutAnswerStatus = 4;  // the answer is not whole
constexpr int kBudgetStatus = 5;  // it is, after a thought that was closed at its budget or for the reserve
constexpr int kBrokenLoopStatus = 6;  // it is, after a thought that was closed because it repeated itself

// One file each: cmd_NAME.cpp. They return the exit status and throw UsageError, Error.
int run(const RunOptions& options);
int vote(const VoteCommandOptions& options);
int chat(const ChatOptions& options);
int bench(const BenchOptions& options);
int inspect(const InspectOptions& options);
int tokenize(const TokenizeCommandOptions& options);
int score(const ScoreOptions& options);
int batch(const PromptsOptions& options);
int eval(const PromptsOptions& options);
int sessions(const SessionsOptions& options);
int man();
int completions(const CompletionsOptions& options);

std::string help_text(const Command& command);
std::string overview_text(const std::vector<Command>& commands);

}  // namespace reckon::cli
