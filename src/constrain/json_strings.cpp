// Strings of a JSON schema.
#include <fmt/format.h>

#include <array>

#include "constrain/json_schema.hpp"
#include "constrain/regex.hpp"
#include "support/quoted.hpp"

namespace reckon::constrain {
namespace {

// RFC 3339, with the days that each month has; no leap seconds.
constexpr std::string_view kDate =
    "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|"
    "02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])"
    "00)-02-29)";
constexpr std::string_view kTime =
    "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])";
constexpr std::string_view kUuid =
    "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";

// As a regular expression; empty for one that is not known.
std::string format_pattern(const std::string& name) {
  if (name == "date") return std::string(kDate);
  if (name == "time") return std::string(kTime);
  if (name == "date-time") return fmt::format("{}T{}", kDate, kTime);
  if (name == "uuid") return std::string(kUuid);
  return "";
}

}  // namespace

Symbol SchemaCompiler::string_of(Symbol content) {
  const Sequence quote = builder_.literal("\"");
  return builder_.choice({joined(joined(quote, {content}), quote)});
}

Symbol SchemaCompiler::string(const Json& schema, const std::string& path) {
  const bool has_length = schema.contains("minLength") || schema.contains("maxLength");
  const Json *pattern = schema.find("pattern"), *format = schema.find("format");
  const bool has_pattern = pattern != nullptr, has_format = format != nullptr;
  if (has_length + has_pattern + has_format > 1)
    fail(path, "more than one of pattern, format and a length; expected one of them");
  const auto spelling = [this](const CharSet& set) { return text_.character_of(set); };
  if (has_pattern) {
    if (!pattern->is_string()) fail(path + "/pattern", "expected a string");
    const auto text = pattern->string();
    RegexParser parser("json_schema: " + support::quoted(path + "/pattern", 256), text, builder_, spelling);
    return string_of(parser.parse_part());
  }
  if (has_format) {
    const std::string text = format->is_string() ? format_pattern(format->string()) : "";
    if (text.empty()) fail(path + "/format", "expected date, time, date-time or uuid");
    return string_of(RegexParser("json_schema", text, builder_, spelling).parse_whole());
  }
  if (!has_length) return text_.string();
  const uint32_t least = count(schema, "minLength", 0), most = count(schema, "maxLength", kUnlimited);
  if (least > most) fail(path + "/minLength", "is more than maxLength");
  return string_of(builder_.choice({builder_.repeat({text_.character()}, least, most)}));
}

}  // namespace reckon::constrain
