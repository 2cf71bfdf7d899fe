#include "session_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <reckon/error.hpp>
#include <system_error>

#include "io_error.hpp"
#include "options.hpp"

namespace reckon::cli {
namespace {

namespace fs = std::filesystem;

constexpr size_t kLongestName = 100;
constexpr const char* kExtension = ".session";

fs::path sessions_folder() { return fs::path(data_folder()) / "sessions"; }

void make_private(const fs::path& folder) {
  std::error_code failed;  // mkdir() says it better
  if (folder.has_parent_path() && !fs::exists(folder.parent_path(), failed))
    make_private(folder.parent_path());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw_io_error(folder.string() + ": can't make this folder");
  }
}

bool has_controls(const std::string& name) {
  return std::ranges::any_of(name, [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; });
}

// Why no session has this name; null if one may.
const char* name_fault(const std::string& name) {
  if (name.empty()) return "the name is empty";
  if (name.size() > kLongestName) return "the name is longer than 100 bytes";
  if (name.find('/') != std::string::npos) return "a session's name has no slash";
  if (name.front() == '.') return "a session's name does not begin with a dot";
  if (names_file(name)) return "a session's name does not end in .json";
  if (has_controls(name)) return "a session's name has no control characters";
  return nullptr;
}

void check_name(const std::string& name) {
  const char* fault = name_fault(name);
  if (fault == nullptr) return;
  if (has_controls(name)) throw UsageError(fault);  // the message has none either
  throw UsageError(fmt::format("session '{}': {}", name.substr(0, kLongestName), fault));
}

}  // namespace

std::string data_folder() {
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if (data != nullptr && *data == '/') return (fs::path(data) / "reckon").string();
  if (home != nullptr && *home != '\0') return (fs::path(home) / ".local" / "share" / "reckon").string();
  throw UsageError("no place for sessions: neither XDG_DATA_HOME nor HOME is set");
}

bool names_file(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".json");
}

std::string session_path(const std::string& name) {
  check_name(name);
  return (sessions_folder() / (name + kExtension)).string();
}

std::string session_path_to_write(const std::string& name) {
  std::string path = session_path(name);
  make_private(sessions_folder());
  return path;
}

bool session_exists(const std::string& name) {
  std::error_code failed;  // reading it says it better
  const fs::file_status status = fs::status(session_path(name), failed);
  return status.type() != fs::file_type::not_found;
}

// The copy gets its name once it is whole.
void copy_session(const std::string& from, const std::string& to, Link link) {
  if (link(from.c_str(), to.c_str()) == 0) return;
  const std::string what = to + ": can't make this session";
  if (errno == EEXIST) throw_io_error(what);
  const fs::path part = fs::path(to).parent_path() / fmt::format(".fork.{}", ::getpid());
  std::error_code failed;
  fs::copy_file(from, part, fs::copy_options::overwrite_existing, failed);
  if (!failed) fs::rename(part, to, failed);
  if (!failed) return;
  std::error_code ignored;
  fs::remove(part, ignored);
  throw_io_error(what, failed.value());
}

std::vector<std::string> session_names() {
  std::vector<std::string> names;
  std::error_code failed;
  fs::directory_iterator it(sessions_folder(), failed);
  if (failed == std::errc::no_such_file_or_directory) return names;
  for (const fs::directory_iterator end; !failed && it != end; it.increment(failed)) {
    const fs::path file = it->path().filename();
    // Other things may lie there too.
    std::error_code gone;
    if (it->is_regular_file(gone) && file.extension() == kExtension &&
        name_fault(file.stem().string()) == nullptr) {
      names.push_back(file.stem().string());
    }
  }
  if (failed) throw_io_error(sessions_folder().string() + ": can't read this folder", failed.value());
  std::ranges::sort(names);
  return names;
}

void check_session_exists(const std::string& name) {
  if (session_exists(name)) return;
  const std::string near = nearest(name, session_names());
  throw UsageError(fmt::format("there is no session '{}'; {}", name,
                               near.empty() ? "reckon sessions lists them" : "did you mean '" + near + "'?"));
}

}  // namespace reckon::cli
