// What the products reach on this machine: per instruction set, type, tokens and threads, GB/s of weights in
// the file's form and operations per second, from memory (256 MB of weights) and from cache (256 KB); and
// beside them the limits: a plain read of the same memory, the peak of each set's dot product on registers.
// Ratios between lines of one run are what to read: absolute figures move with the machine.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "formats/random_rows.hpp"
#include "kernels/formats/pack.hpp"
#include "kernels/kernels.hpp"
#include "support/aligned_buffer.hpp"
#include "support/thread_pool.hpp"

namespace {

using namespace reckon;
using kernels::KernelTable;
using kernels::PackedMatrix;
using support::AlignedBuffer;

constexpr size_t kCols = 1536;  // as in a 1.5B model
constexpr size_t kFromMemory = size_t{256} << 20, kFromCache = size_t{256} << 10;

size_t file_bytes(WeightType type, size_t rows) {
  return rows * kCols / info(type).block_size * info(type).block_bytes;
}

// A matrix of about `bytes` packed bytes, made of copies of random panels.
struct Matrix {
  Matrix(WeightType type, size_t bytes) {
    w.type = type;
    w.cols = kCols;
    w.panel_bytes = kernels::panel_bytes(type, kCols);
    const size_t panels = bytes / w.panel_bytes;
    w.rows = panels * kernels::kPanelRows;
    buffer = AlignedBuffer(panels * w.panel_bytes, "benchmark");
    std::mt19937 random(1);
    const auto rows = test::random_weights(type, 64 * kCols, random);
    for (size_t p = 0; p < panels; p += 4) {
      const size_t n = std::min<size_t>(4, panels - p);
      kernels::pack_panels(type, rows.data(), 64, kCols, 0, n, buffer.data() + p * w.panel_bytes);
    }
    w.data = buffer.data();
  }
  PackedMatrix w;
  AlignedBuffer buffer;
};

// One matrix at a time is kept.
const Matrix& matrix(WeightType type, size_t bytes) {
  static std::unique_ptr<Matrix> kept;
  static size_t kept_bytes = 0;
  if (!kept || kept->w.type != type || kept_bytes != bytes) {
    kept.reset();
    kept = std::make_unique<Matrix>(type, bytes);
    kept_bytes = bytes;
  }
  return *kept;
}

void matmul(benchmark::State& state, const KernelTable* k, WeightType type, size_t bytes, size_t tokens,
            int threads) {
  const Matrix& m = matrix(type, bytes);
  const auto form = kernels::activation_type(type);
  std::mt19937 random(2);
  const auto x = test::random_floats(tokens * kCols, random);
  AlignedBuffer activations(k->activation_bytes(form, tokens, kCols), "benchmark");
  k->pack_activations(form, x.data(), kCols, tokens, kCols, 0, tokens, activations.data());
  AlignedBuffer y(tokens * m.w.rows * sizeof(float), "benchmark");
  const size_t per_chunk = std::max<size_t>(2, 65536 / m.w.panel_bytes / 2 * 2);
  const size_t chunks = (m.w.panels() + per_chunk - 1) / per_chunk;
  support::ThreadPool pool(threads);
  for (auto _ : state) {
    pool.run(chunks, [&](size_t c, int) {
      k->matmul(m.w, activations.data(), tokens, c * per_chunk, std::min((c + 1) * per_chunk, m.w.panels()),
                y.as<float>(), m.w.rows);
    });
  }
  const auto runs = static_cast<double>(state.iterations());
  state.counters["GB/s"] = benchmark::Counter(runs * static_cast<double>(file_bytes(type, m.w.rows)) / 1e9,
                                              benchmark::Counter::kIsRate);
  state.counters["TOPS"] = benchmark::Counter(runs * 2e-12 * static_cast<double>(m.w.rows * kCols * tokens),
                                              benchmark::Counter::kIsRate);
  state.counters["ns/256x16"] =
      benchmark::Counter(runs * static_cast<double>(m.w.panels() * kCols) / 256 * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void pack(benchmark::State& state, WeightType type, int threads) {
  std::mt19937 random(1);
  const size_t rows = 8192;
  const auto src = test::random_weights(type, rows * kCols, random);
  AlignedBuffer dst(rows / 16 * kernels::panel_bytes(type, kCols), "benchmark");
  support::ThreadPool pool(threads);
  for (auto _ : state) {
    pool.run(rows / 16 / 8, [&](size_t c, int) {
      kernels::pack_panels(type, src.data(), rows, kCols, 8 * c, 8 * c + 8, dst.data());
    });
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * src.size()));
}

void pack_activations(benchmark::State& state, const KernelTable* k, kernels::ActivationType form) {
  std::mt19937 random(2);
  const size_t tokens = 64;
  const auto x = test::random_floats(tokens * kCols, random);
  AlignedBuffer activations(k->activation_bytes(form, tokens, kCols), "benchmark");
  for (auto _ : state) {
    k->pack_activations(form, x.data(), kCols, tokens, kCols, 0, tokens, activations.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * x.size() * sizeof(float)));
}

// Reads memory and does next to nothing with it.
void read_memory(benchmark::State& state, size_t bytes, int threads) {
  AlignedBuffer buffer(bytes, "benchmark");
  std::memset(buffer.data(), 1, bytes);
  constexpr size_t kChunk = 65536;
  std::atomic<uint64_t> sink{0};
  support::ThreadPool pool(threads);
  for (auto _ : state) {
    pool.run(bytes / kChunk, [&](size_t c, int) {
      const auto* p = reinterpret_cast<const uint64_t*>(buffer.data() + c * kChunk);
      uint64_t a[8] = {};
      for (size_t i = 0; i < kChunk / 8; i += 8) {
        for (size_t j = 0; j < 8; j++) a[j] += p[i + j];
      }
      sink += a[0] + a[1] + a[2] + a[3] + a[4] + a[5] + a[6] + a[7];
    });
  }
  state.counters["GB/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(bytes) / 1e9,
                         benchmark::Counter::kIsRate);
}

void peak(benchmark::State& state, const KernelTable* k) {
  double done = 0;
  for (auto _ : state) done += k->peak_loop(1'000'000);
  state.counters["TOPS"] = benchmark::Counter(done / 1e12, benchmark::Counter::kIsRate);
}

// Registers a benchmark: processor time for one thread, which other work on the machine disturbs least, else
// elapsed time.
template <class... Args>
void add(int threads, const std::string& name, Args... args) {
  auto* b = benchmark::RegisterBenchmark(name.c_str(), args...);
  if (threads > 1) b->UseRealTime();
}

void add_products(const KernelTable* k, WeightType type) {
  const std::string name = std::string("matmul/") + k->name + "/" + info(type).name;
  for (int threads : {1, 2}) {
    const std::string end = "/threads:" + std::to_string(threads);
    for (size_t n : {1, 2, 4, 8, 16, 64, 512}) {
      const std::string tokens = "/tokens:" + std::to_string(n);
      if (n <= 16) {
        add(threads, name + "/memory" + tokens + end, matmul, k, type, kFromMemory, n, threads);
      }
      const size_t bytes = n >= 64 ? 4 * kFromCache : kFromCache;
      add(threads, name + "/cache" + tokens + end, matmul, k, type, bytes, n, threads);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  for (int threads : {1, 2}) {
    const std::string end = "/threads:" + std::to_string(threads);
    add(threads, "read/memory" + end, read_memory, kFromMemory, threads);
    add(threads, "read/cache" + end, read_memory, kFromCache, threads);
  }
  for (const KernelTable* k : kernels::all_tables()) {
    if (!k->supported()) continue;
    add(1, std::string("peak/") + k->name, peak, k);
    for (const auto& t : weight_types()) add_products(k, t.type);
    for (auto form : {kernels::ActivationType::q8_block32, kernels::ActivationType::q8_block256}) {
      const char* block = form == kernels::ActivationType::q8_block32 ? "/32" : "/256";
      add(1, std::string("pack_activations/") + k->name + block, pack_activations, k, form);
    }
  }
  for (const auto& t : weight_types()) {
    add(2, std::string("pack/") + t.name + "/threads:2", pack, t.type, 2);
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
