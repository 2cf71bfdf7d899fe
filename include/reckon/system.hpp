// The machine as reckon sees it: kernel sets, cores, memory, measured limits.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <reckon/error.hpp>
#include <reckon/export.hpp>
#include <reckon/model.hpp>

namespace reckon {

// The release, "0.1.0".
//
//   std::cout << version() << " on " << system_info().processor << ": " << resident_bytes() << " bytes, "
//             << peak_resident_bytes() << " at most\n";
//   for (const InstructionSet& set : instruction_sets()) {
//     if (set.supported) std::cout << set.name << ": " << set.description << '\n';
//   }
RECKON_API const char* version() noexcept;

// A kernel set of this build.
struct InstructionSet {
  std::string name;         // a value for RECKON_ISA
  std::string description;  // for people
  bool supported = false;   // by this processor and system
  bool selected = false;    // by RECKON_ISA, else the best
};
// All of this build, from the simplest on. Throws Error(invalid_argument | unsupported) for a RECKON_ISA that
// can't be had, Error(out_of_memory).
RECKON_API std::vector<InstructionSet> instruction_sets();

// The machine as this process sees it.
struct SystemInfo {
  std::string processor;          // its name, for people
  int usable_cores = 0;           // by affinity and quota; sibling threads count once
  uint64_t memory_total = 0;      // bytes
  uint64_t memory_available = 0;  // for this process: system, cgroup and rlimit
};
// Asked of the system anew at each call. Throws Error(out_of_memory).
RECKON_API SystemInfo system_info();

RECKON_API uint64_t resident_bytes() noexcept;       // of this process now; 0 where it can't be read
RECKON_API uint64_t peak_resident_bytes() noexcept;  // at most so far; 0 where it can't be read

// --- measured limits ---
//
// Each on `threads` threads, 1 to 256, and over about `seconds`, 0 to 3,600; the best of several passes
// counts. Throw Error(invalid_argument) for other numbers.
//
//   for (const ReadSize& size : read_sizes(2)) {
//     std::cout << size.name << ": " << measure_read_bandwidth(2, size.bytes, 0.2) / 1e9 << " GB/s\n";
//   }
//   std::cout << measure_compute_peak(model.isa(), 2, 0.2) / 1e9 << " Gop/s\n"
//             << measure_packing("r1.gguf", {}, 1).bytes_per_s() / 1e9 << " GB/s packed, "
//             << measure_embedded_packing({}, 1).bytes_per_s() / 1e9 << " of the embedded model\n";

// Bytes per second when `bytes` bytes are read over and over, each cache line once per pass. Up to 1 MiB per
// thread, each thread reads a part of its own, which stays in its core's cache; more is shared out in pieces.
// Allocates `bytes`; throws Error(invalid_argument), Error(out_of_memory) for more than this process can
// have.
RECKON_API double measure_read_bandwidth(int threads, uint64_t bytes, double seconds);

// Sizes that show the machine's levels of memory, least first: half of each thread's L2 cache, 16 and 64 MiB
// (a shared cache, where there is one), and more than any cache holds.
struct ReadSize {
  std::string name;    // "L2", "16 MiB", "64 MiB", "memory"
  uint64_t bytes = 0;  // for measure_read_bandwidth()
};
// For measure_read_bandwidth(). Throws Error(invalid_argument | out_of_memory).
RECKON_API std::vector<ReadSize> read_sizes(int threads);

// Arithmetic of the kernel set's densest int8 product in registers, multiply and add counted as two, per
// second. Throws Error(unsupported) for a kernel set that this processor can't run, Error(invalid_argument)
// for one that is not there, Error(out_of_memory).
RECKON_API double measure_compute_peak(const std::string& isa, int threads, double seconds);

// How quickly a file's matrices are packed, from the page cache into memory: the best of the loads that fit
// into `seconds` (at least one) after one that warms the cache. A load that takes longer is broken off
// between two tensors, and what it packed until then counts.
struct PackingSpeed {
  uint64_t bytes = 0;  // of the file's matrices, packed in the best load
  double seconds = 0;  // that it took
  // 0 if nothing was packed.
  double bytes_per_s() const { return seconds > 0 ? static_cast<double>(bytes) / seconds : 0; }
};
// Of a GGUF file. Throws as Model::load does.
RECKON_API PackingSpeed measure_packing(const std::string& path, const LoadOptions& options, double seconds);
// Of the model that is part of the library. Throws as Model::embedded does.
RECKON_API PackingSpeed measure_embedded_packing(const LoadOptions& options, double seconds);

}  // namespace reckon
