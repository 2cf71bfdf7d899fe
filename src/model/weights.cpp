#include "model/weights.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include <reckon/error.hpp>

#include "support/quoted.hpp"

namespace reckon::model {
namespace {

// File bytes a thread reads and packs at a time: enough to stream, few enough to stay in its second-level
// cache between the two.
constexpr size_t kChunkBytes = 256 * 1024;

std::string shape_text(const load::TensorView& t) { return fmt::format("[{}]", fmt::join(t.shape, ", ")); }

// (rows, cols), or a vector for one row; further dimensions are 1.
bool has_shape(const load::TensorView& t, uint64_t rows, uint64_t cols) {
  return t.cols() == cols && t.rows() == rows && (rows == 1 || (t.shape.size() >= 2 && t.shape[1] == rows));
}

bool is_float(WeightType type) {
  return type == WeightType::F32 || type == WeightType::F16 || type == WeightType::BF16;
}

// Bytes in the file of the rows that make up a panel.
size_t panel_file_bytes(const load::TensorView& t) { return t.bytes / t.rows() * kernels::kPanelRows; }

}  // namespace

WeightPlan::WeightPlan(const load::ModelFile& file, const Config& config, const kernels::KernelTable& kernels)
    : file_(file), config_(config), kernels_(kernels), weights_(std::make_unique<Weights>()) {
  weights_->embeddings = &take("token_embd.weight", config.n_vocab, config.hidden);
  weights_->layers.resize(config.n_layers);
  for (size_t layer = 0; layer < config.n_layers; layer++) plan_layer(layer);
  plan_output();
  if (config.architecture->rope_factors) read_rope_factors();
  refuse_unknown_tensors();
}

void WeightPlan::plan_layer(size_t layer) {
  const Config& c = config_;
  LayerWeights& l = weights_->layers[layer];
  auto name = [&](const char* part) { return fmt::format("blk.{}.{}", layer, part); };
  l.attn_norm = read_vector(name("attn_norm.weight"), c.hidden);
  add_matrix(l.q, name("attn_q.weight"), c.q_dim(), c.hidden);
  add_matrix(l.k, name("attn_k.weight"), c.kv_dim(), c.hidden);
  add_matrix(l.v, name("attn_v.weight"), c.kv_dim(), c.hidden);
  if (c.architecture->qkv_bias) {
    l.q_bias = read_vector(name("attn_q.bias"), c.q_dim());
    l.k_bias = read_vector(name("attn_k.bias"), c.kv_dim());
    l.v_bias = read_vector(name("attn_v.bias"), c.kv_dim());
  }
  if (c.architecture->qk_norm) {
    l.q_norm = read_vector(name("attn_q_norm.weight"), c.head_dim);
    l.k_norm = read_vector(name("attn_k_norm.weight"), c.head_dim);
  }
  add_matrix(l.o, name("attn_output.weight"), c.hidden, c.q_dim());
  l.ffn_norm = read_vector(name("ffn_norm.weight"), c.hidden);
  add_matrix(l.gate, name("ffn_gate.weight"), c.ffn, c.hidden);
  add_matrix(l.up, name("ffn_up.weight"), c.ffn, c.hidden);
  add_matrix(l.down, name("ffn_down.weight"), c.hidden, c.ffn);
}

void WeightPlan::plan_output() {
  weights_->output_norm = read_vector("output_norm.weight", config_.hidden);
  if (file_.find_tensor("output.weight") != nullptr) {
    add_matrix(weights_->output, "output.weight", config_.n_vocab, config_.hidden);
  } else {
    add_matrix(weights_->output, *weights_->embeddings);
  }
}

const load::TensorView& WeightPlan::take(const std::string& name, uint64_t rows, uint64_t cols) {
  const load::TensorView* t = file_.find_tensor(name);
  if (t == nullptr) fail(ErrorCode::malformed_file, name, "missing");
  if (!has_shape(*t, rows, cols)) {
    std::string expected = rows == 1 ? fmt::format("[{}]", cols) : fmt::format("[{}, {}]", cols, rows);
    fail(ErrorCode::malformed_file, name, fmt::format("shape {}; expected {}", shape_text(*t), expected));
  }
  used_.push_back(t);
  return *t;
}

void WeightPlan::add_matrix(kernels::PackedMatrix& m, const load::TensorView& t) {
  m.type = t.type;
  m.rows = t.rows();
  m.cols = t.cols();
  m.panel_bytes = kernels_.panel_bytes(m.type, m.cols);
  jobs_.push_back({&t, &m, packed_bytes_});
  packed_bytes_ += m.panels() * m.panel_bytes;
  file_bytes_ += t.bytes;
}

void WeightPlan::add_matrix(kernels::PackedMatrix& m, const std::string& name, uint64_t rows, uint64_t cols) {
  add_matrix(m, take(name, rows, cols));
}

std::vector<float> WeightPlan::read_vector(const std::string& name, uint64_t n) {
  const load::TensorView& t = take(name, 1, n);
  if (!is_float(t.type)) {
    fail(ErrorCode::unsupported, name, fmt::format("type {}; expected F32, F16 or BF16", info(t.type).name));
  }
  std::vector<std::byte> bytes(t.bytes);
  file_.read(t, 0, bytes);
  std::vector<float> v(n);
  kernels::decode_row(t.type, bytes.data(), n, v.data());
  if (!std::all_of(v.begin(), v.end(), [](float x) { return std::isfinite(x); })) {
    fail(ErrorCode::malformed_file, name, "has a NaN or an infinity");
  }
  return v;
}

void WeightPlan::read_rope_factors() {
  const char* name = "rope_freqs.weight";
  if (file_.find_tensor(name) == nullptr) return;
  weights_->rope_factors = read_vector(name, config_.rope.dim / 2);
  for (float f : weights_->rope_factors) {
    if (f < 0.1f || f > 1e6f)
      fail(ErrorCode::malformed_file, name, fmt::format("divisor {}; expected 0.1 to 1e6", f));
  }
}

// A tensor that the architecture does not have (a bias, an adapter) would change the output: not to be
// ignored.
void WeightPlan::refuse_unknown_tensors() const {
  std::vector<const load::TensorView*> used = used_;
  std::sort(used.begin(), used.end());
  for (const load::TensorView& t : file_.tensors()) {
    if (!std::binary_search(used.begin(), used.end(), &t)) {
      fail(ErrorCode::unsupported, t.name,
           fmt::format("not a tensor of a {} model with {} layers", config_.architecture->name,
                       config_.n_layers));
    }
  }
}

std::unique_ptr<Weights> WeightPlan::pack(support::ThreadPool& pool, const PackProgress& progress) && {
  weights_->arena = support::AlignedBuffer(packed_bytes_, "the weights");
  size_t piece = 0;
  for (const Job& job : jobs_) piece = std::max(piece, panels_per_chunk(job) * panel_file_bytes(*job.tensor));
  const support::AlignedBuffer pieces(piece * static_cast<size_t>(pool.size()), "reading the weights");
  uint64_t done = 0;
  for (const Job& job : jobs_) {
    if (progress && !progress(done, file_bytes_))
      throw Error(ErrorCode::cancelled, file_.name() + ": loading stopped");
    pack_matrix(job, pool, pieces);
    done += job.tensor->bytes;
  }
  if (progress) progress(done, file_bytes_);
  return std::move(weights_);
}

size_t WeightPlan::panels_per_chunk(const Job& job) const {
  return std::max<size_t>(kChunkBytes / panel_file_bytes(*job.tensor), 1);
}

void WeightPlan::pack_matrix(const Job& job, support::ThreadPool& pool,
                             const support::AlignedBuffer& pieces) const {
  job.matrix->data = weights_->arena.data() + job.offset;
  const size_t per_chunk = panels_per_chunk(job);
  const size_t piece_bytes = pieces.size() / static_cast<size_t>(pool.size());
  std::atomic<size_t> bad_row{SIZE_MAX};
  pool.run((job.matrix->panels() + per_chunk - 1) / per_chunk, [&](size_t chunk, int thread) {
    const size_t bad = pack_chunk(job, chunk, pieces.data() + static_cast<size_t>(thread) * piece_bytes);
    size_t least = bad_row;  // the first one is named, whichever thread finds its own first
    while (bad < least && !bad_row.compare_exchange_weak(least, bad)) {
    }
  });
  if (bad_row != SIZE_MAX) {
    fail(ErrorCode::malformed_file, job.tensor->name,
         fmt::format("row {} has a NaN or an infinity", bad_row.load()));
  }
}

size_t WeightPlan::pack_chunk(const Job& job, size_t chunk, std::byte* piece) const {
  const kernels::PackedMatrix& m = *job.matrix;
  const size_t first = chunk * panels_per_chunk(job);
  const size_t n = std::min(panels_per_chunk(job), m.panels() - first);
  const uint64_t begin = first * panel_file_bytes(*job.tensor);
  file_.read(*job.tensor, begin,
             {piece, std::min(n * panel_file_bytes(*job.tensor), job.tensor->bytes - begin)});
  const size_t first_row = first * kernels::kPanelRows;
  std::byte* packed = weights_->arena.data() + job.offset + first * m.panel_bytes;
  const auto result = kernels_.pack_panels(m.type, piece, m.rows - first_row, m.cols, 0, n, packed);
  return result.finite ? SIZE_MAX : first_row + result.bad_row;
}

void WeightPlan::fail(ErrorCode code, const std::string& tensor, const std::string& what) const {
  throw Error(code, fmt::format("{}: tensor {}: {}", file_.name(), support::quoted(tensor), what));
}

}  // namespace reckon::model
