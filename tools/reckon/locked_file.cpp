#include "locked_file.hpp"

#include <sys/file.h>

#include <cerrno>

#include "file_identity.hpp"
#include "io_error.hpp"

namespace reckon::cli {
namespace {

constexpr int kMostOpenings = 10;

}  // namespace

// Of what `file` names once its lock is taken: until then another process may replace or remove it.
std::optional<Descriptor> open_locked(const std::string& file, const std::function<Descriptor()>& open) {
  for (int opening = 0; opening < kMostOpenings; ++opening) {
    Descriptor opened = open();
    if (::flock(opened.number(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK) break;
      throw_io_error("can't lock " + file);
    }
    if (is_current(opened.number(), file)) return opened;
  }
  return std::nullopt;
}

}  // namespace reckon::cli
