// Finds out when a thought goes in circles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include <reckon/model.hpp>

namespace reckon::run {

// Two kinds of circles are told from text that gets on:
//   cycles   the same run of up to kLongestPeriod tokens three times in a row. A repeated part shorter than
//            kLeastRepeated is let pass: rows of a table of zeros, a ruler, "ha ha ha" are no loops.
//   low novelty   of the last kWindow runs of kGram tokens, hardly one was not there before: a few sentences
//            in ever new order. Lists that count up bring new runs with every number, however much of each
//            line repeats.
class LoopDetector {
 public:
  static constexpr size_t kLongestPeriod = 512;
  static constexpr size_t kLeastRepeated = 96;  // tokens that say again what stood a period before
  static constexpr size_t kGram = 8;
  static constexpr size_t kWindow = 1024;
  static constexpr size_t kLeastNew = kWindow / 32;

  // The next token of the thought. True once it goes in circles.
  bool accept(TokenId token);

 private:
  bool cycles(TokenId token);
  bool lacks_novelty();

  std::vector<TokenId> tokens_;                          // of the thought
  std::array<uint32_t, kLongestPeriod + 1> repeated_{};  // [p]: last tokens equal to those p before them
  std::unordered_set<uint64_t> seen_;                    // hashes of all runs of kGram tokens
  std::vector<bool> is_new_;                             // ring of kWindow
  size_t n_grams_ = 0;
  size_t n_new_ = 0;  // in the ring
};

}  // namespace reckon::run
