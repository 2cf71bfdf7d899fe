#include "conversation.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include "bounded_json.hpp"
#include "input.hpp"
#include "json_output.hpp"

namespace reckon::cli {
namespace {

constexpr const char* kFormat = "reckon-chat";
constexpr int kVersion = 1;

[[noreturn]] void malformed(const std::string& file, const std::string& what) {
  throw Error(ErrorCode::malformed_file, file + ": " + what);
}

std::string text_at(const Json& message, const char* key, const std::string& place) {
  const auto found = message.find(key);
  if (found == message.end() || !found->is_string())
    malformed(place, fmt::format("'{}' must be a string", key));
  return found->get<std::string>();
}

Message parse_message(const Json& message, const std::string& place) {
  if (!message.is_object()) malformed(place, "must be an object");
  Message parsed{text_at(message, "role", place), text_at(message, "content", place)};
  if (parsed.role != "system" && parsed.role != "user" && parsed.role != "assistant") {
    malformed(place, fmt::format("'role' is '{}'; expected system, user or assistant", parsed.role));
  }
  return parsed;
}

Json read_json(const std::string& file) {
  try {
    return parse_json(read_all(file));
  } catch (const JsonError& error) {
    malformed(file, error.what());
  }
}

void check_header(const std::string& file, const Json& json) {
  if (!json.is_object()) malformed(file, "expected a JSON object");
  if (json.value("format", Json()) != kFormat) malformed(file, fmt::format("'format' must be '{}'", kFormat));
  const Json version = json.value("version", Json());
  if (!version.is_number_integer()) malformed(file, "'version' must be a whole number");
  if (version != kVersion) {
    throw Error(ErrorCode::unsupported,
                fmt::format("{}: 'version' is {}; this reckon reads {}", file, version.dump(), kVersion));
  }
}

bool is_conversation(const std::string& file) {
  try {
    load_conversation(file);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// A name that was mistyped may be that of anything.
void check_replaceable(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return;  // writing it says what is wrong
  if (S_ISREG(status.st_mode) && is_conversation(file)) return;
  throw Error(ErrorCode::io, file + ": is there already and no saved conversation; it is left as it is");
}

}  // namespace

bool ends_with_exchange(const std::vector<Message>& messages) {
  return messages.size() >= 2 && messages.back().role == "assistant" &&
         messages[messages.size() - 2].role == "user";
}

void save_conversation(const std::string& file, const std::string& model,
                       const std::vector<Message>& messages) {
  check_replaceable(file);
  Json json = {{"format", kFormat}, {"version", kVersion}, {"model", model}, {"messages", Json::array()}};
  for (const Message& message : messages) {
    json["messages"].push_back({{"role", message.role}, {"content", message.content}});
  }
  write_atomically(file, json_text(json));
}

std::vector<Message> load_conversation(const std::string& file) {
  const Json json = read_json(file);
  check_header(file, json);
  const Json list = json.value("messages", Json());
  if (!list.is_array()) malformed(file, "'messages' must be an array");
  std::vector<Message> messages;
  for (const Json& message : list) {
    messages.push_back(parse_message(message, fmt::format("{}: messages[{}]", file, messages.size())));
  }
  return messages;
}

}  // namespace reckon::cli
