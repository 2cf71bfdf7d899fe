// reckon sessions: what is saved.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>

#include <reckon/reckon.hpp>

#include "io_error.hpp"
#include "json_output.hpp"
#include "output.hpp"
#include "saved_settings.hpp"
#include "session_folder.hpp"
#include "session_lock.hpp"
#include "settings.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

struct Listed {
  std::string name;
  uint64_t bytes = 0;
  SavedText text = {};
  std::string problem = {};  // why the text can't be read; empty if it can
};

Listed look_at(const std::string& name) {
  Listed listed{.name = name};
  const std::string path = session_path(name);
  std::error_code gone;
  listed.bytes = std::filesystem::file_size(path, gone);
  try {
    listed.text = read_saved_text(path);
  } catch (const Error& error) {
    listed.problem = error.what();
  }
  return listed;
}

std::string first_words(const SavedText& text) {
  const auto question = std::ranges::find(text.messages, "user", &Message::role);
  return question == text.messages.end() ? "" : question->content;
}

std::string age_text(int64_t saved_at) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  int64_t age = 0;  // the file may give any time
  if (__builtin_sub_overflow(std::chrono::duration_cast<std::chrono::seconds>(now).count(), saved_at, &age))
    return "";
  if (age < 60) return "now";
  if (age < 3600) return fmt::format("{} min", age / 60);
  if (age < 48 * 3600) return fmt::format("{} h", age / 3600);
  return fmt::format("{} days", age / (24 * 3600));
}

Json header_json(const Listed& listed) {
  Json json = {{"name", listed.name}, {"bytes", listed.bytes}};
  if (!listed.problem.empty()) {
    json["problem"] = listed.problem;
    return json;
  }
  json.update({{"model", listed.text.model},
               {"tokens", listed.text.tokens},
               {"messages", listed.text.messages.size()},
               {"saved_at", listed.text.saved_at},
               {"unfinished", listed.text.unfinished},
               {"first_words", cut_to_columns(first_words(listed.text), 60)}});
  return json;
}

struct Row {
  std::string name, model, tokens, size, age, words;
};

Row row_of(const Listed& listed) {
  Row row;
  row.name = listed.name;
  row.size = format_bytes(static_cast<double>(listed.bytes));
  row.words = listed.problem;
  if (!listed.problem.empty()) return row;
  row.model = listed.text.model;
  row.tokens = std::to_string(listed.text.tokens);
  row.age = age_text(listed.text.saved_at);
  row.words = cut_to_columns(first_words(listed.text), 40);
  return row;
}

// `text` in so many columns, with what does not fit left out.
std::string cell(const std::string& text, int columns) {
  std::string shown = one_line(text);
  if (columns_of(shown) > columns) shown = cut_to_columns(shown, columns - 1) + "…";
  return shown + std::string(static_cast<size_t>(std::max(columns - columns_of(shown), 0)), ' ');
}

// A terminal's rows are lines of it: the model is left out where there is no room for it, then tokens and
// age. Elsewhere nothing is cut but long models and words.
std::string row_text(const Row& row, std::optional<int> columns) {
  constexpr int kWithModel = 100, kWithNumbers = 64;
  std::string line = cell(row.name, std::max(20, columns ? 0 : columns_of(one_line(row.name))));
  if (!columns || *columns >= kWithModel) line += " " + cell(row.model, 24);
  if (!columns || *columns >= kWithNumbers) line += fmt::format(" {:>7}", row.tokens);
  line += fmt::format(" {:>9}", row.size);
  if (!columns || *columns >= kWithNumbers) line += fmt::format(" {:>8}", row.age);
  line += "  " + one_line(row.words);
  return (columns ? cut_to_columns(line, *columns) : line) + "\n";
}

