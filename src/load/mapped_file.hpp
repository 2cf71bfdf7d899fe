// A regular file mapped for reading.
//
// What is promised when the file changes underneath: check_unchanged() throws Error(io) once the file is
// shorter than it was at opening. Reading mapped bytes that no longer exist raises SIGBUS, which a library
// can't handle without taking over the process's signals; so whoever reads calls check_unchanged() before
// each tensor while packing, and before each step where weights are read in place. A file cut off within that
// window can still end the process. A file that is replaced by renaming another one over it, as downloads do,
// is no danger: the mapping keeps the old content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace reckon::load {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

class MappedFile {
 public:
  // Throws Error(io) naming the path: missing, no permission, empty, not a regular file, not mappable.
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  const std::string& path() const { return path_; }
  std::span<const std::byte> bytes() const { return {data_, size_}; }

  // Drops the pages that lie wholly within both `bytes` and this file from the process's memory; they are
  // read again when touched again.
  void release_pages(std::span<const std::byte> bytes) const;
  // Throws Error(io) if the file is shorter than it was at opening.
  void check_unchanged() const;

 private:
  std::string path_;
  FileDescriptor fd_;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace reckon::load
