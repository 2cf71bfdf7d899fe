// Decides when a thought is to be closed, and with which tokens.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <reckon/thinking.hpp>

#include "run/loop_detector.hpp"
#include "text/think_splitter.hpp"
#include "text/tokenizer.hpp"

namespace reckon::run {

// What other threads tell a running generation.
struct Requests {
  std::atomic<bool> cancelled{false};
  std::atomic<bool> end_thinking{false};
  std::atomic<uint64_t> added_budget{0};

  // Up to UINT64_MAX in all.
  void add_budget(uint64_t tokens) noexcept {
    uint64_t before = added_budget;
    while (!added_budget.compare_exchange_weak(before, before + std::min(tokens, UINT64_MAX - before))) {
    }
  }
  void clear() {
    cancelled = false;
    end_thinking = false;
    added_budget = 0;
  }
};

// What validate() can't know without the model. Throws Error(invalid_argument).
void check_budget_message(const ThinkingOptions& options, const text::ThinkTags& tags);

class ThoughtControl {
 public:
  // most: tokens the generation may have in all. Throws Error(invalid_argument) as validate() and
  // check_budget_message() do.
  ThoughtControl(const ThinkingOptions& options, const text::Tokenizer& tokenizer,
                 const text::ThinkTags& tags, uint64_t most);

  // A token was chosen inside the thought, and the thought goes on. n_tokens: of the generation so far. Why
  // it is to be closed now, if it is.
  std::optional<ThoughtEnd> accept(TokenId token, uint64_t n_tokens, const Requests& requests);
  // What closes it, with `left` tokens to go; empty: there is no room for that.
  std::vector<TokenId> closing(uint64_t left) const;

 private:
  enum class Urgency : uint8_t { none, after_sentence, now };
  Urgency budget_urgency(uint64_t added) const;
  Urgency reserve_urgency(uint64_t left) const;
  bool at_sentence_end() const;
  std::vector<TokenId> encode(const std::string& message) const;

  const ThinkingOptions options_;
  const text::Tokenizer& tokenizer_;
  const text::ThinkTags& tags_;
  uint64_t most_;
  uint64_t reserve_;
  uint64_t closing_room_ = 0;  // tokens it takes to close the thought with its message
  uint64_t n_thought_ = 0;
  std::string end_;  // last bytes of the thought, enough to see whether a sentence ends there
  LoopDetector loops_;
};

// The ids whose text begins a word of hesitation.
std::vector<TokenId> hesitation_tokens(const text::Tokenizer& tokenizer);

}  // namespace reckon::run
