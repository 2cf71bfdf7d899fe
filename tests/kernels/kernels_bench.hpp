// What the parts of the kernels' benchmark share. One thread, since a kernel is one thread's work; what all
// threads reach together is `reckon bench`'s to say.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>

#include "kernels/kernels.hpp"

namespace reckon::kernels::bench {

// Cycles of the core's own clock per second at the start of the run. A processor's time stamp counter ticks
// at a rate of its own, and the counters of real cycles are seldom there in virtual machines; so the clock is
// measured: a chain of additions that wait for each other takes a cycle for each.
double core_clock();

// The thread's processor time of a benchmark's iterations: made before the loop, asked after it.
class Stopwatch {
 public:
  Stopwatch();
  // Core cycles of an iteration, for each of its `units`, as the counter "cycles/<unit>".
  void count_cycles(benchmark::State& state, const std::string& unit, double units) const;
  // `amount` of an iteration per second.
  void count_rate(benchmark::State& state, const std::string& unit, double amount) const;

 private:
  double seconds_per_iteration(const benchmark::State& state) const;
  double begin_;
};

// The benchmarks of each part for one kernel set, named "part/SET/...".
void add_products(const KernelTable& kernels);
void add_vectors(const KernelTable& kernels);
void add_attention(const KernelTable& kernels);
void add_packing();  // the same for all kernel sets

}  // namespace reckon::kernels::bench
