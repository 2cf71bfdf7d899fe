// Standard output and standard error as byte streams that report what went wrong. Unbuffered: a write is
// there when it returns.
#pragma once

#include <string>
#include <string_view>

namespace reckon::cli {

class Output {
 public:
  explicit Output(int descriptor);

  // False from the first failure on; nothing more is written then.
  bool write(std::string_view text);
  // The same for text that came out of a file: on a terminal as printable() shows it.
  bool write_foreign(std::string_view text);
  bool failed() const { return error_ != 0; }
  bool reader_gone() const;        // the failure is a closed pipe
  std::string error_text() const;  // the system's message for the failure
  bool terminal() const { return terminal_; }
  bool pipe() const;
  bool at_line_start() const { return at_line_start_; }  // nothing written yet, or a newline last
  int column() const { return column_; }  // of a terminal: columns written since the last newline

 private:
  int descriptor_;
  bool terminal_;
  int error_ = 0;  // errno of the first failure
  bool at_line_start_ = true;
  int column_ = 0;
};

Output& standard_output();
Output& standard_error();

// Opens /dev/null in place of closed descriptors 0 to 2, so that no file opened later is taken for them.
void occupy_standard_descriptors();

// Text of a model as shown on a terminal: control characters other than newline and tab become visible
// symbols, so that no text can drive the terminal, and so do bytes that belong to no character.
std::string printable(std::string_view text);
// The same, and one line whatever the text is: line breaks and tabs become blanks.
std::string one_line(std::string_view text);
// The first line alone, with " ..." if there are more.
std::string first_line(std::string_view text);

}  // namespace reckon::cli
