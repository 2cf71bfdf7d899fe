#include "store/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <reckon/error.hpp>
#include <system_error>

#include "load/file_source.hpp"
#include "store/folder.hpp"

namespace reckon::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".tmp";

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// A writer holds its lock as long as it lives; a file that can be locked has none.
void remove_if_abandoned(const fs::path& temporary) {
  const load::FileDescriptor file(::open(temporary.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (file.get() >= 0 && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0) ::unlink(temporary.c_str());
}

// Temporary files are called a dot, the file's name, a dot, six characters, kSuffix. The name; empty for
// other files.
std::string_view name_in_temporary(std::string_view temporary) {
  constexpr size_t kBehind = 1 + 6 + kSuffix.size();
  if (!temporary.starts_with('.') || !temporary.ends_with(kSuffix) || temporary.size() <= 1 + kBehind)
    return {};
  const std::string_view name = temporary.substr(1, temporary.size() - 1 - kBehind);
  return temporary[1 + name.size()] == '.' ? name : std::string_view();
}

bool is_still_there(int descriptor) {
  struct stat status {};
  return ::fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

}  // namespace

void remove_abandoned(const std::string& folder,
                      const std::function<bool(std::string_view name)>& is_wanted) {
  for (const std::string& file : names_in(folder)) {
    const std::string_view name = name_in_temporary(file);
    if (!name.empty() && is_wanted(name)) remove_if_abandoned(fs::path(folder) / file);
  }
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  load::require_path(path_);
  const std::string own = fs::path(path_).filename().string();
  if (own.empty() || own == "." || own == "..") {
    throw Error(ErrorCode::io, fmt::format("\"{}\": names no file", path_));
  }
  check_replaceable();
  remove_abandoned(folder_of(path_).string(), [&](std::string_view name) { return name == own; });
  create();
}

// Between the file's creation and its lock another process may take it for an abandoned one: the lock is had
// when that process is done with it.
void AtomicFile::create() {
  const fs::path folder = folder_of(path_);
  do {
    if (descriptor_ >= 0) ::close(descriptor_);
    temporary_ =
        (folder / fmt::format(".{}.XXXXXX{}", fs::path(path_).filename().string(), kSuffix)).string();
    descriptor_ = ::mkostemps(temporary_.data(), static_cast<int>(kSuffix.size()), O_CLOEXEC);
    if (descriptor_ < 0) fail("create a file beside it");
    int locked = 0;  // file systems without locks have no cleaners either
    do locked = ::flock(descriptor_, LOCK_EX);
    while (locked != 0 && errno == EINTR);
  } while (!is_still_there(descriptor_));
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  ::close(descriptor_);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("write it");
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

// A device or a pipe is no file that could be written anew.
void AtomicFile::check_replaceable() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) return;                 // a new file, or what create() reports
  if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) return;  // rename() refuses folders, and says it
  throw Error(ErrorCode::io, fmt::format("{}: is a device or a pipe, expected a regular file", path_));
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail("write it");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("rename the written file to it");
  temporary_.clear();
  const load::FileDescriptor folder(::open(folder_of(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A folder may be writable without being readable, and some file systems can't sync one, which they say by
  // EINVAL: the file is there nevertheless.
  if (folder.get() < 0 && errno == EACCES) return;
  if (folder.get() < 0 || (::fsync(folder.get()) != 0 && errno != EINVAL)) fail("sync its folder");
}

void AtomicFile::fail(const char* action) const {
  throw Error(ErrorCode::io,
              fmt::format("{}: can't {}: {}", path_, action, std::generic_category().message(errno)));
}

}  // namespace reckon::store
