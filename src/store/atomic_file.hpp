// A file that is written whole or not at all: whoever is killed while writing, and whatever loses power, the
// path holds the old content or the new.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace reckon::store {

class AtomicFile {
 public:
  // Creates a temporary file beside `path`, for this user only (mode 0600). What writers that were killed
  // left behind for the same path is removed. Throws Error(io), also if the path is that of a device or a
  // pipe.
  explicit AtomicFile(std::string path);
  // Removes the temporary file unless commit() came to its end.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(std::span<const std::byte> bytes);  // throws Error(io)
  // Brings the bytes to the disk, then gives them the path's name, then brings the name to the disk. Throws
  // Error(io).
  void commit();

 private:
  void check_replaceable() const;
  void create();
  [[noreturn]] void fail(const char* action) const;  // with errno

  std::string path_;
  std::string temporary_;
  int descriptor_ = -1;
};

// Removes what writers that were killed left in `folder` of the files whose names `is_wanted` takes.
void remove_abandoned(const std::string& folder, const std::function<bool(std::string_view name)>& is_wanted);

}  // namespace reckon::store
