#include "result_ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <reckon/error.hpp>
#include <utility>

#include "batch_input.hpp"
#include "bounded_json.hpp"

namespace reckon::cli {
namespace {

// Of the request that was answered, or of its settings; null if that isn't said.
Json digest_of(const Json& json, const char* what) {
  const Json reckon = json.value("reckon", Json());
  return reckon.is_object() ? reckon.value(what, Json()) : Json();
}

bool is_response(const Json& json) {
  const Json& response = json["response"];
  return json["custom_id"].is_string() && json["error"].is_null() && response.contains("body") &&
         response["body"].is_object() && digest_of(json, "request").is_string() &&
         digest_of(json, "settings").is_string();
}

bool is_failure(const Json& json) {
  const Json &id = json["custom_id"], &error = json["error"];
  if (!error.is_object() || !json["response"].is_null()) return false;
  const Json line = error.value("line", Json()), message = error.value("message", Json());
  return line.is_number_unsigned() && message.is_string() && (id.is_string() || id.is_null());
}

bool has_form_of_result(const Json& json) {
  return json.is_object() && json.contains("custom_id") && json.contains("response") &&
         json.contains("error") && (is_response(json) || is_failure(json));
}

// Of a line of the result file; null if it is none that a run can have written. Results have few levels, but
// as many values as samples were asked for.
Json parsed_result(std::string_view text) {
  try {
    return parse_json<Json>(text, {.values = text.size()});
  } catch (const JsonError&) {
    return nullptr;
  }
}

}  // namespace

bool ResultLedger::is_result(std::string_view line) { return has_form_of_result(parsed_result(line)); }

Json ResultLedger::recover(std::string_view text, uint64_t number, const std::string& file) {
  Json json = parsed_result(text);
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorCode::malformed_file, fmt::format("{}, line {}: {}{}", file, number, what, kWayOut));
  };
  if (!has_form_of_result(json)) refuse("not a result of an earlier run");
  const bool failure = !json["error"].is_null();
  bool added = false;
  if (json["custom_id"].is_string()) {
    Entry& entry = entries_[json["custom_id"].get<std::string>()];
    added = !std::exchange(entry.has_result, true);
    if (failure) {
      entry.failure = number;
    } else {
      entry.request = digest_of(json, "request").get<std::string>();
      entry.settings = digest_of(json, "settings").get<std::string>();
    }
  } else {
    FailedLine failed{.failure = number, .message = json["error"]["message"].get<std::string>()};
    added = failed_lines_.emplace(json["error"]["line"].get<uint64_t>(), std::move(failed)).second;
  }
  if (!added) refuse("a second result of the same request");
  ++recovered_;
  if (failure) ++recovered_failures_;
  return json;
}

void ResultLedger::note_failure(uint64_t line, const std::string& message) {
  const auto found = failed_lines_.find(line);
  if (found != failed_lines_.end()) found->second.known = found->second.message == message;
}

void ResultLedger::check_all_known(const std::string& file, const std::string& input,
                                   bool retry_failed) const {
  const bool any_known = std::ranges::any_of(
      entries_, [](const auto& named) { return named.second.has_result && named.second.line > 0; });
  uint64_t unknown = 0;
  std::string example;
  for (const auto& [id, entry] : entries_) {
    if (!entry.has_result || entry.line > 0) continue;
    if (retry_failed && any_known && entry.failure > 0) continue;
    if (unknown++ == 0 || id < example) example = id;
  }
  if (unknown == 0) return;
  throw Error(ErrorCode::malformed_file,
              fmt::format("{} has results of {} requests that {} does not have, such as {}{}", file, unknown,
                          input, shortened(Json(example).dump()), kWayOut));
}

std::unordered_set<uint64_t> ResultLedger::drop_failures(bool all) {
  std::unordered_set<uint64_t> dropped;
  for (auto& [id, entry] : entries_) {
    if (!all || entry.failure == 0) continue;
    dropped.insert(std::exchange(entry.failure, 0));
    entry.has_result = false;
  }
  std::erase_if(failed_lines_, [&](const auto& numbered) {
    const FailedLine& failed = numbered.second;
    const bool drop = all || !failed.known;
    if (drop) dropped.insert(failed.failure);
    return drop;
  });
  recovered_ -= dropped.size();
  recovered_failures_ -= dropped.size();
  return dropped;
}

uint64_t ResultLedger::claim(const std::string& id, uint64_t line) {
  Entry& entry = entries_[id];
  if (entry.line == 0) {
    entry.line = line;
    return 0;
  }
  return entry.line;
}

void ResultLedger::forget_claims() {
  for (auto& [id, entry] : entries_) entry.line = 0;
}

bool ResultLedger::is_of_another(const std::string& id, const std::string& digest) const {
  const Entry* answer = answer_of(id);
  return answer != nullptr && answer->request != digest;
}

bool ResultLedger::has_other_settings(const std::string& id, const std::string& digest) const {
  const Entry* answer = answer_of(id);
  return answer != nullptr && answer->settings != digest;
}

const ResultLedger::Entry* ResultLedger::answer_of(const std::string& id) const {
  const auto found = entries_.find(id);
  const bool answered = found != entries_.end() && found->second.has_result && found->second.failure == 0;
  return answered ? &found->second : nullptr;
}

bool ResultLedger::has_result(const std::string& id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.has_result;
}

}  // namespace reckon::cli
