#include "session_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <reckon/error.hpp>
#include <utility>

#include "io_error.hpp"
#include "locked_file.hpp"
#include "session_folder.hpp"

namespace reckon::cli {
namespace {

// No session's name begins with a dot.
std::string lock_path(const std::string& name) {
  const std::filesystem::path session = session_path_to_write(name);
  return (session.parent_path() / fmt::format(".{}.lock", name)).string();
}

Descriptor open_lock(const std::string& file) {
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
  if (opened.number() < 0) throw_io_error("can't write " + file);
  return opened;
}

}  // namespace

SessionLock::SessionLock(const std::string& name) : path_(lock_path(name)) {
  std::optional<Descriptor> opened = open_locked(path_, [&] { return open_lock(path_); });
  if (!opened) throw Error(ErrorCode::io, fmt::format("session '{}' is in use by another reckon", name));
  file_ = *std::move(opened);
}

SessionLock& SessionLock::operator=(SessionLock&& other) noexcept {
  if (this == &other) return *this;
  release();
  file_ = std::move(other.file_);
  path_ = std::move(other.path_);
  return *this;
}

// The name goes while the lock is held: whoever has opened the file under it meanwhile sees that it is gone.
void SessionLock::release() {
  if (file_.number() < 0) return;
  ::unlink(path_.c_str());
  file_ = Descriptor();
}

}  // namespace reckon::cli
