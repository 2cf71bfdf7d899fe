// This process's control groups, as the kernel lists them.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace reckon::support {

// A line of /proc/self/cgroup, "id:controllers:/path". Version 2 has no controllers.
struct CgroupLine {
  std::string controllers, path;
};

inline std::optional<CgroupLine> parse_cgroup_line(const std::string& line) {
  const size_t first = line.find(':');
  const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos || !line.substr(second + 1).starts_with('/')) return std::nullopt;
  return CgroupLine{line.substr(first + 1, second - first - 1), line.substr(second + 1)};
}

// Is the name one of a list with commas between?
inline bool lists(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == name) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace reckon::support
