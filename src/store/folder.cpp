#include "store/folder.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <reckon/error.hpp>
#include <system_error>

#include "load/file_source.hpp"

namespace reckon::store {

namespace {

// Also false where it can't be told.
bool is_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

}  // namespace

void make_private_folder(const std::string& folder) {
  load::require_path(folder);
  std::filesystem::path path;
  for (const auto& part : std::filesystem::path(folder)) {
    path /= part;
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const std::error_code why(errno, std::generic_category());
    if (is_folder(path)) continue;
    throw Error(ErrorCode::io, fmt::format("{}: can't make this folder: {}", path.string(), why.message()));
  }
  if (!is_folder(path)) throw Error(ErrorCode::io, folder + ": is not a folder");
}

std::vector<std::string> names_in(const std::string& folder) {
  struct Close {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  const std::unique_ptr<DIR, Close> open(::opendir(folder.c_str()));
  std::vector<std::string> names;
  while (const dirent* entry = open ? ::readdir(open.get()) : nullptr) {
    std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(std::move(name));
  }
  return names;
}

}  // namespace reckon::store
