#include "result_ledger.hpp"

#include <fmt/format.h>

#include <reckon/error.hpp>

#include "batch_input.hpp"

namespace reckon::cli {
namespace {

constexpr const char* kWayOut = "; --restart overwrites it";

bool is_result(const Json& json) {
  return json.is_object() && json.contains("custom_id") && json.contains("response") &&
         json.contains("error") && (json["custom_id"].is_string() || json["error"].is_object());
}

}  // namespace

bool ResultLedger::is_failure(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  return is_result(json) && !json["error"].is_null();
}

Json ResultLedger::recover(std::string_view text, uint64_t number, const std::string& file) {
  Json json = Json::parse(text, nullptr, false);
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::malformed_file, fmt::format("{}, line {}: {}{}", file, number, what, kWayOut));
  };
  if (!is_result(json)) refuse("not a result of an earlier run");
  bool added = false;
  if (json["custom_id"].is_string()) {
    added = !std::exchange(entries_[json["custom_id"].get<std::string>()].has_result, true);
  } else {
    const Json& line = json["error"].value("line", Json());
    if (!line.is_number_unsigned()) refuse("an error without its line");
    added = failed_lines_.insert(line.get<uint64_t>()).second;
  }
  if (!added) refuse("a second result of the same request");
  ++recovered_;
  if (!json["error"].is_null()) ++recovered_failures_;
  return json;
}

void ResultLedger::mark_known(const std::string& id) {
  const auto found = entries_.find(id);
  if (found != entries_.end()) found->second.known = true;
}

void ResultLedger::check_all_known(const std::string& file, const std::string& input) const {
  uint64_t unknown = 0;
  std::string example;
  for (const auto& [id, entry] : entries_) {
    if (!entry.has_result || entry.known) continue;
    if (unknown++ == 0 || id < example) example = id;
  }
  if (unknown == 0) return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{} has results of {} requests that {} does not have, such as {}{}", file, unknown,
                          input, shortened(Json(example).dump()), kWayOut));
}

uint64_t ResultLedger::claim(const std::string& id, uint64_t line) {
  Entry& entry = entries_[id];
  if (entry.line == 0) {
    entry.line = line;
    return 0;
  }
  return entry.line;
}

bool ResultLedger::has_result(const std::string& id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.has_result;
}

}  // namespace reckon::cli
