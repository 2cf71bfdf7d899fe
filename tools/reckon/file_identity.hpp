// Which file a descriptor is of.
#pragma once

#include <sys/stat.h>

#include <string>

namespace reckon::cli {

inline bool is_same_file(int one, int other) {
  struct stat first {};
  struct stat second {};
  return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

// Is `descriptor` still what `path` names, or was that replaced meanwhile?
inline bool is_current(int descriptor, const std::string& path) {
  struct stat here {};
  struct stat there {};
  return ::fstat(descriptor, &here) == 0 && ::stat(path.c_str(), &there) == 0 &&
         here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

}  // namespace reckon::cli
