// Which lines of an input have their result: of an earlier run, or of this one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "json_output.hpp"

namespace reckon::cli {

// Lines are known by their ids, so an input may be reordered or added to between runs. Those without an id of
// their own (not JSON, no custom_id, another line's custom_id) can only fail, and are known by their numbers.
class ResultLedger {
 public:
  // Is this a result, and one with an error?
  static bool is_failure(std::string_view text);
  // Takes a line of the result file. Throws Error(malformed_file) for what is none, or comes twice.
  Json recover(std::string_view text, uint64_t number, const std::string& file);

  // Notes that the input has this id. For the check below.
  void mark_known(const std::string& id);
  // Throws Error(invalid_argument) if there are results of ids that the input doesn't have.
  void check_all_known(const std::string& file, const std::string& input) const;

  // Claims an id for a line of the input: 0, or the line that has claimed it before.
  uint64_t claim(const std::string& id, uint64_t line);
  bool has_result(const std::string& id) const;
  bool has_failure(uint64_t line) const { return failed_lines_.contains(line); }

  uint64_t recovered() const { return recovered_; }
  uint64_t recovered_failures() const { return recovered_failures_; }

 private:
  struct Entry {
    uint64_t line = 0;  // of the input that claimed it
    bool has_result = false;
    bool known = false;
  };
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_set<uint64_t> failed_lines_;
  uint64_t recovered_ = 0;
  uint64_t recovered_failures_ = 0;
};

}  // namespace reckon::cli
