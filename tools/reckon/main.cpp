// The reckon command: finds the subcommand, parses its options, turns errors into messages and exit statuses.
#include <fmt/format.h>

#include <algorithm>
#include <clocale>
#include <new>
#include <string_view>

#include <reckon/reckon.hpp>

#include "json_output.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr const char* kSeeHelp = "see reckon --help";
constexpr const char* kOutOfMemory = "out of memory";

// "-m x run": the option is the command's. Throws where the first word is none of ours and one that follows
// is a command.
void refuse_options_in_front(const std::vector<Command>& commands, int argc, const char* const* argv) {
  if (*argv[1] != '-') return;
  for (int i = 2; i < argc; ++i) {
    if (std::ranges::find(commands, argv[i], &Command::name) == commands.end()) continue;
    throw UsageError(
        fmt::format("{}: options come after the command: reckon {} {} ...", argv[1], argv[i], argv[1]));
  }
}

const Command& find_command(const std::vector<Command>& commands, const std::string& name) {
  std::vector<std::string> names{"help"};
  for (const Command& command : commands) {
    if (command.name == name) return command;
    names.push_back(command.name);
  }
  if (name.starts_with("-")) throw UsageError(fmt::format("unknown option {}; {}", name, kSeeHelp));
  const std::string near = nearest(name, names);
  throw UsageError(fmt::format("unknown command '{}'; {}", name,
                               near.empty() ? std::string(kSeeHelp) : "did you mean " + near + "?"));
}

int print(const std::string& text) {
  standard_output().write(text);
  return 0;
}

// For programs: standard output has one more object, also where the command line is wrong.
template <class F>
int with_json_errors(const Command& command, const AllOptions& options, F act) {
  const auto tell = [&](ErrorCode code, const char* message) {
    if (command.writes_json == nullptr || !command.writes_json(options)) return;
    standard_output().write(json_line(error_json(code, message)));
  };
  try {
    return act();
  } catch (const UsageError& error) {
    tell(ErrorCode::invalid_argument, error.what());
    throw;
  } catch (const Error& error) {
    tell(error.code(), error.what());
    throw;
  } catch (const std::bad_alloc&) {
    tell(ErrorCode::out_of_memory, kOutOfMemory);
    throw;
  }
}

int dispatch(int argc, const char* const* argv) {
  AllOptions options;
  const std::vector<Command> commands = command_table(options);
  const std::string name = argc > 1 ? argv[1] : "";
  if (name.empty()) {
    standard_error().write(overview_text(commands));
    return kUsageStatus;
  }
  if (name == "--version" || (argc == 3 && std::string_view(argv[2]) == "--version"))
    return print(fmt::format("reckon {}\n", version()));
  if (name == "--help" || name == "-h" || name == "help") {
    return print(argc > 2 ? help_text(find_command(commands, argv[2])) : overview_text(commands));
  }
  refuse_options_in_front(commands, argc, argv);
  const Command& command = find_command(commands, name);
  return with_json_errors(command, options, [&] {
    return parse(command, argc - 2, argv + 2) ? print(help_text(command)) : command.execute(options);
  });
}

// What was written to standard output may not have arrived.
int check_output(int status) {
  const Output& out = standard_output();
  if (!out.failed()) return status;
  if (!out.reader_gone()) report_error("can't write to standard output: " + out.error_text());
  return status == 0 ? kErrorStatus : status;
}

int guarded(int argc, const char* const* argv) {
  try {
    return check_output(dispatch(argc, argv));
  } catch (const UsageError& error) {
    report_error(error.what());
    return kUsageStatus;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled && signals::interrupted()) return signals::exit_status();
    report_error(error.what());
    // What was typed, or an environment variable, can't be meant.
    if (error.code() == ErrorCode::invalid_argument) return kUsageStatus;
  } catch (const std::bad_alloc&) {
    report_error(kOutOfMemory);
  } catch (const std::exception& error) {
    report_error(error.what());
  }
  return kErrorStatus;
}

}  // namespace
}  // namespace reckon::cli

int main(int argc, char** argv) {
  reckon::cli::occupy_standard_descriptors();
  // Characters are UTF-8 whatever the environment says; numbers stay in the C locale.
  if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) static_cast<void>(std::setlocale(LC_CTYPE, ""));
  reckon::cli::signals::install();
  return reckon::cli::guarded(argc, argv);
}
