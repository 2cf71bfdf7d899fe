// The entry of a fuzz target.
#pragma once

#include "cpu_stopwatch.hpp"
#include "fuzz/check.hpp"
#include "fuzz/input.hpp"

namespace reckon::fuzz {

// Whatever an input says, it is done within so many seconds of the processor's time. (libFuzzer's own limit
// is by the clock, which goes on while a machine is busy with something else.)
inline constexpr double kMostSeconds = 10;

template <class F>
int run_bounded(F run, const uint8_t* data, size_t size) {
  const test::CpuStopwatch watch;
  run(Input(data, size));
  FUZZ_CHECK(watch.seconds() < kMostSeconds);
  return 0;
}

}  // namespace reckon::fuzz

// void run(reckon::fuzz::Input)
#define FUZZ_TARGET(run)                                                    \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { \
    return reckon::fuzz::run_bounded(run, data, size);                      \
  }
