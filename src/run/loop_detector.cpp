#include "run/loop_detector.hpp"

#include <algorithm>

namespace reckon::run {
namespace {

uint64_t hash_gram(const TokenId* tokens) {
  uint64_t hash = 0x9e3779b97f4a7c15;
  for (size_t i = 0; i < LoopDetector::kGram; i++) {
    hash = (hash ^ static_cast<uint32_t>(tokens[i])) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace

bool LoopDetector::accept(TokenId token) {
  tokens_.push_back(token);
  const bool circles = cycles(token);
  return lacks_novelty() || circles;
}

// A count per period, all brought up to date with each token: no search, and no period is missed.
bool LoopDetector::cycles(TokenId token) {
  const size_t last = tokens_.size() - 1;
  bool found = false;
  for (size_t p = 1; p <= std::min(kLongestPeriod, last); p++) {
    repeated_[p] = tokens_[last - p] == token ? repeated_[p] + 1 : 0;
    found |= repeated_[p] >= std::max(2 * p, kLeastRepeated);
  }
  return found;
}

bool LoopDetector::lacks_novelty() {
  if (tokens_.size() < kGram) return false;
  if (is_new_.empty()) is_new_.resize(kWindow);
  const bool fresh = seen_.insert(hash_gram(&tokens_[tokens_.size() - kGram])).second;
  const size_t slot = n_grams_++ % kWindow;
  n_new_ += static_cast<size_t>(fresh) - static_cast<size_t>(is_new_[slot]);
  is_new_[slot] = fresh;
  return n_grams_ >= kWindow && n_new_ < kLeastNew;
}

}  // namespace reckon::run
