// A command line: arguments that end with a zero byte, the command's name first. The last field is what a
// file holds that an option names.
#include "fuzz/command_stubs.hpp"
#include "fuzz/option_checks.hpp"
#include "fuzz/target.hpp"
#include "tools/reckon/saved_settings.hpp"

namespace reckon::fuzz {
namespace {

using namespace cli;

constexpr size_t kMostArguments = 64;

const Command* find(const std::vector<Command>& commands, const std::string& name) {
  const auto found = std::ranges::find(commands, name, &Command::name);
  return found == commands.end() ? nullptr : &*found;
}

// True if the command would have been executed.
bool parse(const Command& command, const std::vector<std::string>& arguments) {
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  try {
    const bool help = cli::parse(command, static_cast<int>(argv.size()), argv.data());
    if (help) FUZZ_CHECK(!help_text(command).empty());
    return !help;
  } catch (const UsageError& error) {
    FUZZ_CHECK(*error.what() != '\0');
  } catch (const Error& error) {
    FUZZ_CHECK(error.code() == ErrorCode::io && *error.what() != '\0');
  }
  return false;
}

const GenerationOptions* generation_of(const AllOptions& options, const std::string& command) {
  if (command == "run") return &options.run.generation;
  if (command == "vote") return &options.vote.generation;
  if (command == "chat") return &options.chat.generation;
  if (command == "batch") return &options.batch.generation;
  if (command == "eval") return &options.eval.generation;
  return nullptr;
}

// A saved session's settings say anything, too.
void check_saved(const std::vector<std::string>& arguments) {
  SavedSettings saved;
  for (size_t i = 0; i + 1 < arguments.size(); i += 2) {
    const std::string& name = arguments[i];
    saved.emplace_back(name.starts_with("--") ? name.substr(2) : name, arguments[i + 1]);
  }
  GenerationOptions options;
  for (const std::string& problem : apply_settings(saved, options)) FUZZ_CHECK(!problem.empty());
  check_ranges(generation_table(options));
}

void run(Input input) {
  std::vector<std::string> arguments;
  while (!input.empty() && arguments.size() < kMostArguments) arguments.emplace_back(input.field());
  if (arguments.empty()) return;
  file_content() = arguments.back();
  const std::string name = arguments.front();
  arguments.erase(arguments.begin());
  if (!arguments.empty()) arguments.pop_back();

  static AllOptions options;
  static const std::vector<Command> commands = command_table(options);
  options = {};
  const Command* command = find(commands, name);
  if (command == nullptr) return static_cast<void>(nearest(name, {"run", "chat", "tokenize"}));
  const GenerationOptions* generation = generation_of(options, name);
  if (parse(*command, arguments) && generation != nullptr) check_generation_options(*generation);
  check_ranges(command->options);
  check_saved(arguments);
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
