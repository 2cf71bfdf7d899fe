#include <reckon/engine.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "model/forward.hpp"
#include "model/model_impl.hpp"
#include "run/kv_cache.hpp"
#include "support/in_use.hpp"
#include "support/within_memory.hpp"

namespace reckon {

struct RECKON_LOCAL Engine::Impl {
  Impl(const Model& m, const EngineOptions& options)
      : model(m),
        network(m.impl().network),
        layout(network.config, options.cache_type),
        forward(network, layout),
        cache(layout,
              options.max_positions / kernels::kKvBlockPositions +
                  (options.max_positions % kernels::kKvBlockPositions != 0),
              support::available_memory, &m.impl().cache_budget) {}
  // Begins with a fork of a sequence of `other`.
  Impl(const Impl& other, SequenceId sequence)
      : model(other.model),
        network(other.network),
        layout(other.layout),
        forward(network, layout),
        cache(other.cache, sequence) {}

  // Rows of one sequence, gathered from the batch in their order.
  struct Work {
    SequenceId sequence;
    std::vector<size_t> rows;  // in the caller's batch
  };

  std::vector<Work> group(std::span<const BatchRow> rows) const;
  void check(std::span<const BatchRow> rows) const;
  // These three return whether they were done: not if `stop` said true.
  bool step(std::span<const BatchRow> rows, std::span<const Work> works, const std::function<bool()>& stop);
  bool forward_rows(std::span<const BatchRow> rows, const std::function<bool()>& stop);
  bool run_chunk(std::span<const BatchRow> rows, std::span<const size_t> order,
                 std::span<const model::Segment> segments, const std::function<bool()>& stop);

  Model model;
  const model::Network& network;
  model::KvLayout layout;
  model::Forward forward;
  run::KvCache cache;
  std::vector<float> logits;        // (rows that asked, n_vocab), in the order they were computed
  std::vector<size_t> logit_rows;   // (rows that asked): whose they are, in the caller's batch
  std::vector<size_t> logit_slots;  // (rows that asked): where the caller's i-th are
  bool in_step = false;

  static constexpr const char* kInStep =
      "the engine is in a step or an import: what it calls meanwhile can't change it";
  void require_idle() const { support::InUse::require_idle(in_step, kInStep); }
};

std::vector<Engine::Impl::Work> Engine::Impl::group(std::span<const BatchRow> rows) const {
  std::vector<Work> works;
  std::map<SequenceId, size_t> index;
  for (size_t i = 0; i < rows.size(); i++) {
    auto [it, is_new] = index.try_emplace(rows[i].sequence, works.size());
    if (is_new) works.push_back({rows[i].sequence, {}});
    works[it->second].rows.push_back(i);
  }
  return works;
}

void Engine::Impl::check(std::span<const BatchRow> rows) const {
  size_t n_vocab = network.config.n_vocab;
  for (const BatchRow& r : rows) {
    if (!cache.contains(r.sequence)) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("sequence {}: there is no such sequence", r.sequence));
    }
    if (r.token < 0 || static_cast<size_t>(r.token) >= n_vocab) {
      throw Error(ErrorCode::invalid_argument,
                  fmt::format("token {}; expected 0 to {}", r.token, n_vocab - 1));
    }
  }
}

// Cuts the work into chunks of at most kMaxRows rows; a sequence may go over several.
bool Engine::Impl::step(std::span<const BatchRow> rows, std::span<const Work> works,
                        const std::function<bool()>& stop) {
  std::vector<size_t> order;
  std::vector<model::Segment> segments;
  auto flush = [&] {
    const bool done = order.empty() || run_chunk(rows, order, segments, stop);
    order.clear();
    segments.clear();
    return done;
  };
  for (const Work& w : works) {
    for (size_t done = 0; done < w.rows.size();) {
      size_t n = std::min(w.rows.size() - done, model::Forward::kMaxRows - order.size());
      segments.push_back({order.size(), n, cache.length(w.sequence) + done, cache.pages(w.sequence)});
      order.insert(order.end(), w.rows.begin() + static_cast<std::ptrdiff_t>(done),
                   w.rows.begin() + static_cast<std::ptrdiff_t>(done + n));
      done += n;
      if (order.size() == model::Forward::kMaxRows && !flush()) return false;
    }
  }
  return flush();
}

bool Engine::Impl::run_chunk(std::span<const BatchRow> rows, std::span<const size_t> order,
                             std::span<const model::Segment> segments, const std::function<bool()>& stop) {
  std::vector<TokenId> tokens;
  std::vector<uint32_t> wanted;
  for (size_t i = 0; i < order.size(); i++) {
    tokens.push_back(rows[order[i]].token);
    if (rows[order[i]].logits) wanted.push_back(static_cast<uint32_t>(i));
  }
  float* out = logits.data() + logit_rows.size() * network.config.n_vocab;
  if (!forward.run({tokens, segments, wanted}, out, stop)) return false;
  for (uint32_t i : wanted) logit_rows.push_back(order[i]);
  return true;
}

