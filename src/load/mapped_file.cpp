#include "load/mapped_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
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

// Without O_NONBLOCK, opening a FIFO would wait for a writer.
int open_for_reading(const std::string& path) {
  if (path.find('\0') != std::string::npos) fail(path.substr(0, path.find('\0')), "the path has a NUL byte");
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

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

MappedFile::MappedFile(const std::string& path) : path_(path), fd_(open_for_reading(path)) {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) fail_errno(path_, "read the file's size", errno);
  if (!S_ISREG(status.st_mode)) {
    fail(path_, fmt::format("is {}, expected a regular file", kind_of(status.st_mode)));
  }
  if (status.st_size <= 0) fail(path_, "the file is empty, expected a GGUF model");
  size_ = static_cast<size_t>(status.st_size);
  void* address = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd_.get(), 0);
  if (address == MAP_FAILED) fail_errno(path_, fmt::format("map {} bytes", size_).c_str(), errno);
  data_ = static_cast<const std::byte*>(address);
}

MappedFile::~MappedFile() {
  // The mapping was made by mmap for this object; nobody sees it any more.
  ::munmap(const_cast<std::byte*>(data_), size_);
}

void MappedFile::release_pages(std::span<const std::byte> bytes) const {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto file_begin = reinterpret_cast<uintptr_t>(data_);
  const auto begin = std::max(reinterpret_cast<uintptr_t>(bytes.data()), file_begin);
  const auto end = std::min(reinterpret_cast<uintptr_t>(bytes.data()) + bytes.size(), file_begin + size_);
  if (begin >= end) return;
  const uintptr_t first = (begin + page - 1) / page * page;
  const uintptr_t last = end / page * page;
  // Only a hint: on failure the pages merely stay.
  if (first < last) ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

void MappedFile::check_unchanged() const {
  struct stat status {};
  if (::fstat(fd_.get(), &status) != 0) fail_errno(path_, "read the file's size", errno);
  const auto now = static_cast<uint64_t>(status.st_size);
  if (now < size_) {
    fail(path_, fmt::format("became shorter while in use: {} bytes when opened, {} bytes now", size_, now));
  }
}

}  // namespace reckon::load
