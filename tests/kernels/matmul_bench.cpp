// The products: per type and row count, cycles per 256 weights, operations per second, GB/s of weights in the
// file's form. From cache (weights that fit it, so that the arithmetic is the limit) and, for few rows, from
// memory.
#include <algorithm>
#include <memory>
#include <random>

#include "formats/random_rows.hpp"
#include "kernels/formats/pack.hpp"
#include "kernels_bench.hpp"
#include "support/aligned_buffer.hpp"

namespace reckon::kernels::bench {
namespace {

using support::AlignedBuffer;

constexpr size_t kCols = 1536;  // as in a 1.5B model
constexpr size_t kFromMemory = size_t{256} << 20, kFromCache = size_t{256} << 10;
constexpr size_t kSourceRows = 64;

// A matrix of about `bytes` packed bytes, made of copies of random panels.
struct Matrix {
  Matrix(WeightType type, size_t bytes) {
    w.type = type;
    w.cols = kCols;
    w.panel_bytes = panel_bytes(type, kCols);
    const size_t panels = std::max<size_t>(bytes / w.panel_bytes, 1);
    w.rows = panels * kPanelRows;
    buffer = AlignedBuffer(panels * w.panel_bytes, "the benchmark");
    std::mt19937 random(1);
    const auto rows = test::random_weights(type, kSourceRows * kCols, random);
    for (size_t p = 0; p < panels; p += kSourceRows / kPanelRows) {
      const size_t n = std::min(kSourceRows / kPanelRows, panels - p);
      pack_panels(type, rows.data(), kSourceRows, kCols, 0, n, buffer.data() + p * w.panel_bytes);
    }
    w.data = buffer.data();
  }
  size_t file_bytes() const { return w.rows * kCols / info(w.type).block_size * info(w.type).block_bytes; }

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

// n_rows rows of activations, (n_rows, kCols), packed for a weight type.
AlignedBuffer activations(const KernelTable& k, ActivationType form, size_t n_rows) {
  std::mt19937 random(2);
  const auto x = test::random_floats(n_rows * kCols, random);
  AlignedBuffer packed(k.activation_bytes(form, n_rows, kCols), "the benchmark");
  k.pack_activations(form, x.data(), kCols, n_rows, kCols, 0, n_rows, packed.data());
  return packed;
}

void matmul(benchmark::State& state, const KernelTable* k, WeightType type, size_t bytes, size_t n_rows) {
  const Matrix& m = matrix(type, bytes);
  const AlignedBuffer x = activations(*k, activation_type(type), n_rows);
  const AlignedBuffer y(n_rows * m.w.rows * sizeof(float), "the benchmark");
  // In pieces of some 64 KB, as the engine hands them out.
  const size_t piece = std::max<size_t>(2, 65536 / m.w.panel_bytes / 2 * 2);
  const Stopwatch watch;
  for (auto _ : state) {
    for (size_t p = 0; p < m.w.panels(); p += piece) {
      k->matmul(m.w, x.data(), n_rows, p, std::min(p + piece, m.w.panels()), y.as<float>(), m.w.rows);
    }
    benchmark::ClobberMemory();
  }
  const auto weights = static_cast<double>(m.w.rows * kCols);
  watch.count_cycles(state, "256w", weights / 256);
  watch.count_cycles(state, "256w/row", weights / 256 * static_cast<double>(n_rows));
  watch.count_rate(state, "GB/s", static_cast<double>(m.file_bytes()) / 1e9);
  watch.count_rate(state, "TOPS", 2 * weights * static_cast<double>(n_rows) / 1e12);
}

void pack_activations(benchmark::State& state, const KernelTable* k, ActivationType form) {
  constexpr size_t kRows = 64;
  std::mt19937 random(2);
  const auto x = test::random_floats(kRows * kCols, random);
  const AlignedBuffer packed(k->activation_bytes(form, kRows, kCols), "the benchmark");
  const Stopwatch watch;
  for (auto _ : state) {
    k->pack_activations(form, x.data(), kCols, kRows, kCols, 0, kRows, packed.data());
    benchmark::ClobberMemory();
  }
  watch.count_cycles(state, "256x", static_cast<double>(x.size()) / 256);
  watch.count_rate(state, "GB/s", static_cast<double>(x.size() * sizeof(float)) / 1e9);
}

void pack_weights(benchmark::State& state, WeightType type) {
  constexpr size_t kRows = 512;
  std::mt19937 random(1);
  const auto source = test::random_weights(type, kRows * kCols, random);
  const AlignedBuffer packed(kRows / kPanelRows * panel_bytes(type, kCols), "the benchmark");
  const Stopwatch watch;
  for (auto _ : state) {
    pack_panels(type, source.data(), kRows, kCols, 0, kRows / kPanelRows, packed.data());
    benchmark::ClobberMemory();
  }
  watch.count_cycles(state, "256w", static_cast<double>(kRows * kCols) / 256);
  watch.count_rate(state, "GB/s", static_cast<double>(source.size()) / 1e9);
}

}  // namespace

void add_products(const KernelTable& kernels) {
  for (const WeightTypeInfo& t : weight_types()) {
    const std::string name = std::string("matmul/") + kernels.name + "/" + t.name;
    for (const size_t rows : {1, 2, 4, 8, 16, 32, 64, 512}) {
      const std::string end = "/rows:" + std::to_string(rows);
      benchmark::RegisterBenchmark((name + "/cache" + end).c_str(), matmul, &kernels, t.type, kFromCache,
                                   rows);
      if (rows > 16) continue;
      benchmark::RegisterBenchmark((name + "/memory" + end).c_str(), matmul, &kernels, t.type, kFromMemory,
                                   rows);
    }
  }
  for (const ActivationType form : {ActivationType::q8_block32, ActivationType::q8_block256}) {
    const char* block = form == ActivationType::q8_block32 ? "/block32" : "/block256";
    const std::string name = std::string("pack_activations/") + kernels.name + block;
    benchmark::RegisterBenchmark(name.c_str(), pack_activations, &kernels, form);
  }
}

void add_packing() {
  for (const WeightTypeInfo& t : weight_types()) {
    benchmark::RegisterBenchmark((std::string("pack_weights/") + t.name).c_str(), pack_weights, t.type);
  }
}

}  // namespace reckon::kernels::bench
