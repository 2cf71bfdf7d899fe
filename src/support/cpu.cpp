#include "support/cpu.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <string_view>

#include "support/cgroup.hpp"

namespace reckon::support {
namespace {

constexpr int kNoQuota = std::numeric_limits<int>::max();

std::vector<int> affinity() {
  // Of 1,024 processors each; as many as the kernel wants.
  for (size_t sets = 1; sets <= 1024; sets *= 2) {
    std::vector<cpu_set_t> mask(sets);
    const size_t bytes = sets * sizeof(cpu_set_t);
    if (sched_getaffinity(0, bytes, mask.data()) != 0) continue;
    std::vector<int> found;
    for (size_t i = 0; i < sets * CPU_SETSIZE; i++) {
      if (CPU_ISSET_S(i, bytes, mask.data())) found.push_back(static_cast<int>(i));
    }
    return found;
  }
  return {};
}

CpuSource this_process() {
  CpuSource source;
  source.affinity = affinity();
  return source;
}

// First line, without its end; nothing if the file can't be read.
std::optional<std::string> first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return line;
}

std::optional<int64_t> parse_number(std::string_view text) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

std::optional<int64_t> read_number(const std::string& path) {
  auto line = first_line(path);
  return line ? parse_number(*line) : std::nullopt;
}

int cores_of(std::optional<int64_t> quota, std::optional<int64_t> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return kNoQuota;
  int64_t cores = (*quota - 1) / *period + 1;
  return static_cast<int>(std::min<int64_t>(cores, kNoQuota));
}

// "max 100000" or "150000 100000"
int quota_v2(const std::string& group) {
  auto line = first_line(group + "/cpu.max");
  if (!line) return kNoQuota;
  size_t space = line->find(' ');
  if (space == std::string::npos) return kNoQuota;
  return cores_of(parse_number(*line), parse_number(std::string_view(*line).substr(space + 1)));
}

int quota_v1(const std::string& group) {
  return cores_of(read_number(group + "/cpu.cfs_quota_us"), read_number(group + "/cpu.cfs_period_us"));
}

// The least quota of a group and its ancestors. Inside a container the path may be the host's and only its
// last ancestor, the mount point, be there.
template <class Quota>
int least_quota(const std::string& mount, std::string path, Quota quota) {
  int least = quota(mount);
  while (path.size() > 1) {
    least = std::min(least, quota(mount + path));
    path.resize(path.rfind('/'));
  }
  return least;
}

int quota_cores(const CpuSource& source) {
  std::ifstream file(source.proc + "/self/cgroup");
  const std::string root = source.sys + "/fs/cgroup";
  int least = kNoQuota;
  for (std::string line; std::getline(file, line);) {
    const std::optional<CgroupLine> group = parse_cgroup_line(line);
    if (!group) continue;
    if (group->controllers.empty()) {
      least = std::min(least, least_quota(root, group->path, quota_v2));
    } else if (lists(group->controllers, "cpu")) {
      least = std::min(least, least_quota(root + "/" + group->controllers, group->path, quota_v1));
      least = std::min(least, least_quota(root + "/cpu", group->path, quota_v1));
    }
  }
  return least;
}

int at_least_one(size_t cores, int quota) {
  return std::max(1, static_cast<int>(std::min(cores, static_cast<size_t>(quota))));
}

std::string cpu_folder(const CpuSource& source, int cpu) {
  return fmt::format("{}/devices/system/cpu/cpu{}", source.sys, cpu);
}

// "48K", "2M" or bytes
size_t parse_size(std::string_view text) {
  int64_t value = parse_number(text).value_or(0);
  if (value <= 0 || value > (int64_t{1} << 40)) return 0;
  char unit = text.back();
  return static_cast<size_t>(value) << (unit == 'K' ? 10 : unit == 'M' ? 20 : unit == 'G' ? 30 : 0);
}

}  // namespace

int usable_cores(const CpuSource& source) {
  std::set<std::string> cores;
  for (int cpu : source.affinity) {
    // All siblings of a core have the same list.
    auto siblings = first_line(cpu_folder(source, cpu) + "/topology/thread_siblings_list");
    cores.insert(siblings ? *siblings : std::to_string(cpu));
  }
  return at_least_one(cores.size(), quota_cores(source));
}

int usable_cpus(const CpuSource& source) { return at_least_one(source.affinity.size(), quota_cores(source)); }

std::string processor_name(const CpuSource& source) {
  std::ifstream file(source.proc + "/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  // Arm boards: the name of the board, NUL-terminated.
  if (auto model = first_line(source.sys + "/firmware/devicetree/base/model")) {
    return model->substr(0, model->find('\0'));
  }
  utsname names{};
  return uname(&names) == 0 ? names.machine : "unknown";
}

CacheSizes cache_sizes(const CpuSource& source) {
  CacheSizes sizes;
  if (source.affinity.empty()) return sizes;
  for (int i = 0; i < 16; i++) {
    std::string cache = fmt::format("{}/cache/index{}", cpu_folder(source, source.affinity.front()), i);
    auto level = read_number(cache + "/level");
    auto type = first_line(cache + "/type"), size = first_line(cache + "/size");
    if (!level || !type || !size || size->empty() || *type == "Instruction") continue;
    if (*level == 1) sizes.l1 = parse_size(*size);
    if (*level == 2) sizes.l2 = parse_size(*size);
    if (*level == 3) sizes.l3 = parse_size(*size);
  }
  return sizes;
}

int usable_cores() { return usable_cores(this_process()); }
int usable_cpus() { return usable_cpus(this_process()); }
std::string processor_name() { return processor_name(this_process()); }
CacheSizes cache_sizes() { return cache_sizes(this_process()); }

}  // namespace reckon::support
