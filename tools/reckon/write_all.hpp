// Whole writes, for files; Output is for what people and pipes read.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace reckon::cli {

// All of `bytes`, from where `descriptor` stands. False, with errno, from the first failure on.
inline bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace reckon::cli
