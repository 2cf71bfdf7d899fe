// reckon chat: several turns.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <reckon/reckon.hpp>

#include "conversation.hpp"
#include "loading.hpp"
#include "message_reader.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "transcript.hpp"

namespace reckon::cli {
namespace {

constexpr const char* kHelp =
    "\"\"\"              begin a message of several lines; it ends with \"\"\" at the end of a line\n"
    "/help            this list\n"
    "/reset           forget the conversation\n"
    "/system [TEXT]   set the system message (none without TEXT) and forget the conversation\n"
    "/set             list the settings\n"
    "/set KEY VALUE   change one; the value 'default' takes back all changes\n"
    "/stats           tokens and speed of the last turn, size of the conversation\n"
    "/save FILE       write the conversation\n"
    "/load FILE       continue a written one\n"
    "/exit            end (also Ctrl-D)\n";

// A word and what follows it, blanks around both dropped.
std::pair<std::string, std::string> split_word(const std::string& text) {
  const size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const size_t end = std::min(text.find_first_of(" \t", begin), text.size());
  const size_t rest = std::min(text.find_first_not_of(" \t", end), text.size());
  const size_t last = text.find_last_not_of(" \t");
  return {text.substr(begin, end - begin), rest < text.size() ? text.substr(rest, last + 1 - rest) : ""};
}

class Chat {
 public:
  explicit Chat(const ChatOptions& options)
      : generation_(options.generation),
        model_(load_model(options.model, generation_.quiet)),
        session_(model_, {.context = generation_.context, .cache_type = cache_type(options.model)}) {
    generate_options(generation_, model_);  // refuses what the model can't do before the first line is typed
    initial_ = generation_;
    settings_ = generation_table(generation_);
    initial_settings_ = generation_table(initial_);
    reset();
  }

  // False ends the chat.
  bool take(const MessageReader::Result& input);
  int status() const { return status_; }
  const ModelInfo& info() const { return model_.info(); }
  void fail(const std::string& message);

 private:
  struct SlashCommand {
    const char* name;
    void (Chat::*action)(const std::string& argument);
  };
  static const SlashCommand kCommands[];

  void command(const std::string& line);
  void turn(const std::string& text);
  void keep(Generation generation);

  void help(const std::string&) { standard_error().write(kHelp); }
  void reset(const std::string& = "");
  void set_system(const std::string& text);
  void set(const std::string& argument);
  void list_settings();
  void stats(const std::string&);
  void save(const std::string& file);
  void load(const std::string& file);
  void exit(const std::string&) { ended_ = true; }

