#include "history_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "descriptor.hpp"
#include "file_identity.hpp"
#include "write_all.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kLongestEntry = 65536;    // bytes
constexpr off_t kMostHistory = 16 << 20;   // more is no history of ours
constexpr off_t kShortenFrom = 256 << 10;  // bytes from which on the lines are counted

std::string read_all_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > kMostHistory)
    return "";
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  const ssize_t count = ::pread(descriptor, bytes.data(), bytes.size(), 0);
  bytes.resize(static_cast<size_t>(std::max<ssize_t>(count, 0)));
  return bytes;
}

// Without a last line that has no end: a write was cut short.
std::vector<std::string> newest_lines(const std::string& bytes) {
  std::vector<std::string> lines;
  for (size_t at = 0, end = 0; (end = bytes.find('\n', at)) != std::string::npos; at = end + 1) {
    lines.push_back(bytes.substr(at, end - at));
  }
  if (lines.size() > HistoryFile::kMostLines)
    lines.erase(lines.begin(), lines.end() - HistoryFile::kMostLines);
  return lines;
}

// Replaces the file by its newest lines. The caller holds the lock.
void shorten(int descriptor, const std::string& path) {
  const std::string bytes = read_all_of(descriptor);
  if (static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '\n')) <= 2 * HistoryFile::kMostLines)
    return;
  std::string kept;
  for (const std::string& line : newest_lines(bytes)) kept += line + "\n";
  const std::string temporary = path + ".new";
  const Descriptor file(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.number() < 0) return;
  if (!write_all(file.number(), kept) || ::rename(temporary.c_str(), path.c_str()) != 0)
    ::unlink(temporary.c_str());
}

// With its lock taken; opened again while another chat replaces it.
int open_locked(const std::string& path) {
  for (int attempt = 0; attempt < 10; ++attempt) {
    const int file = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return -1;
    if (::flock(file, LOCK_EX) != 0 || is_current(file, path)) return file;
    ::close(file);
  }
  return -1;
}

}  // namespace

std::vector<std::string> HistoryFile::load() const {
  const Descriptor file(path_.empty() ? -1 : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  return file.number() >= 0 ? newest_lines(read_all_of(file.number())) : std::vector<std::string>();
}

void HistoryFile::append(std::string_view line) const {
  if (path_.empty() || line.size() > kLongestEntry || line.find('\n') != std::string_view::npos) return;
  const Descriptor file(open_locked(path_));
  struct stat status {};
  if (file.number() < 0 || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  ::fchmod(file.number(), 0600);
  // A line that was cut short gets its end first.
  char last = '\n';
  if (status.st_size > 0 && ::pread(file.number(), &last, 1, status.st_size - 1) != 1) return;
  if (!write_all(file.number(), (last == '\n' ? "" : "\n") + std::string(line) + "\n")) {
    [[maybe_unused]] const int taken_back = ::ftruncate(file.number(), status.st_size);
    return;
  }
  if (status.st_size > kShortenFrom) shorten(file.number(), path_);
}

std::string default_history_path() {
  const char* state = std::getenv("XDG_STATE_HOME");
  const char* home = std::getenv("HOME");
  std::filesystem::path directory;
  if (state != nullptr && *state == '/') {
    directory = state;
  } else if (home != nullptr && *home != '\0') {
    directory = std::filesystem::path(home) / ".local" / "state";
  } else {
    return "";
  }
  directory /= "reckon";
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  return failed ? "" : (directory / "history").string();
}

}  // namespace reckon::cli
