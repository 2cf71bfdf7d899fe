// Runs the built command as a user would: with pipes, files or a terminal on its descriptors.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>
#include <termios.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace reckon::cli::testing {

// Asked in many tests.
inline const std::string kQuestion = "What is 7 + 8?";
inline const std::string kAnswer = "[ 15 ]";  // as a screen shows its answer
inline const std::string kSum = "What is 123 + 456?";

// Sanitizers need address space and descriptors of their own: what limits these can't be tested with them.
#ifdef RECKON_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
// How long a test waits for what must come; instrumented, the plain kernels take several times as long.
inline constexpr auto kPatience = std::chrono::seconds(kSanitized ? 240 : 60);

struct Surroundings {
  std::optional<std::string> input = {};  // what standard input delivers before it ends; none: /dev/null
  bool input_stays_open = false;          // a pipe that delivers `input` and never ends
  bool terminal = false;         // standard input, output and error are one terminal; `input` is not used
  unsigned short columns = 80;   // of the terminal
  bool small_pipes = false;      // output the test has not read holds the command up after 4,096 bytes
  std::string output_file = {};  // standard output goes there instead of to the test
  bool output_closed = false;    // standard output is a closed descriptor
  std::map<std::string, std::string> environment = {};  // added; the rest is a fixed, small one
  std::vector<std::string> without = {};                // variables that are taken away again
  std::map<int, rlim_t> limits = {};                    // as of setrlimit(); not on a terminal
  std::string input_file = {};                          // standard input comes from there
  bool input_closed = false;                            // standard input is a closed descriptor
};

struct Result {
  int status = -1;  // exit status; 128 + signal if one ended the command
  std::string out;
  std::string err;
};

// A command that runs. Ends it when it goes out of scope.
class Command {
 public:
  Command(const std::vector<std::string>& arguments, const Surroundings& around = {});
  ~Command();
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  void type(const std::string& text);  // to standard input or the terminal
  void end_input();
  void signal(int number);
  void resize(unsigned short columns);
  void close_output();  // no one reads standard output any more

  // Reads until `text` has come on standard output or, on_error, on standard error (on a terminal both are
  // one). False if it did not come within kPatience or before the end.
  bool wait_for(const std::string& text, bool on_error = false);
  // Reads until at least `bytes` have come.
  bool wait_for_bytes(size_t bytes, bool on_error = false);
  // Waits until the command edits lines: until the terminal no longer does.
  bool wait_for_editing();
  termios modes() const;  // of the terminal
  // Reads what there is and waits for the end; ends the command after kPatience.
  Result finish();

  const std::string& out() const { return out_; }
  const std::string& err() const { return err_; }
  pid_t pid() const { return pid_; }

 private:
  bool read_some(int timeout_ms);
  template <class Condition>
  bool read_until(Condition condition);

  pid_t pid_ = -1;
  int in_ = -1;
  int out_descriptor_ = -1;
  int err_descriptor_ = -1;
  std::string out_;
  std::string err_;
};

Result run_command(const std::vector<std::string>& arguments, const Surroundings& around = {});

// A directory that is removed with all it holds.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write_file(const std::string& file, const std::string& content);
std::string read_file(const std::string& file);
std::vector<std::string> lines_of(const std::string& text);
// Is the program there (in PATH)?
bool has_program(const std::string& name);

// Is standard output empty, or an error as JSON and nothing else?
bool only_an_error(const std::string& out);

// Options with which the embedded model thinks until the context is full: the tokens that end a thought or
// the text are forbidden.
std::vector<std::string> endless_thinking();
// `first` followed by `second`.
std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second);

}  // namespace reckon::cli::testing
