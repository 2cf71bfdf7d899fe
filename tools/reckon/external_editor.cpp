#include "external_editor.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace reckon::cli {
namespace {

// A file that is removed with this object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content) {
    std::error_code failed;
    const auto directory = std::filesystem::temp_directory_path(failed);
    name_ = ((failed ? std::filesystem::path("/tmp") : directory) / "reckon-XXXXXX.md").string();
    const int file = ::mkstemps(name_.data(), 3);  // readable by its owner only
    if (file < 0) return;
    ::close(file);
    made_ = static_cast<bool>(std::ofstream(name_, std::ios::binary) << content);
  }
  ~TemporaryFile() { ::unlink(name_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  bool made() const { return made_; }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
  bool made_ = false;
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
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGPIPE, SIG_DFL);
  ::signal(SIGXFSZ, SIG_DFL);
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

std::optional<std::string> edit_text(const std::string& text) {
  const TemporaryFile file(text + "\n");
  if (!file.made() || !run_editor(file.name())) return std::nullopt;
  std::ostringstream content;
  content << std::ifstream(file.name(), std::ios::binary).rdbuf();
  std::string edited = content.str();
  edited.erase(edited.find_last_not_of("\r\n") + 1);
  return edited;
}

}  // namespace reckon::cli
