// What this machine reaches at most: reading, integer products, packing.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include <reckon/system.hpp>

#include "kernels/kernels.hpp"
#include "kernels/read_lines.hpp"
#include "support/aligned_buffer.hpp"
#include "support/cpu.hpp"
#include "support/memory.hpp"
#include "support/thread_pool.hpp"
#include "support/within_memory.hpp"

namespace reckon {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Throws Error(invalid_argument), also for NaN.
void check_seconds(double seconds) {
  constexpr double kMost = 3600;
  if (seconds >= 0 && seconds <= kMost) return;
  throw Error(ErrorCode::invalid_argument, fmt::format("seconds {}; expected 0 to {}", seconds, kMost));
}

// The system hands out more memory than it has.
void check_memory(uint64_t bytes) {
  const uint64_t available = support::available_memory();
  if (bytes <= available) return;
  throw Error(ErrorCode::out_of_memory,
              fmt::format("no memory for the bandwidth measurement: {} bytes needed, {} available", bytes,
                          available));
}

// How a buffer is read: `chunks` chunks taken by whichever thread is free, each read `repeats` times.
struct ReadPlan {
  size_t chunks, chunk_bytes, repeats;
};

// A chunk of a large buffer takes long enough for the pool's own time not to count. A small buffer is a chunk
// per thread, read many times over: so it stays in that core's cache.
ReadPlan plan_reads(int threads, uint64_t bytes) {
  constexpr size_t kLargestChunk = 1 << 20, kLeastRead = 64 << 20;
  const size_t share = bytes / static_cast<size_t>(threads) / 4096 * 4096;
  const size_t chunk = std::clamp<size_t>(share, 4096, kLargestChunk);
  const size_t chunks = std::max<size_t>(bytes / chunk, static_cast<size_t>(threads));
  return {chunks, chunk, share > kLargestChunk ? 1 : kLeastRead / chunk};
}

// Times the packing of one load, from the first progress to the last, and breaks the load off after
// `seconds`.
template <class Load>
PackingSpeed time_packing(const Load& load, LoadOptions options, double seconds) {
  PackingSpeed speed;
  Clock::time_point start;
  bool broken_off = false;
  const auto asked = std::move(options.progress);
  options.progress = [&](const LoadProgress& progress) {
    if (progress.done_bytes == 0) start = Clock::now();
    speed = {progress.done_bytes, seconds_since(start)};
    if (asked && !asked(progress)) return false;
    broken_off =
        progress.done_bytes > 0 && progress.done_bytes < progress.total_bytes && speed.seconds >= seconds;
    return !broken_off;
  };
  try {
    load(options);
  } catch (const Error&) {
    if (!broken_off) throw;
  }
  return speed;
}

// The first pass brings the file into the page cache and does not count.
template <class Load>
PackingSpeed best_packing(const Load& load, const LoadOptions& options, double seconds) {
  check_seconds(seconds);
  time_packing(load, options, seconds);
  PackingSpeed best;
  const auto start = Clock::now();
  do {
    const PackingSpeed once = time_packing(load, options, seconds);
    if (once.bytes_per_s() > best.bytes_per_s()) best = once;
  } while (seconds_since(start) < seconds);
  return best;
}

std::vector<ReadSize> sizes_to_read(int threads) {
  support::ThreadPool::check(threads);
  const support::CacheSizes caches = support::cache_sizes();
  const size_t core = caches.l2 > 0 ? std::clamp<size_t>(caches.l2 / 2, 128 << 10, 1 << 20) : 256 << 10;
  // Four times the last cache, so that it holds little of what is read next; but not all of the memory.
  const uint64_t available = support::available_memory();
  const uint64_t least = std::min<uint64_t>(available / 2, 512 << 20);
  const uint64_t memory = std::clamp<uint64_t>(4 * caches.l3, least, std::max(available / 4, least));
  return {{"L2", core * static_cast<size_t>(threads)},
          {"16 MiB", 16 << 20},
          {"64 MiB", 64 << 20},
          {"memory", memory}};
}

double read_bandwidth(int threads, uint64_t bytes, double seconds) {
  check_seconds(seconds);
  check_memory(bytes);
  support::ThreadPool pool(threads);
  const ReadPlan plan = plan_reads(threads, bytes);
  const kernels::SumWords sum_words = kernels::best_sum_words();
  support::AlignedBuffer buffer(plan.chunks * plan.chunk_bytes, "the bandwidth measurement");
  const auto chunk = [&](size_t c) { return buffer.data() + c * plan.chunk_bytes; };
  pool.run(plan.chunks, [&](size_t c, int) { std::fill_n(chunk(c), plan.chunk_bytes, std::byte(c)); });
  std::atomic<uint64_t> sink{0};
  double best = 0;
  const auto start = Clock::now();
  do {
    const auto pass = Clock::now();
    pool.run(plan.chunks, [&](size_t c, int) {
      uint64_t sum = 0;
      for (size_t i = 0; i < plan.repeats; i++) sum += sum_words(chunk(c), plan.chunk_bytes);
      sink += sum;
    });
    best = std::max(best, static_cast<double>(buffer.size() * plan.repeats) / seconds_since(pass));
  } while (seconds_since(start) < seconds);
  return best;
}

double compute_peak(const std::string& isa, int threads, double seconds) {
  check_seconds(seconds);
  const kernels::KernelTable& table = kernels::require_table(isa, "isa");
  constexpr size_t kIterations = 1 << 16;
  support::ThreadPool pool(threads);
  double best = 0;
  const auto start = Clock::now();
  do {
    const auto pass = Clock::now();
    std::atomic<double> operations{0};
    pool.run(static_cast<size_t>(threads) * 4,
             [&](size_t, int) { operations += table.peak_loop(kIterations); });
    best = std::max(best, operations / seconds_since(pass));
  } while (seconds_since(start) < seconds);
  return best;
}

}  // namespace

std::vector<ReadSize> read_sizes(int threads) {
  return support::within_memory([&] { return sizes_to_read(threads); });
}

double measure_read_bandwidth(int threads, uint64_t bytes, double seconds) {
  return support::within_memory([&] { return read_bandwidth(threads, bytes, seconds); });
}

double measure_compute_peak(const std::string& isa, int threads, double seconds) {
  return support::within_memory([&] { return compute_peak(isa, threads, seconds); });
}

PackingSpeed measure_packing(const std::string& path, const LoadOptions& options, double seconds) {
  return best_packing([&](const LoadOptions& load) { return Model::load(path, load); }, options, seconds);
}

PackingSpeed measure_embedded_packing(const LoadOptions& options, double seconds) {
  return best_packing([](const LoadOptions& load) { return Model::embedded(load); }, options, seconds);
}

}  // namespace reckon
