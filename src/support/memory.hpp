// How much memory there is for this process, and how much it has. All figures in bytes.
#pragma once

#include <cstdint>
#include <string>

namespace reckon::support {

// Memory of the machine, or of the control group where that is less.
uint64_t total_memory();

// What this process can still take: the least of what the system calls available, what its control groups (v1
// or v2) leave, file pages counted as free since they are dropped on demand, and what RLIMIT_AS leaves. It is
// a snapshot.
uint64_t available_memory();

uint64_t resident_memory() noexcept;       // of this process now; 0 if the system doesn't say
uint64_t peak_resident_memory() noexcept;  // at most so far; 0 if the system doesn't say

// The two parts of the above that read files, below `root` ("" for the system's own), as tests need it.
struct MemoryStatus {
  uint64_t total = 0;
  uint64_t available = 0;
};
MemoryStatus read_memory_status(const std::string& root);

}  // namespace reckon::support
