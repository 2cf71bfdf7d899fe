#include "store/folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <reckon/error.hpp>
#include <system_error>

namespace reckon::store {

void make_private_folder(const std::string& folder) {
  std::filesystem::path path;
  for (const auto& part : std::filesystem::path(folder)) {
    path /= part;
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST && !std::filesystem::is_directory(path)) {
      throw Error(ErrorCode::io, fmt::format("{}: can't make this folder: {}", path.string(),
                                             std::generic_category().message(errno)));
    }
  }
  if (!std::filesystem::is_directory(path)) throw Error(ErrorCode::io, folder + ": is not a folder");
}

}  // namespace reckon::store
