// Which file a descriptor is of.
#pragma once

#include <sys/stat.h>

#include <string>

namespace reckon::cli {

inline bool is_same_file(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

inline bool is_same_file(int one, int other) {
  struct stat first {};
  struct stat second {};
  return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && is_same_file(first, second);
}

// Is `descriptor` still what `path` names, or was that replaced meanwhile?
inline bool is_current(int descriptor, const std::string& path) {
  struct stat here {};
  struct stat there {};
  return ::fstat(descriptor, &here) == 0 && ::stat(path.c_str(), &there) == 0 && is_same_file(here, there);
}

}  // namespace reckon::cli
