// The machine: kernel sets, cores, memory, measured limits. Part of reckon.h.
#ifndef RECKON_C_SYSTEM_H
#define RECKON_C_SYSTEM_H

#include <reckon/c/model.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- the machine ---
//
//   reckon_instruction_set* sets;
//   size_t count;
//   if (reckon_instruction_sets(&sets, &count, NULL) == RECKON_OK) {
//     for (size_t i = 0; i < count; i++) {
//       printf("%s: %s%s\n", sets[i].name, sets[i].description, sets[i].selected ? " (selected)" : "");
//     }
//     reckon_free(sets);
//   }
//   reckon_system_info* machine;
//   if (reckon_system_describe(&machine, NULL) == RECKON_OK) {
//     printf("%s, %d cores, %.1f GB free\n", machine->processor, machine->usable_cores,
//            (double)machine->memory_available / 1e9);
//     reckon_free(machine);
//   }
//   printf("%.1f MB now, %.1f MB at most\n", (double)reckon_resident_bytes() / 1e6,
//          (double)reckon_peak_resident_bytes() / 1e6);

// A kernel set of this build.
typedef struct reckon_instruction_set {
  const char* name;         // for reckon_load_options.isa and the environment's RECKON_ISA
  const char* description;  // for people
  int32_t supported;        // not 0: by this processor and system
  int32_t selected;         // not 0: by RECKON_ISA, else the best
} reckon_instruction_set;

// All of this build, from the simplest on: *count of them, freed with reckon_free(), texts and all. Fails
// with RECKON_INVALID_ARGUMENT (also where the environment's RECKON_ISA names none of them), UNSUPPORTED
// (this processor can't run the one it names), OUT_OF_MEMORY.
RECKON_API reckon_status reckon_instruction_sets(reckon_instruction_set** out, size_t* count,
                                                 reckon_error** error);

// The machine as this process sees it. Filled by the library: fields past `size` bytes are not there.
typedef struct reckon_system_info {
  size_t size;                // bytes of it that the library knows
  const char* processor;      // its name, for people
  uint64_t memory_total;      // bytes
  uint64_t memory_available;  // for this process: system, cgroup and rlimit
  int32_t usable_cores;       // by affinity and quota; sibling threads count once
  int32_t reserved;           // 0
} reckon_system_info;

// Asked of the system anew at each call. Fails with RECKON_INVALID_ARGUMENT for NULL, and OUT_OF_MEMORY.
// Freed with reckon_free(), texts and all.
RECKON_API reckon_status reckon_system_describe(reckon_system_info** out, reckon_error** error);
// Memory of this process now, in bytes; 0 where the system does not say.
RECKON_API uint64_t reckon_resident_bytes(void);
// At most so far, in bytes; 0 where the system does not say.
RECKON_API uint64_t reckon_peak_resident_bytes(void);

// --- measured limits ---
//
// Each on `threads` threads, 1 to 256, and over about `seconds`, 0 to 3,600; the best of several passes
// counts. Other numbers are RECKON_INVALID_ARGUMENT.
//
//   reckon_read_size* sizes;
//   size_t count;
//   double speed, seconds;
//   uint64_t bytes;
//   if (reckon_read_sizes(2, &sizes, &count, NULL) == RECKON_OK) {
//     for (size_t i = 0; i < count; i++) {
//       if (reckon_measure_read_bandwidth(2, sizes[i].bytes, 0.2, &speed, NULL) == RECKON_OK) {
//         printf("%s: %.1f GB/s\n", sizes[i].name, speed / 1e9);
//       }
//     }
//     reckon_free(sizes);
//   }
//   if (reckon_measure_compute_peak("avx2", 2, 0.2, &speed, NULL) == RECKON_OK) {
//     printf("%.1f int8 Gop/s\n", speed / 1e9);
//   }
//   if (reckon_measure_packing("r1.gguf", NULL, 1.0, &bytes, &seconds, NULL) == RECKON_OK) {
//     printf("%.1f GB/s packed\n", (double)bytes / seconds / 1e9);
//   }

// A size that shows a level of the machine's memory.
typedef struct reckon_read_size {
  const char* name;  // "L2", "16 MiB", "64 MiB", "memory"
  uint64_t bytes;    // to be read over and over
} reckon_read_size;

// Sizes for reckon_measure_read_bandwidth(), least first: *count of them, freed with reckon_free(), texts and
// all. Fails with RECKON_INVALID_ARGUMENT, OUT_OF_MEMORY.
RECKON_API reckon_status reckon_read_sizes(int32_t threads, reckon_read_size** out, size_t* count,
                                           reckon_error** error);
// Bytes per second when `bytes` bytes, which are allocated, are read over and over. Fails with
// RECKON_INVALID_ARGUMENT, OUT_OF_MEMORY.
RECKON_API reckon_status reckon_measure_read_bandwidth(int32_t threads, uint64_t bytes, double seconds,
                                                       double* bytes_per_s, reckon_error** error);
// Arithmetic of the kernel set's densest int8 product in registers, multiply and add counted as two, per
// second. Fails with RECKON_INVALID_ARGUMENT (also for a kernel set that is not there), UNSUPPORTED (one that
// this processor can't run), OUT_OF_MEMORY.
RECKON_API reckon_status reckon_measure_compute_peak(const char* isa, int32_t threads, double seconds,
                                                     double* operations_per_s, reckon_error** error);
// How quickly a file's matrices are packed from the page cache into memory: *bytes of them in *took seconds.
// Path NULL: the model that is part of the library. options NULL: the defaults. Fails with
// RECKON_INVALID_ARGUMENT, IO, MALFORMED_FILE, UNSUPPORTED, OUT_OF_MEMORY, CANCELLED, INTERNAL, as
// reckon_model_load() does.
RECKON_API reckon_status reckon_measure_packing(const char* path, const reckon_load_options* options,
                                                double seconds, uint64_t* bytes, double* took,
                                                reckon_error** error);

#ifdef __cplusplus
}
#endif

#endif
