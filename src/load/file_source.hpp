// A regular file, opened for reading.
//
// What is promised when the file changes underneath: once it is shorter than it was at opening,
// check_unchanged() and each read of what is gone throw Error(io); no signal is raised. A file that is
// replaced by renaming another one over it, as downloads do, is no danger: the old content stays readable
// here. Bytes that are overwritten in place are read as they are.
#pragma once

#include "load/byte_source.hpp"

namespace reckon::load {

// Throws Error(io) for a path with a NUL byte, at which the system would take it for ended.
void require_path(const std::string& path);

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

class FileSource final : public ByteSource {
 public:
  // Throws Error(io) naming the path: missing, no permission, empty, not a regular file.
  explicit FileSource(const std::string& path);

  const std::string& name() const override { return path_; }
  uint64_t size() const override { return size_; }
  void read(uint64_t offset, std::span<std::byte> to) const override;
  void check_unchanged() const override;

 private:
  uint64_t size_now() const;

  std::string path_;
  FileDescriptor fd_;
  uint64_t size_ = 0;
};

}  // namespace reckon::load
