#include "text/bpe.hpp"

#include <algorithm>
#include <functional>

namespace reckon::text {

namespace {

constexpr TokenId kInside = -1;

}  // namespace

MergeTable::MergeTable(size_t n_merges) : ranks_(n_merges) { merges_.reserve(n_merges); }

bool MergeTable::append(const Merge& merge) {
  const auto rank = static_cast<uint32_t>(merges_.size());
  if (!ranks_.insert(pair_key(merge.left, merge.right), rank)) return false;
  merges_.push_back(merge);
  return true;
}

void merge_short_word(const BpeTables& tables, std::string_view word, std::vector<TokenId>& out) {
  std::array<TokenId, kShortWordBytes> symbols;
  std::array<uint32_t, kShortWordBytes> ranks;  // of the pair (i, i + 1)
  size_t n = word.size();
  auto rank_at = [&](size_t i) {
    return i + 1 < n ? tables.merges.find(symbols[i], symbols[i + 1]) : MergeTable::kNone;
  };
  for (size_t i = 0; i < n; ++i) symbols[i] = tables.byte_tokens[static_cast<uint8_t>(word[i])];
  for (size_t i = 0; i < n; ++i) ranks[i] = rank_at(i);
  while (n > 1) {
    const auto best = std::min_element(ranks.begin(), ranks.begin() + (n - 1));
    if (*best == MergeTable::kNone) break;
    const auto i = static_cast<size_t>(best - ranks.begin());
    symbols[i] = tables.merges[*best].merged;
    std::copy(symbols.begin() + i + 2, symbols.begin() + n, symbols.begin() + i + 1);
    std::copy(ranks.begin() + i + 2, ranks.begin() + n, ranks.begin() + i + 1);
    --n;
    ranks[i] = rank_at(i);
    if (i > 0) ranks[i - 1] = rank_at(i - 1);
  }
  out.insert(out.end(), symbols.begin(), symbols.begin() + n);
}

void LongWordMerger::Bucket::push(uint32_t position) {
  if (!open) {
    sorted.push_back(position);
    return;
  }
  late.push_back(position);
  std::push_heap(late.begin(), late.end(), std::greater());
}

uint32_t LongWordMerger::Bucket::pop_leftmost() {
  if (!open) {
    if (!std::is_sorted(sorted.begin(), sorted.end())) std::sort(sorted.begin(), sorted.end());
    open = true;
  }
  if (late.empty() || (next < sorted.size() && sorted[next] <= late.front())) return sorted[next++];
  std::pop_heap(late.begin(), late.end(), std::greater());
  const uint32_t position = late.back();
  late.pop_back();
  return position;
}

void LongWordMerger::Bucket::reset() {
  constexpr size_t kKeptCapacity = 4096;  // more is given back, or the largest of all ranks would pile up
  for (auto* positions : {&sorted, &late}) {
    positions->clear();
    if (positions->capacity() > kKeptCapacity) positions->shrink_to_fit();
  }
  next = 0;
  open = false;
}

void LongWordMerger::push_pair(uint32_t left_start, uint32_t right_start) {
  const uint32_t rank = tables_.merges.find(symbols_[left_start], symbols_[right_start]);
  if (rank == MergeTable::kNone) return;
  uint32_t& bucket = bucket_of_rank_[rank];
  if (bucket == kNoBucket) {
    if (free_buckets_.empty()) {
      free_buckets_.push_back(static_cast<uint32_t>(buckets_.size()));
      buckets_.emplace_back();
    }
    bucket = free_buckets_.back();
    free_buckets_.pop_back();
    ranks_.push_back(rank);
    std::push_heap(ranks_.begin(), ranks_.end(), std::greater());
  }
  buckets_[bucket].push(left_start);
}

void LongWordMerger::close_bucket(uint32_t rank) {
  buckets_[bucket_of_rank_[rank]].reset();
  free_buckets_.push_back(bucket_of_rank_[rank]);
  bucket_of_rank_[rank] = kNoBucket;
  std::pop_heap(ranks_.begin(), ranks_.end(), std::greater());
  ranks_.pop_back();
}

void LongWordMerger::start(std::string_view word) {
  bucket_of_rank_.resize(tables_.merges.size(), kNoBucket);
  symbols_.resize(word.size());
  for (size_t i = 0; i < word.size(); ++i) {
    symbols_[i] = tables_.byte_tokens[static_cast<uint8_t>(word[i])];
  }
  for (uint32_t i = 0; i + 1 < word.size(); ++i) push_pair(i, i + 1);
}

// A pair that waits may be gone: one of its symbols was merged with a neighbour. Symbols only grow, so a
// first byte that still carries the left token, with the right one behind it, is the pair itself.
void LongWordMerger::apply(const Merge& merge, uint32_t position) {
  const uint32_t middle = position + tables_.lengths[merge.left];
  if (symbols_[position] != merge.left || symbols_[middle] != merge.right) return;
  const uint32_t end = middle + tables_.lengths[merge.right];
  symbols_[middle - 1] = symbols_[middle] = kInside;
  symbols_[position] = symbols_[end - 1] = merge.merged;
  if (position > 0) push_pair(position - tables_.lengths[symbols_[position - 1]], position);
  if (end < symbols_.size()) push_pair(position, end);
}

void LongWordMerger::merge(std::string_view word, std::vector<TokenId>& out) {
  start(word);
  while (!ranks_.empty()) {
    const uint32_t rank = ranks_.front();
    Bucket& bucket = buckets_[bucket_of_rank_[rank]];
    if (bucket.is_empty()) {
      close_bucket(rank);
    } else {
      apply(tables_.merges[rank], bucket.pop_leftmost());
    }
  }
  for (size_t i = 0; i < symbols_.size(); i += tables_.lengths[symbols_[i]]) out.push_back(symbols_[i]);
}

}  // namespace reckon::text
