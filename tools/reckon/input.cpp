#include "input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "bounded_json.hpp"
#include "descriptor.hpp"
#include "io_error.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "write_all.hpp"

namespace reckon::cli {
namespace {

constexpr int kPipePatienceMs = 3000;
// No context is as long, and no device that never ends (/dev/zero) fills the memory.
constexpr size_t kMostBytes = size_t{256} << 20;

std::string read_descriptor(int descriptor, const std::string& name) {
  std::string content;
  std::string block(1 << 16, '\0');
  for (;;) {
    if (signals::wait_readable(descriptor, -1) == signals::Wait::interrupted) {
      throw Error(ErrorCode::cancelled, "interrupted while reading " + name);
    }
    const ssize_t count = ::read(descriptor, block.data(), block.size());
    if (count == 0) return content;
    if (count > 0) content.append(block, 0, static_cast<size_t>(count));
    if (content.size() > kMostBytes) {
      throw Error(ErrorCode::io,
                  fmt::format("can't read {}: it has more than {} MiB", name, kMostBytes >> 20));
    }
    if (count < 0 && errno != EINTR && errno != EAGAIN) throw_io_error("can't read " + name);
  }
}

std::string without_last_newline(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

// False for a terminal, and for a descriptor that was closed when the command began: it can only be written
// (occupy_standard_descriptors()).
bool standard_input_is_redirected() {
  const int flags = ::fcntl(STDIN_FILENO, F_GETFL);
  return flags >= 0 && (flags & O_ACCMODE) != O_WRONLY && ::isatty(STDIN_FILENO) != 1;
}

// Does standard input belong to this prompt? A silent pipe may be one that was inherited and never ends.
bool standard_input_offers_text(bool quiet) {
  if (!standard_input_is_redirected()) return false;
  if (signals::wait_readable(STDIN_FILENO, kPipePatienceMs) != signals::Wait::timeout) return true;
  if (!quiet) note("standard input is open but silent: not waiting for it (add - after the prompt to wait)");
  return false;
}

std::string standard_input_beside_prompt(const std::optional<std::string>& argument, bool quiet) {
  if (argument) {
    if (*argument != "-") {
      throw UsageError(
          fmt::format("one argument too many: '{}' (a text of several words needs quotes)", *argument));
    }
    return read_all("-");
  }
  return standard_input_offers_text(quiet) ? read_all("-") : std::string();
}

nlohmann::json parse_flat_json(const std::string& text, const std::string& expected, ErrorCode code) {
  try {
    return parse_json(text, {.depth = 1, .values = text.size()});
  } catch (const JsonError& error) {
    throw Error(code, fmt::format("{}, and this is {}", expected, error.what()));
  }
}

}  // namespace

std::string read_all(const std::string& file) {
  if (file == "-") return read_descriptor(STDIN_FILENO, "standard input");
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));  // see LineSource
  if (descriptor.number() < 0) throw_io_error("can't open " + file);
  return read_descriptor(descriptor.number(), file);
}

std::optional<std::string> read_prompt_if_any(const std::optional<std::string>& argument,
                                              const std::optional<std::string>& standard_input, bool quiet) {
  if (!argument && !standard_input_is_redirected()) return std::nullopt;
  std::string prompt;
  if (!argument || *argument == "-") {
    if (standard_input) throw UsageError("one argument too many: '" + *standard_input + "'");
    prompt = without_last_newline(read_all("-"));
  } else {
    prompt = *argument;
    const std::string appended = without_last_newline(standard_input_beside_prompt(standard_input, quiet));
    if (!appended.empty()) prompt += "\n\n" + appended;
  }
  return prompt.empty() ? std::nullopt : std::optional(std::move(prompt));
}

std::string read_prompt(const std::optional<std::string>& argument,
                        const std::optional<std::string>& standard_input, bool quiet) {
  if (auto prompt = read_prompt_if_any(argument, standard_input, quiet)) return *std::move(prompt);
  const bool none = !argument && !standard_input_is_redirected();
  throw UsageError(none ? "no prompt: give one as an argument or on standard input" : "the prompt is empty");
}

std::vector<Message> messages_for(const GenerationOptions& options, const std::string& prompt) {
  std::vector<Message> messages;
  if (options.system) messages.push_back({"system", *options.system});
  messages.push_back({"user", prompt});
  return messages;
}

void check_raw(bool raw, const GenerationOptions& options) {
  if (!raw || !options.system) return;
  throw UsageError("--raw and --system can't be combined: there is no template to put the system text into");
}

std::vector<TokenId> parse_tokens(const std::string& text, const std::string& source, ErrorCode code) {
  const std::string expected = source + ": expected a JSON array of token ids";
  const nlohmann::json json = parse_flat_json(text, expected, code);
  if (!json.is_array()) throw Error(code, expected + ", got " + json.type_name());
  std::vector<TokenId> tokens;
  tokens.reserve(json.size());
  for (const auto& item : json) {
    const bool fits = item.is_number_integer() &&
                      (!item.is_number_unsigned() || item.get<uint64_t>() <= INT32_MAX) &&
                      item.get<int64_t>() >= 0;
    if (!fits) {
      throw Error(code, fmt::format("{}, and item {} is {}", expected, tokens.size(),
                                    item.is_number() ? item.dump() : std::string(item.type_name())));
    }
    tokens.push_back(item.get<TokenId>());
  }
  return tokens;
}

void write_atomically(const std::string& file, const std::string& content) {
  std::string temporary = file + ".XXXXXX";
  const Descriptor descriptor(::mkostemp(temporary.data(), O_CLOEXEC));
  if (descriptor.number() < 0) throw_io_error("can't create a file beside " + file);
  try {
    const bool written =
        write_all(descriptor.number(), content) && (::fsync(descriptor.number()) == 0 || errno == EINVAL);
    if (!written) throw_io_error("can't write " + file);
    if (::rename(temporary.c_str(), file.c_str()) != 0) throw_io_error("can't write " + file);
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

}  // namespace reckon::cli
