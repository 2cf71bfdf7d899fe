#include "load/file_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <reckon/error.hpp>
#include <system_error>

namespace reckon::load {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& problem) {
  throw Error(ErrorCode::io, fmt::format("{}: {}", path, problem));
}

[[noreturn]] void fail_errno(const std::string& path, const char* action, int error) {
  fail(path, fmt::format("can't {}: {}", action, std::generic_category().message(error)));
}

[[noreturn]] void fail_shorter(const std::string& path, uint64_t size, uint64_t now) {
  fail(path, fmt::format("became shorter while in use: {} bytes when opened, {} bytes now", size, now));
}

// Without O_NONBLOCK, opening a FIFO would wait for a writer.
int open_for_reading(const std::string& path) {
  require_path(path);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) fail_errno(path.empty() ? "\"\"" : path, "open the file", errno);
  return fd;
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
  return "something else";
}

}  // namespace

void require_path(const std::string& path) {
  const size_t nul = path.find('\0');
  if (nul != std::string::npos) fail(path.substr(0, nul), "the path has a NUL byte");
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

FileSource::FileSource(const std::string& path) : path_(path), fd_(open_for_reading(path)) {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) fail_errno(path_, "read the file's size", errno);
  if (!S_ISREG(status.st_mode)) {
    fail(path_, fmt::format("is {}, expected a regular file", kind_of(status.st_mode)));
  }
  if (status.st_size <= 0) fail(path_, "the file is empty");
  size_ = static_cast<uint64_t>(status.st_size);
}

uint64_t FileSource::size_now() const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) fail_errno(path_, "read the file's size", errno);
  return static_cast<uint64_t>(status.st_size);
}

void FileSource::read(uint64_t offset, std::span<std::byte> to) const {
  while (!to.empty()) {
    const ssize_t count = ::pread(fd_.get(), to.data(), to.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_errno(path_, "read the file", errno);
    if (count == 0) fail_shorter(path_, size_, size_now());
    offset += static_cast<uint64_t>(count);
    to = to.subspan(static_cast<size_t>(count));
  }
}

void FileSource::check_unchanged() const {
  const uint64_t now = size_now();
  if (now < size_) fail_shorter(path_, size_, now);
}

}  // namespace reckon::load
