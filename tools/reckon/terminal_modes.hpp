// The modes a terminal is put into while a generation runs, and the handlers that put it back in order
// whatever ends or stops the process.
#pragma once

namespace reckon::cli::terminal_modes {

// Dim text is open on standard error.
void set_dim(bool on);
// A line that is to be cleared stands on standard error.
void set_live_line(bool on);

// While it lives, the terminal marks what is pasted, if it is one that can be told to, on standard error.
class PasteMarks {
 public:
  PasteMarks();
  ~PasteMarks();
  PasteMarks(const PasteMarks&) = delete;
  PasteMarks& operator=(const PasteMarks&) = delete;
};

// While it lives, keys come one by one and are not echoed: those of the terminal that standard input is, or
// else of the process' own, as with a pager behind a pipe. Does nothing where there is neither.
// Ctrl-C and Ctrl-Z stay what they are; what is typed already stays to be read.
class KeyMode {
 public:
  KeyMode();
  ~KeyMode();
  KeyMode(const KeyMode&) = delete;
  KeyMode& operator=(const KeyMode&) = delete;

  // Is the mode on? Puts it on again after the process was stopped and came back to the foreground; in the
  // background it is off, and the terminal is not to be read.
  bool ensure();
  int descriptor() const;  // of that terminal

 private:
  bool handles_signals_ = false;
};

// Puts everything back. For signal handlers too.
void restore() noexcept;

}  // namespace reckon::cli::terminal_modes