  GenerationOptions generation_;
  Model model_;
  Session session_;
  std::vector<Option> settings_;  // bound to generation_
  GenerationOptions initial_;
  std::vector<Option> initial_settings_;  // bound to initial_
  std::vector<Message> messages_;
  std::optional<Generation> last_;
  bool ended_ = false;
  int status_ = 0;
};

const Chat::SlashCommand Chat::kCommands[] = {
    {"/help", &Chat::help}, {"/reset", &Chat::reset}, {"/system", &Chat::set_system},
    {"/set", &Chat::set},   {"/stats", &Chat::stats}, {"/save", &Chat::save},
    {"/load", &Chat::load}, {"/exit", &Chat::exit},
};

// A script ends at its first error; a person goes on.
void Chat::fail(const std::string& message) {
  standard_error().write("reckon: error: " + message + "\n");
  if (::isatty(STDIN_FILENO) == 1) return;
  status_ = kErrorStatus;
  ended_ = true;
}

bool Chat::take(const MessageReader::Result& input) {
  if (input.text.find_first_not_of(" \t\n") == std::string::npos) return true;
  try {
    if (input.text.front() == '/' && !input.quoted) {
      command(input.text);
    } else {
      turn(input.text);
    }
  } catch (const UsageError& error) {
    fail(error.what());
  } catch (const Error& error) {
    fail(error.what());
  }
  return !ended_ && !standard_output().failed();
}

void Chat::command(const std::string& line) {
  const auto [name, argument] = split_word(line);
  std::vector<std::string> names;
  for (const SlashCommand& known : kCommands) {
    if (name == known.name) return (this->*known.action)(argument);
    names.emplace_back(known.name);
  }
  const std::string near = nearest(name, names);
  throw UsageError(
      fmt::format("unknown command {}; {}", name, near.empty() ? "see /help" : "did you mean " + near + "?"));
}

void Chat::turn(const std::string& text) {
  messages_.push_back({"user", text});
  try {
    Transcript transcript(!generation_.hide_thinking, generation_.quiet);
    const signals::CancelOnSignal cancel(session_);
    last_ = session_.generate(messages_, generate_options(generation_, model_),
                              [&](const Event& event) { return transcript.show(event); });
  } catch (...) {
    messages_.pop_back();
    throw;
  }
  keep(*last_);
}

// A turn without an answer leaves no trace in the conversation.
void Chat::keep(Generation generation) {
  if (!generation_.quiet) dim_parts(statistics(generation));
  const bool answered = !generation.answer.empty();
  if (answered) {
    messages_.push_back({"assistant", std::move(generation.answer)});
  } else {
    messages_.pop_back();
  }
  const std::string ending = ending_text(generation);
  if (!ending.empty()) note(ending + (answered ? "" : "; the turn is not kept"));
}

void Chat::reset(const std::string&) {
  messages_.clear();
  if (generation_.system) messages_.push_back({"system", *generation_.system});
  session_.reset();
}

void Chat::set_system(const std::string& text) {
  generation_.system = text.empty() ? std::nullopt : std::optional(text);
  reset();
}

std::string value_text(const Option& option) {
  if (const auto* flag = std::get_if<Flag>(&option.target)) return *flag->target ? "on" : "off";
  if (std::holds_alternative<OptionalNumber>(option.target) && default_text(option).empty())
    return "as whole";
  if (const auto* list = std::get_if<TextList>(&option.target)) {
    return list->target->empty() ? "none" : fmt::format("{}", fmt::join(*list->target, " | "));
  }
  if (const auto* seed = std::get_if<Seed>(&option.target)) {
    return *seed->target ? std::to_string(**seed->target) : "random";
  }
  const std::string value = default_text(option);
  return value.empty() ? "no limit" : value;  // max-tokens
}

void Chat::list_settings() {
  for (const Option& option : settings_) {
    if (!option.in_chat) continue;
    const std::string range = range_text(option);
    standard_error().write(
        fmt::format("{:<20} {:<10} {}\n", option.long_name().substr(2), value_text(option), range));
  }
}

void Chat::set(const std::string& argument) {
  if (argument.empty()) return list_settings();
  const auto [key, value] = split_word(argument);
  std::vector<std::string> keys;
  for (size_t i = 0; i < settings_.size(); ++i) {
    if (!settings_[i].in_chat) continue;
    keys.push_back(settings_[i].long_name().substr(2));
    if (keys.back() != key) continue;
    if (value.empty()) throw UsageError(fmt::format("/set {}: its value is missing", key));
    return value == "default" ? copy_value(initial_settings_[i], settings_[i]) : assign(settings_[i], value);
  }
  const std::string near = nearest(key, keys);
  throw UsageError(fmt::format("/set: unknown key '{}'; {}", key,
                               near.empty() ? "/set lists them" : "did you mean " + near + "?"));
}

void Chat::stats(const std::string&) {
  if (last_) dim_parts(statistics(*last_));
  dim_parts({fmt::format("conversation: {} messages, {} of {} positions in the cache", messages_.size(),
                         session_.cached_tokens(), session_.context())});
}

void Chat::save(const std::string& file) {
  if (file.empty()) throw UsageError("/save: the file's name is missing");
  save_conversation(file, model_.info().name, messages_);
  if (!generation_.quiet) note(fmt::format("saved {} messages to {}", messages_.size(), file));
}

void Chat::load(const std::string& file) {
  if (file.empty()) throw UsageError("/load: the file's name is missing");
  messages_ = load_conversation(file);
  const bool has_system = !messages_.empty() && messages_.front().role == "system";
  generation_.system = has_system ? std::optional(messages_.front().content) : std::nullopt;
  if (!generation_.quiet) note(fmt::format("loaded {} messages from {}", messages_.size(), file));
}

// The status with which the chat ends if a signal came, else none. A person's Ctrl-C ends the turn or the
// line.
bool ends_by_signal() {
  if (!signals::interrupted()) return false;
  if (signals::terminated() || ::isatty(STDIN_FILENO) != 1) return true;
  signals::clear();
  return false;
}

// False ends the chat.
bool exchange(Chat& chat, MessageReader& reader) {
  const MessageReader::Result input = reader.read();
  if (input.status == LineReader::Status::end) {
    if (::isatty(STDIN_FILENO) == 1) standard_error().write("\n");
    return false;
  }
  if (input.status == LineReader::Status::interrupted) standard_error().write("\n");
  return input.status != LineReader::Status::line || chat.take(input);
}

int talk(Chat& chat) {
  MessageReader reader(LineReader::open());
  try {
    while (exchange(chat, reader)) {
      if (ends_by_signal()) return signals::kInterruptedStatus;
    }
  } catch (const UsageError& error) {  // the input has ended where it should not
    chat.fail(error.what());
  }
  return chat.status();
}

}  // namespace

int chat(const ChatOptions& options) {
  Chat chat(options);
  if (::isatty(STDIN_FILENO) == 1 && !options.generation.quiet) {
    dim_line(fmt::format("{}; /help lists the commands, Ctrl-D ends", chat.info().name));
  }
  return talk(chat);
}

}  // namespace reckon::cli
