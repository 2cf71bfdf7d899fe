// What comes in through standard input and files.
#pragma once

#include <optional>
#include <string>

#include "settings.hpp"

namespace reckon::cli {

// All of standard input or of a file ("-": standard input). Throws Error(io), Error(cancelled) on a signal.
// More than 256 MiB are Error(io) too.
std::string read_all(const std::string& file);

// The prompt of `run` and `vote`: argument, standard input, or both, with an empty line between.
// standard_input: the "-" after the argument. Unless `quiet`, it is said where standard input is left alone.
// Throws UsageError if there is none.
std::string read_prompt(const std::optional<std::string>& argument,
                        const std::optional<std::string>& standard_input, bool quiet);
// None if there is none, or an empty one.
std::optional<std::string> read_prompt_if_any(const std::optional<std::string>& argument,
                                              const std::optional<std::string>& standard_input, bool quiet);
// The conversation that such a prompt begins.
std::vector<Message> messages_for(const GenerationOptions& options, const std::string& prompt);
// Throws UsageError for --raw with --system.
void check_raw(bool raw, const GenerationOptions& options);

// A JSON array of token ids. Throws Error(`code`) naming what is wrong with it; `source` says where it came
// from: what was typed is an invalid_argument, what was read is malformed_file.
std::vector<TokenId> parse_tokens(const std::string& text, const std::string& source,
                                  ErrorCode code = ErrorCode::invalid_argument);

// Replaces `file` by `content` in one step: it is either the old or the new one, whatever happens. Throws
// Error(io).
void write_atomically(const std::string& file, const std::string& content);

}  // namespace reckon::cli
