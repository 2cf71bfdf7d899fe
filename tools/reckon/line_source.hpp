// The lines of a file or a pipe, one at a time: what is held of it is one line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "descriptor.hpp"

namespace reckon::cli {

class LineSource {
 public:
  // Opens a file ("-": standard input). Lines beyond `most_bytes` are passed over. Throws Error(io).
  LineSource(const std::string& file, uint64_t most_bytes);
  // Reads what `descriptor` holds from its present position; it stays the caller's.
  LineSource(int descriptor, std::string name, uint64_t most_bytes);

  enum class Status {
    line,
    too_long,  // a line that is too long; its text is not kept
    none_yet,  // with `wait` false: no whole line has come
    end,
  };
  // The next line. Without `wait` it takes only what is there. Throws Error(io), Error(cancelled) on a signal
  // while it waits.
  Status next(bool wait = true);
  std::string_view text() const { return line_; }  // of the last line, without its newline, until next()
  uint64_t number() const { return number_; }      // of the last line, from 1
  bool terminated() const { return terminated_; }  // the last line ended with a newline

  // Whether it is a file that can be read a second time.
  bool rewindable() const { return rewindable_; }
  // Back to where it began. Where that can't be done, the rest is first copied to a temporary file; only
  // before the first line. Throws Error(io).
  void make_rewindable();
  void rewind();

  int descriptor() const { return number_of_descriptor_; }
  const std::string& name() const { return name_; }

 private:
  void take_position();
  bool read_more();  // false at the end
  Status take_line(size_t end, size_t with_newline);

  Descriptor own_;
  int number_of_descriptor_;
  std::string name_;
  uint64_t most_bytes_;
  bool rewindable_ = false;
  int64_t begin_ = 0;  // position at which it began

  std::string buffer_;     // what was read and not yet taken begins at at_
  size_t at_ = 0;          // the line that comes next
  size_t searched_ = 0;    // no newline in front of this
  bool skipping_ = false;  // inside a line that is too long
  bool ended_ = false;
  std::string_view line_;
  uint64_t number_ = 0;
  bool terminated_ = false;
};

}  // namespace reckon::cli
