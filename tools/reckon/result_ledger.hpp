// Which lines of an input have their result: of an earlier run, or of this one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "json_output.hpp"

namespace reckon::cli {

// Behind what is said about results that can't be gone on from.
constexpr const char* kWayOut = "; --restart overwrites it";

// Lines are known by their ids, so an input may be reordered or added to between runs. Those without an id of
// their own (not JSON, no custom_id, another line's custom_id) can only fail. Their errors are known by their
// numbers, and hold as long as the line gives the same error.
class ResultLedger {
 public:
  // Can a run have written this line?
  static bool is_result(std::string_view line);
  // Takes a line of the result file. Throws Error(malformed_file) for what is none, or comes twice.
  Json recover(std::string_view text, uint64_t number, const std::string& file);

  // Claims an id for a line of the input: 0, or the line that has claimed it before.
  uint64_t claim(const std::string& id, uint64_t line);
  void forget_claims();
  // Notes that a line without an id fails with this message.
  void note_failure(uint64_t line, const std::string& message);

  // Once the whole input was claimed and noted. Throws Error(invalid_argument) if there are results of ids
  // that it doesn't have. With `retry_failed`, errors of such ids are of lines that were mended since, if it
  // has any of the ids.
  void check_all_known(const std::string& file, const std::string& input, bool retry_failed) const;
  // The same. Forgets errors, all or those that lines without an id don't give any more. Which lines of the
  // result file they are.
  std::unordered_set<uint64_t> drop_failures(bool all);

  // The result of this id is the answer to another request: its digest is another one.
  bool is_of_another(const std::string& id, const std::string& digest) const;

  // The result of this id is an answer with other settings than these.
  bool has_other_settings(const std::string& id, const std::string& digest) const;

  bool has_result(const std::string& id) const;
  bool has_failure(uint64_t line) const { return failed_lines_.contains(line); }

  uint64_t recovered() const { return recovered_; }
  uint64_t recovered_failures() const { return recovered_failures_; }

 private:
  struct Entry {
    uint64_t line = 0;  // of the input that claimed it
    bool has_result = false;
    uint64_t failure = 0;                     // the line of the result file, if the result is an error
    std::string request = {}, settings = {};  // digests of those that the result is of, if it is no error
  };
  const Entry* answer_of(const std::string& id) const;  // null if there is none
  struct FailedLine {
    uint64_t failure;
    std::string message;
    bool known = false;
  };
  std::unordered_map<std::string, Entry> entries_;
  std::unordered_map<uint64_t, FailedLine> failed_lines_;
  uint64_t recovered_ = 0;
  uint64_t recovered_failures_ = 0;
};

}  // namespace reckon::cli
