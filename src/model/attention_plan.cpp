#include "model/attention_plan.hpp"

#include <algorithm>

#include "kernels/kernels.hpp"

namespace reckon::model {
namespace {

using kernels::kAttentionChunk;

constexpr size_t kChunkPages = kAttentionChunk / kernels::kKvBlockPositions;

size_t chunks_for(size_t positions) { return (positions + kAttentionChunk - 1) / kAttentionChunk; }

// Chunks that all rows of the segment see to their end.
size_t whole_chunks(const Segment& s) { return s.first_position / kAttentionChunk; }

// First chunk from `chunk` on that a and b do not have in common.
size_t common_end(const Segment& a, const Segment& b, size_t chunk) {
  const size_t most = std::min(whole_chunks(a), whole_chunks(b));
  if (chunk >= most) return chunk;
  const auto first = a.pages.begin() + static_cast<std::ptrdiff_t>(chunk * kChunkPages);
  const auto last = a.pages.begin() + static_cast<std::ptrdiff_t>(most * kChunkPages);
  const auto other = b.pages.begin() + static_cast<std::ptrdiff_t>(chunk * kChunkPages);
  const auto same = static_cast<size_t>(std::mismatch(first, last, other).first - first);
  return chunk + same / kChunkPages;
}

}  // namespace

AttentionPlan::AttentionPlan(size_t n_kv_heads, size_t group, size_t state_floats, size_t n_threads)
    : n_kv_heads_(n_kv_heads), group_(group), row_state_floats_(state_floats), n_threads_(n_threads) {}

void AttentionPlan::make(const Batch& batch) {
  tiles_.clear();
  tokens_.clear();
  segments_.clear();
  parts_.resize(std::max(parts_.size(), batch.tokens.size()));
  for (auto& parts : parts_) parts.clear();
  positions_.resize(batch.tokens.size());
  for (const Segment& s : batch.segments) {
    segments_.push_back(&s);
    for (size_t i = 0; i < s.n_rows; i++) positions_[s.first_row + i] = s.first_position + i;
  }
  cover(segments_, 0);
  place_states();
  cut_units();
}

// Plans the segments' chunks from `chunk` on; up to there all of them are covered. A group that shares
// anything splits at the end of what it shares, so the depth is bounded by the number of segments.
void AttentionPlan::cover(Segments segments, size_t chunk) {
  while (!segments.empty()) {
    const Segment& first = *segments.front();
    const auto others = std::stable_partition(segments.begin() + 1, segments.end(), [&](const Segment* s) {
      return common_end(first, *s, chunk) > chunk;
    });
    const Segments group = segments.first(static_cast<size_t>(others - segments.begin()));
    segments = segments.subspan(group.size());
    if (group.size() == 1) {
      add_own_tiles(first, chunk);
      continue;
    }
    size_t end = SIZE_MAX;
    for (const Segment* s : group.subspan(1)) end = std::min(end, common_end(first, *s, chunk));
    add_shared_tiles(group, chunk, end);
    cover(group, end);
  }
}

void AttentionPlan::add_own_tiles(const Segment& s, size_t chunk) {
  for (size_t i = 0; i < s.n_rows; i += kOwnTokens) {
    const size_t n = std::min(kOwnTokens, s.n_rows - i), first = tokens_.size();
    for (size_t t = i; t < i + n; t++) tokens_.push_back(static_cast<uint32_t>(s.first_row + t));
    add_tile(first, s, chunk, chunks_for(s.first_position + i + n));
  }
}

void AttentionPlan::add_shared_tiles(Segments segments, size_t chunk, size_t last_chunk) {
  size_t n_rows = 0;
  for (const Segment* s : segments) n_rows += s->n_rows;
  const size_t n_tiles = (n_rows + shared_tokens(group_) - 1) / shared_tokens(group_);
  const size_t most = (n_rows + n_tiles - 1) / n_tiles;
  size_t first = tokens_.size();
  for (const Segment* s : segments) {
    for (size_t i = 0; i < s->n_rows; i++) {
      tokens_.push_back(static_cast<uint32_t>(s->first_row + i));
      if (tokens_.size() - first < most) continue;
      add_tile(first, *segments.front(), chunk, last_chunk);
      first = tokens_.size();
    }
  }
  if (first < tokens_.size()) add_tile(first, *segments.front(), chunk, last_chunk);
}

void AttentionPlan::add_tile(size_t first_token, const Segment& pages_of, size_t chunk, size_t last_chunk) {
  const size_t n_tokens = tokens_.size() - first_token;
  for (size_t t = 0; t < n_tokens; t++) parts_[tokens_[first_token + t]].push_back({tiles_.size(), t});
  for (size_t head = 0; head < n_kv_heads_; head++) {
    tiles_.push_back({.first_token = first_token,
                      .n_tokens = n_tokens,
                      .pages = pages_of.pages.data(),
                      .kv_head = head,
                      .first_chunk = chunk,
                      .last_chunk = last_chunk,
                      .unit_chunks = 0,
                      .n_states = 1,
                      .offset = 0});
  }
}

// A row's chunks are merged one after the other from its first, so only a tile that begins there and is not
// split can do it as it goes. The others' states are small beside the keys and values that were read.
void AttentionPlan::place_states() {
  size_t total = 0;
  for (const AttentionTile& t : tiles_) total += work(t);
  size_t floats = 0;
  for (AttentionTile& t : tiles_) {
    t.unit_chunks = std::clamp<size_t>(total / (t.n_tokens * n_threads_ * kUnitsPerThread), 1, t.n_chunks());
    t.n_states = t.first_chunk == 0 && t.unit_chunks == t.n_chunks() ? 1 : t.n_chunks();
    t.offset = floats;
    floats += t.n_states * t.n_tokens * group_ * row_state_floats_;
  }
  total_state_floats_ = floats;
}

void AttentionPlan::cut_units() {
  units_.clear();
  for (size_t i = 0; i < tiles_.size(); i++) {
    const AttentionTile& t = tiles_[i];
    for (size_t c = t.first_chunk; c < t.last_chunk; c += t.unit_chunks) {
      units_.push_back({i, c, std::min(c + t.unit_chunks, t.last_chunk)});
    }
  }
}

}  // namespace reckon::model
