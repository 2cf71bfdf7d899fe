#include "run/draft_index.hpp"

#include <algorithm>
#include <new>

#include "run/reserve_more.hpp"

namespace reckon::run {
namespace {

constexpr size_t kFirstBuckets = size_t{1} << 8;

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 32);
}

// A run is entered twice where there are several histories: as its own history's, and as anyone's.
uint64_t own(uint64_t hash, size_t history) { return mix(hash, history + 1); }
uint64_t anyones(uint64_t hash) { return mix(hash, 0); }

}  // namespace

DraftIndex::DraftIndex(size_t n_histories) : histories_(n_histories), buckets_(kFirstBuckets) {}

// From the last token backwards: every length's hash on the way to the longest one's.
DraftIndex::Hashes DraftIndex::hash_end(const std::vector<TokenId>& tokens) const {
  Hashes hashes{{}, std::min(tokens.size(), kLongestMatch)};
  uint64_t hash = 0;
  for (size_t n = 1; n <= hashes.longest; n++) {
    hash = mix(hash, static_cast<uint64_t>(tokens[tokens.size() - n]) + 1);
    hashes.of[n] = hash;
  }
  return hashes;
}

// What ends before the token is entered only now that something follows it.
void DraftIndex::append(size_t history, TokenId token) {
  if (n_tokens_ > kMostTokens) return;
  std::vector<TokenId>& tokens = histories_[history];
  reserve_more(tokens, 1);
  const Hashes hashes = hash_end(tokens);
  for (size_t n = kShortestMatch; n <= hashes.longest; n++) {
    insert(own(hashes.of[n], history), history, tokens.size());
    if (histories_.size() > 1) insert(anyones(hashes.of[n]), history, tokens.size());
  }
  tokens.push_back(token);
  n_tokens_++;
}

void DraftIndex::append(size_t history, std::span<const TokenId> tokens) {
  if (n_tokens_ <= kMostTokens) reserve_more(histories_[history], tokens.size());
  for (TokenId token : tokens) append(history, token);
}

void DraftIndex::insert(uint64_t hash, size_t history, size_t end) {
  const auto low = static_cast<uint32_t>(hash);
  Bucket& bucket = buckets_[low & (buckets_.size() - 1)];
  Slot* slot = std::find_if(bucket.slots, bucket.slots + kWays,
                            [&](const Slot& s) { return s.end == 0 || s.hash == low; });
  if (slot == bucket.slots + kWays) slot = &bucket.slots[next_victim_++ % kWays];
  n_slots_used_ += slot->end == 0;
  *slot = {low, static_cast<uint32_t>(history), static_cast<uint32_t>(end)};
  if (n_slots_used_ > buckets_.size() * kWays / 4 && buckets_.size() < kMostBuckets) grow();
}

// Each bucket's slots go to two, so none is lost. Where there is no memory, the old ones have to do.
void DraftIndex::grow() {
  std::vector<Bucket> old;
  try {
    old.resize(buckets_.size() * 2);
  } catch (const std::bad_alloc&) {
    return;
  }
  old.swap(buckets_);
  for (const Bucket& from : old) {
    for (const Slot& s : from.slots) {
      if (s.end == 0) continue;
      Bucket& to = buckets_[s.hash & (buckets_.size() - 1)];
      *std::find_if(to.slots, to.slots + kWays, [](const Slot& t) { return t.end == 0; }) = s;
    }
  }
}

// Where the last `length` of the tokens are entered under the hash. Equal hashes are not enough.
const DraftIndex::Slot* DraftIndex::look_up(uint64_t hash, const std::vector<TokenId>& tokens,
                                            size_t length) const {
  const auto low = static_cast<uint32_t>(hash);
  const auto run = std::span(tokens).last(length);
  for (const Slot& s : buckets_[low & (buckets_.size() - 1)].slots) {
    if (s.hash != low || s.end < length) continue;
    if (std::equal(run.begin(), run.end(),
                   histories_[s.history].begin() + static_cast<std::ptrdiff_t>(s.end - length)))
      return &s;
  }
  return nullptr;
}

std::optional<DraftIndex::Match> DraftIndex::find(size_t history) const {
  if (n_tokens_ > kMostTokens) return std::nullopt;  // a history may lack its end
  const std::vector<TokenId>& tokens = histories_[history];
  const Hashes hashes = hash_end(tokens);
  for (size_t n = hashes.longest; n >= kShortestMatch; n--) {
    const Slot* slot = look_up(own(hashes.of[n], history), tokens, n);
    if (slot == nullptr && histories_.size() > 1) slot = look_up(anyones(hashes.of[n]), tokens, n);
    if (slot != nullptr) return Match{n, slot->history, slot->end};
  }
  return std::nullopt;
}

std::vector<TokenId> DraftIndex::following(size_t history, const Match& match, size_t most) const {
  const std::vector<TokenId>& from = histories_[match.history];
  const size_t there = std::min(most, from.size() - match.end);
  auto first = from.begin() + static_cast<std::ptrdiff_t>(match.end);
  std::vector<TokenId> tokens(first, first + static_cast<std::ptrdiff_t>(there));
  if (match.history != history) return tokens;
  while (tokens.size() < most) tokens.push_back(tokens[tokens.size() - there]);
  return tokens;
}

size_t DraftIndex::bytes() const {
  size_t n = buckets_.capacity() * sizeof(Bucket);
  for (const auto& tokens : histories_) n += tokens.capacity() * sizeof(TokenId);
  return n;
}

}  // namespace reckon::run
