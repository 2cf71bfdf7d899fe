#include "external_editor.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <reckon/error.hpp>

#include "descriptor.hpp"
#include "input.hpp"
#include "io_error.hpp"
#include "write_all.hpp"

namespace reckon::cli {
namespace {

// A file that is removed with this object.
class TemporaryFile {
 public:
  // Throws Error(io).
  explicit TemporaryFile(const std::string& content) {
    std::error_code failed;
    const auto directory = std::filesystem::temp_directory_path(failed);
    name_ = ((failed ? std::filesystem::path("/tmp") : directory) / "reckon-XXXXXX.md").string();
    Descriptor file(::mkstemps(name_.data(), 3));  // readable by its owner only
    if (file.number() < 0) throw_io_error("can't create " + name_);
    if (write_all(file.number(), content) && ::close(file.release()) == 0) return;
    const int error = errno;
    ::unlink(name_.c_str());
    throw_io_error("can't write " + name_, error);
  }
  ~TemporaryFile() { ::unlink(name_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

std::string editor_command() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "vi";
}

// While it lives, Ctrl-C is the editor's.
class IgnoredInterrupts {
 public:
  IgnoredInterrupts() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigemptyset(&ignore.sa_mask);
    ::sigaction(SIGINT, &ignore, &before_);
  }
  ~IgnoredInterrupts() { ::sigaction(SIGINT, &before_, nullptr); }
  IgnoredInterrupts(const IgnoredInterrupts&) = delete;
  IgnoredInterrupts& operator=(const IgnoredInterrupts&) = delete;

 private:
  struct sigaction before_ {};
};

// The variable may hold a command with arguments, which the shell splits.
[[noreturn]] void become_editor(const std::string& command, const std::string& file) {
  for (const int number : {SIGINT, SIGPIPE, SIGXFSZ}) static_cast<void>(::signal(number, SIG_DFL));
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // standard output may be a file
  const std::string line = command + " \"$1\"";
  ::execl("/bin/sh", "sh", "-c", line.c_str(), "sh", file.c_str(), nullptr);
  ::_exit(127);
}

bool run_editor(const std::string& file) {
  const std::string command = editor_command();
  const IgnoredInterrupts interrupts;
  const pid_t child = ::fork();
  if (child == 0) become_editor(command, file);
  int status = -1;
  while (child > 0 && ::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::string edit_text(const std::string& text) {
  const TemporaryFile file(text + "\n");
  if (!run_editor(file.name())) throw Error(ErrorCode::io, "the editor failed");
  std::string edited = read_all(file.name());
  edited.erase(edited.find_last_not_of("\r\n") + 1);
  return edited;
}

}  // namespace reckon::cli
