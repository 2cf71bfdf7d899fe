// A file of results, a line each, that survives the end of its writer at any moment: lines are appended
// whole, and what was being written then is cut off before the next run goes on.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "descriptor.hpp"
#include "line_source.hpp"

namespace reckon::cli {

class ResultFile {
 public:
  // Opens the file or creates it, and locks it until the object's end. Throws Error(io): also for what is
  // not a regular file, and for one that another process writes.
  explicit ResultFile(const std::string& file);

  // Gives the whole lines that are there (their texts without newlines, their numbers from 1).
  void read(const std::function<void(std::string_view line, uint64_t number)>& take) const;
  std::optional<std::string> first_line() const;  // if it is whole
  uint64_t whole_size() const;                    // of the whole lines
  // Removes all that follows the last whole line. This, clear() or remove() once before append().
  void cut_unfinished();
  void clear();  // removes all
  // Removes the lines of these numbers, and what cut_unfinished() does. Killed meanwhile, it leaves all or
  // none of that done.
  void remove(const std::unordered_set<uint64_t>& unwanted);
  bool empty() const { return size_ == 0; }
  bool begins_with(std::string_view text) const;  // or with a part of it, where the file ends there

  // Adds a line (with its newline) in one write; it is on the disk within a second of the next call of
  // sync_if_due(). Throws Error(io); a line that was written in part is taken back.
  void append(std::string_view line);
  void sync_if_due();
  void sync();

  // Takes a file back that was not there before and has no result.
  void remove_if_new();

  bool same_file(int descriptor) const;
  const std::string& name() const { return name_; }

 private:
  using Clock = std::chrono::steady_clock;
  LineSource lines_from_begin() const;
  void truncate(uint64_t size);
  Descriptor written_without(const std::unordered_set<uint64_t>& unwanted, const std::string& file) const;

  bool new_;
  Descriptor file_;
  std::string name_;
  uint64_t size_ = 0;
  bool unsynced_ = false;
  Clock::time_point last_sync_ = Clock::now();
};

}  // namespace reckon::cli
