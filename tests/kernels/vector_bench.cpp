// Speed of the float kernels and of the thread pool: vector_bench --benchmark_filter=...
#include <benchmark/benchmark.h>

#include <atomic>
#include <map>
#include <memory>

#include "kernels/float_sets.hpp"
#include "support/aligned_buffer.hpp"
#include "support/thread_pool.hpp"

namespace reckon::kernels::test {
namespace {

constexpr size_t kHeadDim = 128;
constexpr size_t kChunkBlocks = kAttentionChunk / kKvBlockPositions;

const FloatSet& set_of(int64_t index) {
  static const std::vector<FloatSet> sets = sets_here();
  return sets[static_cast<size_t>(index)];
}

support::ThreadPool& pool_of(int64_t threads) {
  static std::map<int64_t, std::unique_ptr<support::ThreadPool>> pools;
  auto& pool = pools[threads];
  if (!pool) pool = std::make_unique<support::ThreadPool>(static_cast<int>(threads));
  return *pool;
}

// Filled cache blocks, 512 MiB: far more than any cache.
const support::AlignedBuffer& cache() {
  static const support::AlignedBuffer buffer = [] {
    support::AlignedBuffer b(size_t{512} << 20, "the benchmark");
    auto* halves = b.as<uint16_t>();
    for (size_t i = 0; i < b.size() / 2; i++) halves[i] = static_cast<uint16_t>(0x3000 + i * 40503 % 0x0c00);
    return b;
  }();
  return buffer;
}

// What a machine reads at most: 64-byte vectors, summed.
void read_memory(benchmark::State& state) {
  auto& pool = pool_of(state.range(0));
  const auto* words = cache().as<uint64_t>();
  constexpr size_t kWords = (1 << 20) / 8;
  std::atomic<uint64_t> sink{0};
  for (auto _ : state) {
    pool.run(cache().size() >> 20, [&](size_t c, int) {
      uint64_t sum[8] = {};
      for (size_t i = 0; i < kWords; i += 8) {
        for (size_t j = 0; j < 8; j++) sum[j] += words[c * kWords + i + j];
      }
      sink += sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
    });
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(cache().size()));
}

// attend_chunk over `bytes` of cache with `rows` rows; chunks are shared out to the pool.
void attend(benchmark::State& state, size_t rows, size_t bytes) {
  const FloatSet& s = set_of(state.range(0));
  state.SetLabel(s.name);
  auto& pool = pool_of(state.range(1));
  auto q = Random(1).vector(rows * kHeadDim);
  std::vector<uint32_t> visible(rows, kAttentionChunk);
  size_t block_bytes = kv_block_bytes(kHeadDim), n_chunks = bytes / (block_bytes * kChunkBlocks);
  std::vector<std::vector<float>> out(static_cast<size_t>(pool.size()),
                                      std::vector<float>(rows * (kHeadDim + 2)));
  for (auto _ : state) {
    pool.run(n_chunks, [&](size_t c, int thread) {
      const std::byte* blocks[kChunkBlocks];
      for (size_t b = 0; b < kChunkBlocks; b++)
        blocks[b] = cache().data() + (c * kChunkBlocks + b) * block_bytes;
      float* o = out[static_cast<size_t>(thread)].data();
      s.k->attend_chunk({.q = q.data(),
                         .q_stride = kHeadDim,
                         .n_visible = visible.data(),
                         .n_rows = rows,
                         .head_dim = kHeadDim,
                         .blocks = blocks,
                         .scale = 0.088f},
                        {o, o + rows, o + 2 * rows});
    });
  }
  auto chunks = static_cast<double>(state.iterations()) * static_cast<double>(n_chunks);
  using benchmark::Counter;
  state.counters["GB/s"] =
      Counter(chunks * static_cast<double>(block_bytes * kChunkBlocks) * 1e-9, Counter::kIsRate);
  double operations = 4.0 * static_cast<double>(rows * kAttentionChunk * kHeadDim);
  state.counters["GFLOPS"] = Counter(chunks * operations * 1e-9, Counter::kIsRate);
}

void decode_memory(benchmark::State& state) {
  attend(state, static_cast<size_t>(state.range(2)), cache().size());
}
void decode_cached(benchmark::State& state) {
  attend(state, static_cast<size_t>(state.range(2)), size_t{1} << 19);
}
void prefill(benchmark::State& state) { attend(state, static_cast<size_t>(state.range(2)), size_t{1} << 19); }

void exp_values(benchmark::State& state) {
  const FloatSet& s = set_of(state.range(0));
  state.SetLabel(s.name);
  auto x = Random(2).vector(4096, 20);
  std::vector<float> y(x.size());
  for (auto _ : state) benchmark::DoNotOptimize(s.k->exp_sum(x.data(), 20.0f, 0.6f, x.size(), y.data()));
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(x.size()));
}

void rms_norm_1536(benchmark::State& state) {
  const FloatSet& s = set_of(state.range(0));
  state.SetLabel(s.name);
  auto x = Random(3).vector(1536), y = x;
  for (auto _ : state) {
    s.k->rms_norm(x.data(), x.data(), 1e-6f, x.size(), y.data());
    benchmark::ClobberMemory();
  }
}

void swiglu_8960(benchmark::State& state) {
  const FloatSet& s = set_of(state.range(0));
  state.SetLabel(s.name);
  auto x = Random(4).vector(8960), y = x;
  for (auto _ : state) {
    s.k->swiglu(x.data(), x.data(), x.size(), y.data());
    benchmark::ClobberMemory();
  }
}

void kv_store_128(benchmark::State& state) {
  const FloatSet& s = set_of(state.range(0));
  state.SetLabel(s.name);
  auto x = Random(5).vector(kHeadDim);
  std::vector<std::byte> block(kv_block_bytes(kHeadDim));
  size_t slot = 0;
  for (auto _ : state) s.k->kv_store(x.data(), x.data(), kHeadDim, slot++ % kKvBlockPositions, block.data());
}

// f32 multiply-adds of one core in registers are the limit of prefill; chunks of nothing, the pool's own
// time.
void empty_run(benchmark::State& state) {
  auto& pool = pool_of(state.range(0));
  auto chunks = static_cast<size_t>(state.range(1));
  std::atomic<size_t> n{0};
  const std::function<void(size_t, int)> work = [&](size_t, int) {
    n.fetch_add(1, std::memory_order_relaxed);
  };
  for (auto _ : state) pool.run(chunks, work);
}

void for_sets(benchmark::internal::Benchmark* b) {
  for (size_t s = 0; s < sets_here().size(); s++) b->Arg(static_cast<int64_t>(s));
}
template <int... kRows>
void for_sets_threads_rows(benchmark::internal::Benchmark* b) {
  for (size_t s = 0; s < sets_here().size(); s++) {
    for (int threads : {1, 2}) {
      for (int rows : {kRows...}) b->Args({static_cast<int64_t>(s), threads, rows});
    }
  }
  b->ArgNames({"set", "threads", "rows"})->UseRealTime();
}

BENCHMARK(read_memory)->Arg(1)->Arg(2)->ArgName("threads")->UseRealTime();
BENCHMARK(decode_memory)->Apply(for_sets_threads_rows<1, 6, 7>);
BENCHMARK(decode_cached)->Apply(for_sets_threads_rows<1, 6, 7>);
BENCHMARK(prefill)->Apply(for_sets_threads_rows<16, 48, 64, 128>);
BENCHMARK(exp_values)->Apply(for_sets);
BENCHMARK(rms_norm_1536)->Apply(for_sets);
BENCHMARK(swiglu_8960)->Apply(for_sets);
BENCHMARK(kv_store_128)->Apply(for_sets);
BENCHMARK(empty_run)->ArgsProduct({{1, 2, 4}, {1, 2, 64}})->ArgNames({"threads", "chunks"})->UseRealTime();

}  // namespace
}  // namespace reckon::kernels::test

BENCHMARK_MAIN();
