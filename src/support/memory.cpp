#include "support/memory.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>

#include "support/cgroup.hpp"

namespace reckon::support {
namespace {

constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kKilobyte = 1024;

std::optional<uint64_t> to_number(std::string_view text) {
  uint64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() ? std::optional(number) : std::nullopt;
}

// The number after `name` in a file of lines "name number ...".
std::optional<uint64_t> read_field(const std::string& path, std::string_view name) {
  std::ifstream file(path);
  std::string word, number, line;
  while (std::getline(file, line)) {
    if (!line.starts_with(name)) continue;
    std::istringstream words(line);
    if (words >> word >> number && word == name) return to_number(number);
  }
  return std::nullopt;
}

// The only number in a file; nullopt for "max" and for no such file.
std::optional<uint64_t> read_count(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  return file >> text ? to_number(text) : std::nullopt;
}

uint64_t subtract(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

// Names of one hierarchy's files. Version 1 counts child groups only under the total_ names.
struct CgroupFiles {
  const char* limit;
  const char* usage;
  const char* inactive_file;
  const char* active_file;
};
constexpr CgroupFiles kVersion1 = {"/memory.limit_in_bytes", "/memory.usage_in_bytes", "total_inactive_file",
                                   "total_active_file"};
constexpr CgroupFiles kVersion2 = {"/memory.max", "/memory.current", "inactive_file", "active_file"};

// A line of mountinfo: id, parent, device, root, mount point, options, optional fields, "-", type, source,
// super options.
struct Mount {
  std::string root, point;
  bool version2 = false;
};

std::optional<Mount> parse_memory_mount(const std::string& line) {
  std::istringstream words(line);
  std::string id, parent, device, options, word, type, source, super_options;
  Mount mount;
  words >> id >> parent >> device >> mount.root >> mount.point >> options;
  while (words >> word && word != "-") continue;
  words >> type >> source >> super_options;
  mount.version2 = type == "cgroup2";
  if (mount.version2 || (type == "cgroup" && lists(super_options, "memory"))) return mount;
  return std::nullopt;
}

// This process's group in the hierarchy.
std::optional<std::string> group_path(const std::string& root, bool version2) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::optional<CgroupLine> group = parse_cgroup_line(line);
    if (!group) continue;
    if (version2 ? group->controllers.empty() : lists(group->controllers, "memory")) return group->path;
  }
  return std::nullopt;
}

// A limit holds for all groups below, so the way up to the mount's root counts.
void apply_cgroup(const std::string& root, const Mount& mount, uint64_t machine_total, MemoryStatus& status) {
  std::string group = group_path(root, mount.version2).value_or("/");
  // In a container without its own name space the path is the host's, and the mount shows what lies below its
  // root.
  if (mount.root != "/") group = group.starts_with(mount.root) ? group.substr(mount.root.size()) : "";
  const CgroupFiles& files = mount.version2 ? kVersion2 : kVersion1;
  while (true) {
    while (group.ends_with('/')) group.pop_back();
    const std::string folder = fmt::format("{}{}{}", root, mount.point, group);
    const auto limit = read_count(folder + files.limit);
    if (limit && *limit < machine_total) {  // more is no limit, as version 1 writes it
      const uint64_t droppable = read_field(folder + "/memory.stat", files.inactive_file).value_or(0) +
                                 read_field(folder + "/memory.stat", files.active_file).value_or(0);
      const uint64_t used = subtract(read_count(folder + files.usage).value_or(0), droppable);
      status.total = std::min(status.total, *limit);
      status.available = std::min(status.available, subtract(*limit, used));
    }
    if (group.empty()) return;
    group.erase(group.find_last_of('/') == std::string::npos ? 0 : group.find_last_of('/'));
  }
}

// RLIMIT_AS bounds addresses rather than memory, mapped files included.
uint64_t address_space_left() {
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoLimit;
  const uint64_t used = read_field("/proc/self/status", "VmSize:").value_or(0) * kKilobyte;
  return subtract(limit.rlim_cur, used);
}

uint64_t own_status(std::string_view field) noexcept try {
  return read_field("/proc/self/status", field).value_or(0) * kKilobyte;
} catch (...) {
  return 0;  // no memory for reading the file
}

}  // namespace

MemoryStatus read_memory_status(const std::string& root) {
  const std::string meminfo = root + "/proc/meminfo";
  MemoryStatus status{kNoLimit, kNoLimit};
  if (const auto total = read_field(meminfo, "MemTotal:")) status.total = *total * kKilobyte;
  if (const auto available = read_field(meminfo, "MemAvailable:")) status.available = *available * kKilobyte;
  const uint64_t machine_total = status.total;
  std::ifstream mounts(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    if (line.find(" - cgroup") == std::string::npos) continue;
    if (const auto mount = parse_memory_mount(line)) apply_cgroup(root, *mount, machine_total, status);
  }
  return status;
}

uint64_t total_memory() { return read_memory_status("").total; }

uint64_t available_memory() { return std::min(read_memory_status("").available, address_space_left()); }

uint64_t resident_memory() noexcept { return own_status("VmRSS:"); }

uint64_t peak_resident_memory() noexcept { return own_status("VmHWM:"); }

}  // namespace reckon::support
