#include <reckon/system.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include "kernels/kernels.hpp"
#include "support/aligned_buffer.hpp"
#include "support/cpu.hpp"
#include "support/memory.hpp"
#include "support/thread_pool.hpp"

namespace reckon {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Reads all of it: eight sums, so that the loads, not the additions, are the limit.
uint64_t sum_words(const uint64_t* p, size_t n) {
  uint64_t sum[8] = {};
  for (size_t i = 0; i + 8 <= n; i += 8) {
    for (size_t j = 0; j < 8; j++) sum[j] += p[i + j];
  }
  uint64_t all = 0;
  for (uint64_t s : sum) all += s;
  return all;
}

}  // namespace

const char* version() noexcept { return RECKON_VERSION; }

std::vector<InstructionSet> instruction_sets() {
  const kernels::KernelTable& selected = kernels::select_table();
  std::vector<InstructionSet> sets;
  for (const kernels::KernelTable* t : kernels::all_tables()) {
    sets.push_back({t->name, t->description, t->supported(), t == &selected});
  }
  return sets;
}

SystemInfo system_info() {
  return {support::processor_name(), support::usable_cores(), support::total_memory(),
          support::available_memory()};
}

uint64_t resident_bytes() noexcept { return support::resident_memory(); }
uint64_t peak_resident_bytes() noexcept { return support::peak_resident_memory(); }

double measure_read_bandwidth(int threads, uint64_t bytes, double seconds) {
  constexpr size_t kChunk = 1 << 20;
  size_t chunks = std::max<size_t>(bytes / kChunk, static_cast<size_t>(threads));
  support::ThreadPool pool(threads);
  support::AlignedBuffer buffer(chunks * kChunk, "the bandwidth measurement");
  auto* words = buffer.as<uint64_t>();
  constexpr size_t kWords = kChunk / sizeof(uint64_t);
  pool.run(chunks, [&](size_t c, int) { std::fill_n(words + c * kWords, kWords, c); });
  std::atomic<uint64_t> sink{0};
  double best = 0;
  auto start = Clock::now();
  do {
    auto pass = Clock::now();
    pool.run(chunks, [&](size_t c, int) { sink += sum_words(words + c * kWords, kWords); });
    best = std::max(best, static_cast<double>(chunks * kChunk) / seconds_since(pass));
  } while (seconds_since(start) < seconds);
  return best;
}

double measure_compute_peak(const std::string& isa, int threads, double seconds) {
  const kernels::KernelTable* table = kernels::find_table(isa);
  if (table == nullptr || !table->supported()) {
    throw Error(ErrorCode::unsupported, fmt::format("isa \"{}\": not a kernel set this processor runs", isa));
  }
  constexpr size_t kIterations = 1 << 16;
  support::ThreadPool pool(threads);
  double best = 0;
  auto start = Clock::now();
  do {
    auto pass = Clock::now();
    std::atomic<double> operations{0};
    pool.run(static_cast<size_t>(threads) * 4,
             [&](size_t, int) { operations += table->peak_loop(kIterations); });
    best = std::max(best, operations / seconds_since(pass));
  } while (seconds_since(start) < seconds);
  return best;
}

}  // namespace reckon
