// Attention and the kernels on vectors, with the sizes of a 1.5B model.
#include <random>
#include <vector>

#include "formats/random_rows.hpp"
#include "kernels_bench.hpp"
#include "support/aligned_buffer.hpp"

namespace reckon::kernels::bench {
namespace {

constexpr size_t kHeadDim = 128, kHidden = 1536, kFfn = 8960, kHeads = 12;
constexpr size_t kChunkBlocks = kAttentionChunk / kKvBlockPositions;
constexpr size_t kRowsFromMemory = size_t{256} << 20, kRowsFromCache = size_t{512} << 10;

std::vector<float> random_vector(size_t n) {
  std::mt19937 random(1);
  return test::random_floats(n, random);
}

// 256 MB of filled cache blocks: finite keys and values, read as f16 or as q8_0.
const support::AlignedBuffer& cache() {
  static const support::AlignedBuffer buffer = [] {
    support::AlignedBuffer b(kRowsFromMemory, "the benchmark");
    auto* halves = b.as<uint16_t>();
    for (size_t i = 0; i < b.size() / 2; i++) halves[i] = static_cast<uint16_t>(0x3000 + i * 40503 % 0x0c00);
    return b;
  }();
  return buffer;
}

// Rows (queries of one KV head) over all chunks of `bytes` bytes of cache.
void attend(benchmark::State& state, const KernelTable* k, KvType type, size_t n_rows, size_t bytes) {
  const std::vector<float> q = random_vector(n_rows * kHeadDim);
  const std::vector<uint32_t> visible(n_rows, kAttentionChunk);
  std::vector<float> out(n_rows * (kHeadDim + 2));
  const size_t block_bytes = kv_block_bytes(type, kHeadDim), chunks = bytes / (block_bytes * kChunkBlocks);
  const std::byte* first = cache().data();
  const Stopwatch watch;
  for (auto _ : state) {
    for (size_t c = 0; c < chunks; c++) {
      const std::byte* blocks[kChunkBlocks];
      for (size_t b = 0; b < kChunkBlocks; b++) blocks[b] = first + (c * kChunkBlocks + b) * block_bytes;
      const AttentionChunk chunk{
          q.data(), kHeadDim, visible.data(),
          n_rows,   kHeadDim, type,
          blocks,   0.088f,   c + 1 < chunks ? blocks[0] + kChunkBlocks * block_bytes : nullptr};
      k->attend_chunk(chunk, {out.data(), out.data() + n_rows, out.data() + 2 * n_rows});
    }
  }
  const auto positions = static_cast<double>(chunks * kAttentionChunk);
  watch.count_cycles(state, "position/row", positions * static_cast<double>(n_rows));
  watch.count_rate(state, "GB/s", static_cast<double>(chunks * block_bytes * kChunkBlocks) / 1e9);
  watch.count_rate(state, "GFLOPS", 4 * positions * static_cast<double>(n_rows * kHeadDim) / 1e9);
}

// A kernel that reads vectors of n floats: work(x, y) once per iteration.
template <class Work>
void add_vector(const KernelTable& kernels, const char* name, size_t n, Work work) {
  const std::string full = std::string("vector/") + kernels.name + "/" + name + "/n:" + std::to_string(n);
  benchmark::RegisterBenchmark(full.c_str(), [n, work, k = &kernels](benchmark::State& state) {
    const std::vector<float> x = random_vector(n);
    std::vector<float> y = x;
    const Stopwatch watch;
    for (auto _ : state) {
      work(*k, x.data(), n, y.data());
      benchmark::ClobberMemory();
    }
    watch.count_cycles(state, "16x", static_cast<double>(n) / 16);
    watch.count_rate(state, "G/s", static_cast<double>(n) / 1e9);
  });
}

// A key and a value into slot after slot of a block.
void kv_store(benchmark::State& state, const KernelTable* k) {
  const std::vector<float> x = random_vector(kHeadDim);
  const support::AlignedBuffer block(kv_block_bytes(KvType::f16, kHeadDim), "the benchmark");
  size_t slot = 0;
  const Stopwatch watch;
  for (auto _ : state)
    k->kv_store(KvType::f16, x.data(), x.data(), kHeadDim, slot++ % kKvBlockPositions, block.data());
  watch.count_cycles(state, "position", 1);
}

}  // namespace

void add_attention(const KernelTable& kernels) {
  for (const KvType type : {KvType::f16, KvType::q8_0}) {
    const std::string name =
        std::string("attention/") + kernels.name + (type == KvType::f16 ? "/f16" : "/q8_0");
    for (const size_t rows : {1, 6, 7, 16, 48, 64, 128}) {
      const std::string end = "/rows:" + std::to_string(rows);
      benchmark::RegisterBenchmark((name + "/cache" + end).c_str(), attend, &kernels, type, rows,
                                   kRowsFromCache);
      if (rows > 16) continue;
      benchmark::RegisterBenchmark((name + "/memory" + end).c_str(), attend, &kernels, type, rows,
                                   kRowsFromMemory);
    }
  }
}

void add_vectors(const KernelTable& kernels) {
  using K = KernelTable;
  add_vector(kernels, "rms_norm", kHidden,
             [](const K& k, const float* x, size_t n, float* y) { k.rms_norm(x, x, 1e-6f, n, y); });
  add_vector(kernels, "add", kHidden, [](const K& k, const float* x, size_t n, float* y) { k.add(x, n, y); });
  add_vector(kernels, "swiglu", kFfn,
             [](const K& k, const float* x, size_t n, float* y) { k.swiglu(x, x, n, y); });
  add_vector(kernels, "exp_sum", 4096, [](const K& k, const float* x, size_t n, float* y) {
    benchmark::DoNotOptimize(k.exp_sum(x, 1.0f, 1.0f, n, y));
  });
  add_vector(kernels, "max", 151936,
             [](const K& k, const float* x, size_t n, float*) { benchmark::DoNotOptimize(k.max(x, n)); });
  add_vector(kernels, "rope", kHeads * kHeadDim, [](const K& k, const float*, size_t, float* y) {
    static const std::vector<float> cos(kHeadDim / 2, 0.8f), sin(kHeadDim / 2, 0.6f);  // lengths stay
    k.rope(y, kHeads, kHeadDim, kHeadDim, RopePairing::halves, cos.data(), sin.data());
  });
  benchmark::RegisterBenchmark((std::string("kv_store/") + kernels.name).c_str(), kv_store, &kernels);
}

}  // namespace reckon::kernels::bench
