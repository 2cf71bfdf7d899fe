#include "batch_fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "batch_input.hpp"
#include "bounded_json.hpp"

namespace reckon::cli {
namespace {

// Names of OpenAI's that differ from the command line's.
std::string option_name(std::string key) {
  if (key == "temperature") return "--temp";
  if (key == "max_completion_tokens") return "--max-tokens";
  std::replace(key.begin(), key.end(), '_', '-');
  return "--" + key;
}

// Options that belong to a turn (chat can change them), but for those that name files: a line is not trusted
// to have any read.
bool may_be_in_line(const Option& option) {
  if (std::holds_alternative<Form>(option.target)) return false;
  return option.in_chat || std::holds_alternative<LogitBias>(option.target);
}

// The field that was perhaps meant, as it is written in a line.
std::string meant_field(const std::vector<Option>& table, const std::string& name) {
  std::vector<std::string> names;
  for (const Option& option : table) {
    if (may_be_in_line(option)) names.push_back(option.long_name());
  }
  std::string near = nearest(name, names);
  if (near.empty()) return "";
  std::replace(near.begin() + 2, near.end(), '-', '_');
  return "; did you mean " + near.substr(2) + "?";
}

void assign_field(const Option& option, const std::string& text, const std::string& field) {
  try {
    assign(option, text);
  } catch (const UsageError& error) {  // begins with the option's name
    invalid(field + std::string(error.what()).substr(option.long_name().size()));
  }
}

void set_text_list(const Option& option, const TextList& list, const nlohmann::json& value,
                   const std::string& field) {
  list.target->clear();
  if (value.is_string()) return assign_field(option, value.get<std::string>(), field);
  if (!value.is_array()) wrong_type(field, "a string or an array of strings", value);
  for (const nlohmann::json& item : value) {
    if (!item.is_string()) wrong_type(field, "strings", item);
    assign_field(option, item.get<std::string>(), field);
  }
}

void set_logit_bias(const Option& option, const LogitBias& bias, const nlohmann::json& value,
                    const std::string& field) {
  if (!value.is_object()) wrong_type(field, "an object of token ids and numbers", value);
  bias.target->clear();
  for (const auto& [id, number] : value.items()) {
    if (!number.is_number()) wrong_type(fmt::format("{}.{}", field, id), "a number", number);
    assign_field(option, fmt::format("{}={}", id, number.dump()), field);
  }
}

// The value as the command line would have it.
std::string value_text(const Option& option, const nlohmann::json& value, const std::string& field) {
  const Target& target = option.target;
  if (std::holds_alternative<Flag>(target) || std::holds_alternative<Switch>(target)) {
    if (!value.is_boolean()) wrong_type(field, "true or false", value);
    return value.get<bool>() ? "on" : "off";
  }
  if (std::holds_alternative<Text>(target) || std::holds_alternative<OptionalText>(target) ||
      std::holds_alternative<Choice>(target)) {
    if (!value.is_string()) wrong_type(field, "a string", value);
    return value.get<std::string>();
  }
  if (std::holds_alternative<NamedInteger>(target) && value.is_string()) return value.get<std::string>();
  if (!value.is_number()) wrong_type(field, "a number", value);
  return value.dump();
}

std::string parse_content(const nlohmann::json& value, const std::string& field) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) wrong_type(field, "a string or an array of text parts", value);
  std::string content;
  for (const nlohmann::json& part : value) {
    const bool text = part.is_object() && part.value("type", nlohmann::json()) == "text" &&
                      part.contains("text") && part["text"].is_string();
    if (!text) invalid(field + ": expected parts {\"type\": \"text\", \"text\": STRING}");
    content += part["text"].get<std::string>();
  }
  return content;
}

Message parse_message(const nlohmann::json& value, const std::string& field) {
  if (!value.is_object()) wrong_type(field, "an object with role and content", value);
  for (const auto& [key, item] : value.items()) {
    // What an earlier answer's thought was is not put in front of a model again.
    const bool known = key == "role" || key == "content" || key == "reasoning_content";
    if (!known && !item.is_null()) invalid(fmt::format("{}.{}: not supported", field, key));
  }
  for (const char* key : {"role", "content"}) {
    if (!value.contains(key)) invalid(fmt::format("{}.{} is missing", field, key));
  }
  if (!value["role"].is_string()) wrong_type(field + ".role", "a string", value["role"]);
  const std::string& role = value["role"].get_ref<const std::string&>();
  if (role != "system" && role != "user" && role != "assistant") {
    invalid(field + ".role: expected system, user or assistant");  // templates leave others out
  }
  std::string content = parse_content(value["content"], field + ".content");
  if (role == "user" && content.empty()) invalid(field + ".content: the text is empty");
  return {role, std::move(content)};
}

}  // namespace

void invalid(const std::string& message) { throw LineError("invalid_request", message); }

void wrong_type(const std::string& field, const std::string& expected, const nlohmann::json& value) {
  invalid(fmt::format("{}: expected {}, got {}", field, expected, value.type_name()));
}

nlohmann::json parse_line_object(std::string_view text) {
  try {
    nlohmann::json object = parse_json(text);
    if (!object.is_object()) {
      throw LineError("invalid_json", fmt::format("expected a JSON object, got {}", object.type_name()));
    }
    return object;
  } catch (const JsonError& error) {
    throw LineError("invalid_json", error.what());
  }
}

std::string parse_id(const nlohmann::json& value, const std::string& field) {
  if (!value.is_string()) wrong_type(field, "a string", value);
  auto id = value.get<std::string>();
  if (id.empty() || id.size() > kMostIdBytes) {
    invalid(fmt::format("{}: expected 1 to {} bytes, got {}", field, kMostIdBytes, id.size()));
  }
  return id;
}

std::vector<Message> parse_messages(const nlohmann::json& value, const std::string& field) {
  if (!value.is_array()) wrong_type(field, "an array of messages", value);
  if (value.empty()) invalid(field + ": there is no message");
  std::vector<Message> messages;
  for (size_t i = 0; i < value.size(); ++i) {
    messages.push_back(parse_message(value[i], fmt::format("{}[{}]", field, i)));
  }
  return messages;
}

void OptionFields::set(const std::string& key, const nlohmann::json& value, const std::string& field) {
  const std::string name = option_name(key);
  const auto found = std::find_if(table_.begin(), table_.end(), [&](const Option& option) {
    return (option.long_name() == name || option.opposite == name) && may_be_in_line(option);
  });
  if (found == table_.end()) invalid(field + ": unknown or not supported" + meant_field(table_, name));
  if (std::find(given_.begin(), given_.end(), &*found) != given_.end()) {
    invalid(field + ": given twice, under two names");
  }
  given_.push_back(&*found);
  if (const auto* list = std::get_if<TextList>(&found->target)) {
    set_text_list(*found, *list, value, field);
  } else if (const auto* bias = std::get_if<LogitBias>(&found->target)) {
    set_logit_bias(*found, *bias, value, field);
  } else {
    const std::string text = value_text(*found, value, field);
    const bool opposite = found->opposite == name;  // think: false is no_think: true
    assign_field(*found, !opposite ? text : text == "on" ? "off" : "on", field);
  }
}

}  // namespace reckon::cli