Engine::Engine(const Model& model, const EngineOptions& options)
    : impl_(support::within_memory([&] { return std::make_unique<Impl>(model, options); })) {}
Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

SequenceId Engine::add_sequence() {
  impl_->require_idle();
  return support::within_memory([this] { return impl_->cache.add(); });
}

SequenceId Engine::fork(SequenceId sequence) {
  impl_->require_idle();
  return support::within_memory([&] { return impl_->cache.fork(sequence); });
}

Engine Engine::branch(SequenceId sequence) const {
  impl_->require_idle();
  return support::within_memory([&] { return Engine(std::make_unique<Impl>(*impl_, sequence)); });
}

void Engine::rewind(SequenceId sequence, uint64_t positions) {
  impl_->require_idle();
  impl_->cache.rewind(sequence, positions);
}

void Engine::remove(SequenceId sequence) {
  impl_->require_idle();
  impl_->cache.remove(sequence);
}

uint64_t Engine::length(SequenceId sequence) const { return impl_->cache.length(sequence); }
uint64_t Engine::kv_bytes() const { return impl_->cache.bytes(); }

bool Engine::Impl::forward_rows(std::span<const BatchRow> rows, const std::function<bool()>& stop) {
  const support::InUse in_use(in_step, kInStep);
  check(rows);
  const std::vector<Work> works = group(rows);
  for (const Work& w : works) cache.reserve(w.sequence, w.rows.size());
  auto wanted = static_cast<size_t>(
      std::count_if(rows.begin(), rows.end(), [](const BatchRow& r) { return r.logits; }));
  logits.resize(wanted * network.config.n_vocab);
  logit_rows.clear();
  logit_slots.clear();  // a step that fails or is stopped leaves none
  if (!step(rows, works, stop)) return false;
  logit_slots.resize(wanted);
  std::iota(logit_slots.begin(), logit_slots.end(), size_t{0});
  std::ranges::sort(logit_slots, {}, [this](size_t i) { return logit_rows[i]; });
  for (const Work& w : works) cache.commit(w.sequence, w.rows.size());
  return true;
}

void Engine::forward(std::span<const BatchRow> rows) { forward(rows, nullptr); }

bool Engine::forward(std::span<const BatchRow> rows, const std::function<bool()>& stop) {
  return support::within_memory([&] { return impl_->forward_rows(rows, stop); });
}

std::span<const float> Engine::logits(size_t i) const {
  const Impl& e = *impl_;
  if (i >= e.logit_slots.size()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("logits {}: the last step made {}", i, e.logit_slots.size()));
  }
  size_t n_vocab = e.network.config.n_vocab;
  return {e.logits.data() + e.logit_slots[i] * n_vocab, n_vocab};
}

uint64_t Engine::kv_page_positions() const { return kernels::kKvBlockPositions; }
uint64_t Engine::kv_page_bytes() const { return impl_->cache.page_bytes(); }

std::span<const std::byte> Engine::kv_page(SequenceId sequence, size_t i) const {
  const size_t pages = run::KvCache::pages_for(length(sequence));
  if (i >= pages) {
    throw Error(ErrorCode::invalid_argument, fmt::format("page {}: sequence {} has {}", i, sequence, pages));
  }
  return {impl_->cache.pages(sequence)[i], impl_->cache.page_bytes()};
}

void Engine::import_kv(SequenceId sequence, uint64_t positions,
                       const std::function<void(size_t, std::span<std::byte>)>& fill) {
  const support::InUse in_use(impl_->in_step, Impl::kInStep);
  run::KvCache& cache = impl_->cache;
  if (!fill) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("import into sequence {}: no function that fills its pages", sequence));
  }
  if (cache.length(sequence) != 0) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("import into sequence {}: it is not empty", sequence));
  }
  try {
    support::within_memory([&] { cache.reserve(sequence, positions); });
    const auto pages = cache.pages(sequence);
    for (size_t i = 0; i < run::KvCache::pages_for(positions); i++) fill(i, {pages[i], cache.page_bytes()});
  } catch (...) {
    cache.rewind(sequence, 0);
    throw;
  }
  cache.commit(sequence, positions);
}

uint64_t hash_logits(std::span<const float> logits) noexcept {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, a word at a time
  for (float f : logits) {
    uint32_t bits;
    static_assert(sizeof bits == sizeof f);
    __builtin_memcpy(&bits, &f, sizeof bits);
    hash = (hash ^ bits) * 0x100000001b3;
  }
  return hash;
}

}  // namespace reckon
