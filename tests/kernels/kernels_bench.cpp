// Speed of every kernel on this machine, per kernel set, weight type and row count:
//   kernels_bench --benchmark_filter='matmul/avx2/Q4_K/.*'
// Processor time of one thread counts, which other work on the machine disturbs least. Ratios between lines
// of one run are what to read: absolute figures move with the machine.
#include "kernels_bench.hpp"

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace reckon::kernels::bench {
namespace {

// n additions, each of the last one's sum.
void add_chain(uint64_t n) {
  uint64_t sum = 0, step = 1;
  for (uint64_t i = 0; i < n; i += 8) {
#if defined(__x86_64__)
    __asm__ volatile(
        "add %1, %0\n\tadd %1, %0\n\tadd %1, %0\n\tadd %1, %0\n\t"
        "add %1, %0\n\tadd %1, %0\n\tadd %1, %0\n\tadd %1, %0"
        : "+r"(sum)
        : "r"(step));
#elif defined(__aarch64__)
    __asm__ volatile(
        "add %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\t"
        "add %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1\n\tadd %0, %0, %1"
        : "+r"(sum)
        : "r"(step));
#else
    for (int k = 0; k < 8; k++) {
      sum += step;
      benchmark::DoNotOptimize(sum);
    }
#endif
  }
}

double measured_clock() {
  constexpr uint64_t kAdditions = 20'000'000;
  double best = 0;
  for (int i = 0; i < 20; i++) {  // the quickest was not interrupted
    const auto start = std::chrono::steady_clock::now();
    add_chain(kAdditions);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::max(best, kAdditions / seconds.count());
  }
  return best;
}

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void peak(benchmark::State& state, const KernelTable* k) {
  double operations = 0;
  const Stopwatch watch;
  for (auto _ : state) operations = k->peak_loop(1'000'000);
  watch.count_rate(state, "TOPS", operations / 1e12);
}

}  // namespace

double core_clock() {
  static const double clock = measured_clock();
  return clock;
}

Stopwatch::Stopwatch() : begin_(thread_seconds()) {}

double Stopwatch::seconds_per_iteration(const benchmark::State& state) const {
  return (thread_seconds() - begin_) / static_cast<double>(state.iterations());
}

void Stopwatch::count_cycles(benchmark::State& state, const std::string& unit, double units) const {
  state.counters["cycles/" + unit] = seconds_per_iteration(state) * core_clock() / units;
}

void Stopwatch::count_rate(benchmark::State& state, const std::string& unit, double amount) const {
  state.counters[unit] = amount / seconds_per_iteration(state);
}

}  // namespace reckon::kernels::bench

int main(int argc, char** argv) {
  namespace bench = reckon::kernels::bench;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  for (const reckon::kernels::KernelTable* k : reckon::kernels::all_tables()) {
    if (!k->supported()) continue;
    benchmark::RegisterBenchmark((std::string("peak/") + k->name).c_str(), bench::peak, k);
    bench::add_products(*k);
    bench::add_attention(*k);
    bench::add_vectors(*k);
  }
  bench::add_packing();
  benchmark::AddCustomContext("core clock", std::to_string(bench::core_clock() / 1e9) +
                                                " GHz, measured; a cycle below is one of it, not of the TSC");
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