int list(bool json) {
  std::vector<Listed> all;
  for (const std::string& name : session_names()) all.push_back(look_at(name));
  std::ranges::stable_sort(all, std::ranges::greater{}, [](const Listed& l) { return l.text.saved_at; });
  if (json) {
    Json array = Json::array();
    for (const Listed& listed : all) array.push_back(header_json(listed));
    standard_output().write(json_text(array));
    return 0;
  }
  if (all.empty()) {
    note("there are no sessions; run and chat make them with --session NAME");
    return 0;
  }
  Output& out = standard_output();
  const std::optional<int> columns = out.terminal() ? std::optional(terminal_width()) : std::nullopt;
  out.write(row_text({"NAME", "MODEL", "TOKENS", "SIZE", "AGE", "FIRST WORDS"}, columns));
  for (const Listed& listed : all) out.write(row_text(row_of(listed), columns));
  return 0;
}

int show(const std::string& name, bool json) {
  check_session_exists(name);
  const Listed listed = look_at(name);
  if (!listed.problem.empty()) throw Error(ErrorCode::malformed_file, listed.problem);
  if (json) {
    Json object = header_json(listed);
    if (!listed.text.thinking.empty()) object["thinking"] = listed.text.thinking;
    object["messages"] = Json::array();
    for (const Message& m : listed.text.messages) {
      object["messages"].push_back({{"role", m.role}, {"content", m.content}});
    }
    object["settings"] = Json::object();
    for (const auto& [key, value] : listed.text.settings) object["settings"][key].push_back(value);
    standard_output().write(json_text(object));
    return 0;
  }
  standard_output().write(fmt::format("{}: {}, {} tokens, {}{}\n", listed.name, one_line(listed.text.model),
                                      listed.text.tokens, format_bytes(static_cast<double>(listed.bytes)),
                                      listed.text.unfinished ? ", interrupted" : ""));
  if (!listed.text.settings.empty()) {
    standard_output().write("settings: " + settings_text(listed.text.settings) + "\n");
  }
  for (const Message& m : listed.text.messages) {
    standard_output().write(fmt::format("\n{}: {}\n", one_line(m.role), printable(m.content)));
  }
  if (!listed.text.thinking.empty()) {
    standard_output().write(fmt::format("\n{}: {}\n",
                                        listed.text.unfinished ? "last thought, so far" : "last thought",
                                        printable(listed.text.thinking)));
  }
  return 0;
}

// What was done, for programs.
int tell_done(bool json, const Json& done) {
  if (json) standard_output().write(json_text(done));
  return 0;
}

int fork_session(const std::string& name, const std::string& to, bool json) {
  check_session_exists(name);
  read_saved_text(session_path(name));  // refuses what could not be gone on with
  const SessionLock lock(to);           // another process may be about to begin it
  if (session_exists(to)) throw UsageError(fmt::format("there is a session '{}' already", to));
  copy_session(session_path(name), session_path(to));
  return tell_done(json, {{"name", to}, {"forked_from", name}});
}

int remove(const std::string& name, bool json) {
  check_session_exists(name);
  const SessionLock lock(name);
  if (::unlink(session_path(name).c_str()) != 0)
    throw_io_error(fmt::format("can't remove session '{}'", name));
  return tell_done(json, {{"name", name}, {"removed", true}});
}

const std::string& required(const std::optional<std::string>& name, const SessionsOptions& options) {
  if (!name) throw UsageError(fmt::format("sessions {}: a session's name is missing", options.action));
  return *name;
}

void refuse_more(const std::optional<std::string>& argument) {
  if (argument) throw UsageError(fmt::format("one argument too many: '{}'", *argument));
}

}  // namespace

int sessions(const SessionsOptions& options) {
  if (options.action == "list") {
    refuse_more(options.name);
    return list(options.json);
  }
  const std::string& name = required(options.name, options);
  if (options.action == "fork") return fork_session(name, required(options.new_name, options), options.json);
  refuse_more(options.new_name);
  return options.action == "show" ? show(name, options.json) : remove(name, options.json);
}

}  // namespace reckon::cli
