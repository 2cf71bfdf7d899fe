// What the system says about the processor, and what of it this process may use.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace reckon::support {

// Cores this process may use: affinity mask and cgroup CPU quota (rounded up), one per physical core, at
// least 1.
int usable_cores();
// The same with sibling threads counted each: how many threads can run at once.
int usable_cpus();

std::string processor_name();

// Bytes of the data caches that a core sees, 0 where unknown.
struct CacheSizes {
  size_t l1 = 0, l2 = 0, l3 = 0;
};
CacheSizes cache_sizes();

// Where the functions above look, for tests: the mount points of sysfs and procfs, and the affinity mask.
struct CpuSource {
  std::string sys = "/sys";
  std::string proc = "/proc";
  std::vector<int> affinity;
};
int usable_cores(const CpuSource& source);
int usable_cpus(const CpuSource& source);
std::string processor_name(const CpuSource& source);
CacheSizes cache_sizes(const CpuSource& source);

}  // namespace reckon::support
