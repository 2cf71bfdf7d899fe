// The machine as reckon sees it: kernel sets, cores, memory, measured limits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <reckon/error.hpp>

namespace reckon {

const char* version() noexcept;  // "0.1.0"

struct InstructionSet {
  std::string name;  // a value for RECKON_ISA
  std::string description;
  bool supported = false;  // by this processor and system
  bool selected = false;   // by RECKON_ISA, else the best. Throws as select in LoadOptions does
};
std::vector<InstructionSet> instruction_sets();

struct SystemInfo {
  std::string processor;
  int usable_cores = 0;           // by affinity and quota; sibling threads count once
  uint64_t memory_total = 0;      // bytes
  uint64_t memory_available = 0;  // for this process: system, cgroup and rlimit
};
SystemInfo system_info();

uint64_t resident_bytes() noexcept;       // of this process now
uint64_t peak_resident_bytes() noexcept;  // at most so far

// Measured limits of `threads` threads. Both take about `seconds` and allocate what they need (bandwidth:
// `bytes`).
double measure_read_bandwidth(int threads, uint64_t bytes, double seconds);  // bytes per second
// Arithmetic of the kernel set's widest integer product in registers, multiply and add counted as two, per
// second.
double measure_compute_peak(const std::string& isa, int threads, double seconds);

}  // namespace reckon
