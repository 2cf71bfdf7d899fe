#include "run/thought_control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <reckon/error.hpp>

#include "text/utf8.hpp"

namespace reckon {

void validate(const ThinkingOptions& options) {
  constexpr size_t kLongestMessage = 4096;  // bytes
  if (!(options.hesitation_bias >= -100 && options.hesitation_bias <= 100)) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("hesitation_bias {}; expected -100 to 100", options.hesitation_bias));
  }
  if (options.budget_message.size() > kLongestMessage) {
    throw Error(ErrorCode::invalid_argument, fmt::format("budget_message has {} bytes; expected at most {}",
                                                         options.budget_message.size(), kLongestMessage));
  }
  if (!text::is_utf8(options.budget_message)) {
    throw Error(ErrorCode::invalid_argument, "budget_message is not UTF-8");
  }
}

const char* to_string(ThoughtEnd end) noexcept {
  switch (end) {
    case ThoughtEnd::none: return "none";
    case ThoughtEnd::model: return "model";
    case ThoughtEnd::budget: return "budget";
    case ThoughtEnd::reserve: return "reserve";
    case ThoughtEnd::loop: return "loop";
    case ThoughtEnd::requested: return "requested";
  }
  return "unknown";
}

namespace run {
namespace {

constexpr uint64_t kMostReserve = 1024;
constexpr size_t kKeptEnd = 8;  // bytes

// Adding without passing the type's end.
uint64_t sum(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view e) { return text.ends_with(e); });
}

}  // namespace

void check_budget_message(const ThinkingOptions& options, const text::ThinkTags& tags) {
  if (tags.close.empty() || options.budget_message.find(tags.close) == std::string::npos) return;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("budget_message: {} in it would end the thought before its end", tags.close));
}

ThoughtControl::ThoughtControl(const ThinkingOptions& options, const text::Tokenizer& tokenizer,
                               const text::ThinkTags& tags, uint64_t most)
    : options_(options), tokenizer_(tokenizer), tags_(tags), most_(most) {
  validate(options);
  check_budget_message(options, tags);
  reserve_ = options.answer_reserve.value_or(std::min(most / 4, kMostReserve));
  const uint64_t with_message = encode(options.budget_message).size();
  // Where the message would take as much as the rest of the thought, the tag has to do.
  const bool fits = sum(with_message, reserve_) <= most / 2;
  closing_room_ = fits ? with_message : encode("").size();
}

std::vector<TokenId> ThoughtControl::encode(const std::string& message) const {
  const std::string line = message.empty() || end_.ends_with('\n') ? message : "\n" + message;
  return tokenizer_.encode(line + "\n" + tags_.close + "\n\n");
}

std::vector<TokenId> ThoughtControl::closing(uint64_t left) const {
  for (const std::string& message : {options_.budget_message, std::string()}) {
    std::vector<TokenId> tokens = encode(message);
    if (sum(tokens.size(), std::max<uint64_t>(1, std::min(reserve_, left / 2))) <= left) return tokens;
  }
  return {};
}

std::optional<ThoughtEnd> ThoughtControl::accept(TokenId token, uint64_t n_tokens, const Requests& requests) {
  n_thought_++;
  end_ += tokenizer_.bytes(token);
  if (end_.size() > kKeptEnd) end_.erase(0, end_.size() - kKeptEnd);
  if (requests.end_thinking) return ThoughtEnd::requested;
  if (options_.loop_breaker && loops_.accept(token)) return ThoughtEnd::loop;
  const auto due = [this](Urgency urgency) {
    return urgency == Urgency::now || (urgency == Urgency::after_sentence && at_sentence_end());
  };
  if (due(budget_urgency(requests.added_budget))) return ThoughtEnd::budget;
  if (due(reserve_urgency(most_ - std::min(most_, n_tokens)))) return ThoughtEnd::reserve;
  return std::nullopt;
}

ThoughtControl::Urgency ThoughtControl::budget_urgency(uint64_t added) const {
  if (!options_.budget) return Urgency::none;
  const uint64_t budget = sum(*options_.budget, added);
  if (n_thought_ < budget) return Urgency::none;
  return n_thought_ >= sum(budget, options_.grace) ? Urgency::now : Urgency::after_sentence;
}

// The sentence's grace is part of the thought's share, not of the reserve.
ThoughtControl::Urgency ThoughtControl::reserve_urgency(uint64_t left) const {
  if (reserve_ == 0) return Urgency::none;
  const uint64_t needed = sum(reserve_, closing_room_);
  if (left <= needed) return Urgency::now;
  const uint64_t grace = std::min(options_.grace, most_ / 8);
  return left <= sum(needed, grace) ? Urgency::after_sentence : Urgency::none;
}

// A point after a digit may be that of a number or of a list.
bool ThoughtControl::at_sentence_end() const {
  if (end_.ends_with('\n') || ends_with_any(end_, {"!", "?", "。", "！", "？"})) return true;
  return end_.size() > 1 && end_.ends_with('.') &&
         std::isdigit(static_cast<unsigned char>(end_[end_.size() - 2])) == 0;
}

// Words that one token begins: the whole of it, or enough letters of it that few other words begin so.
std::vector<TokenId> hesitation_tokens(const text::Tokenizer& tokenizer) {
  constexpr std::array kWords = {"wait", "alternatively", "hmm", "hmmm"};
  constexpr size_t kTellingLetters = 4;
  std::set<TokenId> found;
  for (const std::string word : kWords) {
    std::string capitalised = word;
    capitalised[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    for (const std::string& form : {word, capitalised}) {
      for (const char* before : {"", " "}) {
        const TokenId first = tokenizer.encode(before + form).front();
        const size_t letters = tokenizer.bytes(first).size() - std::string_view(before).size();
        if (letters >= std::min(kTellingLetters, word.size())) found.insert(first);
      }
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace run
}  // namespace reckon
