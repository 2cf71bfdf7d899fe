#include "model/forward.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <mutex>

#include <reckon/error.hpp>

#include "support/stop.hpp"

namespace reckon::model {
namespace {

size_t widest(const Config& c) { return std::max({c.hidden, c.ffn, c.q_dim()}); }

support::AlignedBuffer floats(size_t n) { return {n * sizeof(float), "the working memory of a step"}; }

}  // namespace

Forward::Forward(const Network& network, const KvLayout& layout)
    : net_(network),
      c_(network.config),
      k_(*network.kernels),
      residual_(floats(kMaxRows * c_.hidden)),
      q_(floats(kMaxRows * c_.q_dim())),
      kv_(floats(kMaxRows * c_.kv_dim() * 2)),
      gate_up_(floats(kMaxRows * c_.ffn * 2)),
      delta_(floats(kMaxRows * c_.hidden)),
      angles_(floats(kMaxRows * c_.rope.dim)),
      normed_(floats(static_cast<size_t>(network.pool->size()) * widest(c_))),
      activations_(k_, kMaxRows, widest(c_)),
      layout_(layout),
      attention_(network, layout) {}

uint64_t Forward::scratch_bytes(const Config& c, const kernels::KernelTable& kernels, size_t n_threads) {
  uint64_t floats_per_row = 2 * c.hidden + c.q_dim() + 2 * c.kv_dim() + 2 * c.ffn + c.rope.dim;
  return (kMaxRows * floats_per_row + n_threads * widest(c) + kLogitRows * c.n_vocab) * sizeof(float) +
         Activations::bytes(kernels, kMaxRows, widest(c)) + Attention::scratch_bytes(c, n_threads);
}

bool Forward::run(const Batch& batch, float* logits, const std::function<bool()>& stop) {
  n_rows_ = batch.tokens.size();
  assert(n_rows_ > 0 && n_rows_ <= kMaxRows);
  if (net_.turn.is_mine()) {
    throw Error(ErrorCode::invalid_argument,
                "the model is in a step; what is called meanwhile on this thread can't begin another");
  }
  const std::lock_guard turn(net_.turn);
  embed(batch);
  set_angles(batch);
  attention_.plan(batch);
  for (size_t layer = 0; layer < c_.n_layers; layer++) {
    if (support::asked_to_stop(stop)) return false;
    attention_block(batch, layer);
    ffn_block(layer);
  }
  output(batch, logits);
  return true;
}

void Forward::embed(const Batch& batch) {
  const load::TensorView& table = *net_.weights->embeddings;
  size_t row_bytes = table.bytes / c_.n_vocab;
  net_.file->check_unchanged();  // else which tokens come would decide whether a cut is noticed
  net_.pool->run(n_rows_, [&](size_t row, int thread) {
    float* x = residual_.as<float>() + row * c_.hidden;
    // The row as the file has it takes no more than its values as f32.
    auto* bytes =
        reinterpret_cast<std::byte*>(normed_.as<float>() + static_cast<size_t>(thread) * widest(c_));
    auto token = static_cast<size_t>(batch.tokens[row]);
    net_.file->read(table, token * row_bytes, {bytes, row_bytes});
    kernels::decode_row(table.type, bytes, c_.hidden, x);
    if (!std::all_of(x, x + c_.hidden, [](float v) { return std::isfinite(v); })) {
      throw Error(ErrorCode::malformed_file, fmt::format("{}: tensor \"{}\": row {} has a NaN or an infinity",
                                                         net_.file->name(), table.name, token));
    }
  });
}

void Forward::set_angles(const Batch& batch) {
  size_t half = net_.rope.half();
  for (const Segment& s : batch.segments) {
    for (size_t i = 0; i < s.n_rows; i++) {
      float* cos = angles_.as<float>() + (s.first_row + i) * 2 * half;
      net_.rope.angles(s.first_position + i, cos, cos + half);
    }
  }
}

void Forward::add_norm_pack(const float* delta, const std::vector<float>& norm,
                            std::initializer_list<const kernels::PackedMatrix*> matrices) {
  activations_.begin(n_rows_, c_.hidden, matrices);
  net_.pool->run(n_rows_, [&](size_t row, int thread) {
    float* x = residual_.as<float>() + row * c_.hidden;
    float* normed = normed_.as<float>() + static_cast<size_t>(thread) * widest(c_);
    if (delta != nullptr) k_.add(delta + row * c_.hidden, c_.hidden, x);
    k_.rms_norm(x, norm.data(), c_.eps, c_.hidden, normed);
    activations_.pack_row(row, normed);
  });
}

void Forward::attention_block(const Batch& batch, size_t layer) {
  const LayerWeights& w = net_.weights->layers[layer];
  float *q = q_.as<float>(), *keys = kv_.as<float>(), *values = keys + kMaxRows * c_.kv_dim();
  add_norm_pack(layer == 0 ? nullptr : delta_.as<float>(), w.attn_norm, {&w.q, &w.k, &w.v});
  activations_.multiply(*net_.pool, {{&w.q, q}, {&w.k, keys}, {&w.v, values}});
  rotate_and_store(batch, layer);
  attention_.run(layer, q);
  activations_.begin(n_rows_, c_.q_dim(), {&w.o});
  net_.pool->run(n_rows_, [&](size_t row, int thread) {
    float* out = normed_.as<float>() + static_cast<size_t>(thread) * widest(c_);
    attention_.finish_row(row, out);
    activations_.pack_row(row, out);
  });
  activations_.multiply(*net_.pool, {{&w.o, delta_.as<float>()}});
}

// Biases, norms of the heads, rotation; then the row's key and value go to their place in the cache.
void Forward::rotate_and_store(const Batch& batch, size_t layer) {
  const LayerWeights& w = net_.weights->layers[layer];
  size_t half = net_.rope.half(), hd = c_.head_dim;
  auto prepare = [&](float* x, size_t n_heads, const std::vector<float>& bias, const std::vector<float>& norm,
                     const float* cos) {  // x (n_heads, head_dim)
    if (!bias.empty()) k_.add(bias.data(), bias.size(), x);
    for (size_t h = 0; h < n_heads && !norm.empty(); h++)
      k_.rms_norm(x + h * hd, norm.data(), c_.eps, hd, x + h * hd);
    k_.rope(x, n_heads, hd, c_.rope.dim, c_.architecture->rope_pairing, cos, cos + half);
  };
  auto row_work = [&](const Segment& s, size_t row) {
    const float* cos = angles_.as<float>() + row * 2 * half;
    float* key = kv_.as<float>() + row * c_.kv_dim();
    float* value = key + kMaxRows * c_.kv_dim();
    prepare(q_.as<float>() + row * c_.q_dim(), c_.n_heads, w.q_bias, w.q_norm, cos);
    prepare(key, c_.n_kv_heads, w.k_bias, w.k_norm, cos);
    if (!w.v_bias.empty()) k_.add(w.v_bias.data(), w.v_bias.size(), value);
    size_t position = s.first_position + row - s.first_row;
    std::byte* page = s.pages[position / kernels::kKvBlockPositions];
    for (size_t h = 0; h < c_.n_kv_heads; h++) {
      k_.kv_store(layout_.type, key + h * hd, value + h * hd, hd, position % kernels::kKvBlockPositions,
                  page + layout_.offset(layer, h));
    }
  };
  net_.pool->run(n_rows_, [&](size_t row, int) {
    auto after = std::upper_bound(batch.segments.begin(), batch.segments.end(), row,
                                  [](size_t r, const Segment& s) { return r < s.first_row; });
    row_work(*(after - 1), row);
  });
}

void Forward::ffn_block(size_t layer) {
  const LayerWeights& w = net_.weights->layers[layer];
  float *gate = gate_up_.as<float>(), *up = gate + kMaxRows * c_.ffn;
  add_norm_pack(delta_.as<float>(), w.ffn_norm, {&w.gate, &w.up});
  activations_.multiply(*net_.pool, {{&w.gate, gate}, {&w.up, up}});
  activations_.begin(n_rows_, c_.ffn, {&w.down});
  net_.pool->run(n_rows_, [&](size_t row, int thread) {
    float* x = normed_.as<float>() + static_cast<size_t>(thread) * widest(c_);
    k_.swiglu(gate + row * c_.ffn, up + row * c_.ffn, c_.ffn, x);
    activations_.pack_row(row, x);
  });
  activations_.multiply(*net_.pool, {{&w.down, delta_.as<float>()}});
}

// Only the rows whose logits are wanted go through the output matrix, the widest of all.
void Forward::output(const Batch& batch, float* logits) {
  if (batch.logit_rows.empty()) return;
  const Weights& w = *net_.weights;
  activations_.begin(batch.logit_rows.size(), c_.hidden, {&w.output});
  net_.pool->run(batch.logit_rows.size(), [&](size_t i, int thread) {
    size_t row = batch.logit_rows[i];
    float* x = residual_.as<float>() + row * c_.hidden;
    float* normed = normed_.as<float>() + static_cast<size_t>(thread) * widest(c_);
    k_.add(delta_.as<float>() + row * c_.hidden, c_.hidden, x);
    k_.rms_norm(x, w.output_norm.data(), c_.eps, c_.hidden, normed);
    activations_.pack_row(i, normed);
  });
  activations_.multiply(*net_.pool, {{&w.output, logits}});
}

}  // namespace reckon::model
