// What is a loop, and what is not.
#include "run/loop_detector.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include <reckon/model.hpp>

namespace reckon::run {
namespace {

using Tokens = std::vector<TokenId>;

// Tokens read up to the alarm, all if there is none.
size_t read(const Tokens& tokens, bool* alarm = nullptr) {
  LoopDetector detector;
  for (size_t i = 0; i < tokens.size(); i++) {
    if (!detector.accept(tokens[i])) continue;
    if (alarm != nullptr) *alarm = true;
    return i + 1;
  }
  if (alarm != nullptr) *alarm = false;
  return tokens.size();
}

bool loops(const Tokens& tokens) {
  bool alarm = false;
  read(tokens, &alarm);
  return alarm;
}

bool loops(const std::string& text) {
  static const Model model = Model::embedded();
  return loops(model.tokenize(text));
}

Tokens random_tokens(uint64_t seed, size_t n, TokenId n_kinds = 1000) {
  std::mt19937_64 random(seed);
  Tokens tokens(n);
  for (TokenId& t : tokens) t = static_cast<TokenId>(random() % static_cast<uint64_t>(n_kinds));
  return tokens;
}

Tokens repeated(const Tokens& run, size_t times) {
  Tokens all;
  for (size_t i = 0; i < times; i++) all.insert(all.end(), run.begin(), run.end());
  return all;
}

TEST(LoopDetector, SeesACycleOfAnyLengthTheThirdTime) {
  for (size_t period = 1; period <= LoopDetector::kLongestPeriod; period += period < 20 ? 1 : 41) {
    Tokens tokens = random_tokens(period, 700);
    const size_t before = tokens.size();
    const Tokens cycle = random_tokens(1000 + period, period);
    const size_t times = 2 + LoopDetector::kLeastRepeated / period + 2;
    const Tokens circles = repeated(cycle, times);
    tokens.insert(tokens.end(), circles.begin(), circles.end());
    bool alarm = false;
    const size_t end = read(tokens, &alarm);
    ASSERT_TRUE(alarm) << period;
    // Of the longest, the lack of anything new shows a little earlier.
    EXPECT_GE(end + LoopDetector::kLeastNew, before + std::max(3 * period, LoopDetector::kLeastRepeated))
        << period;
    EXPECT_LE(end, before + std::max(3 * period, period + LoopDetector::kLeastRepeated)) << period;
  }
}

TEST(LoopDetector, LetsTwoTimesPass) {
  for (size_t period : {40u, 100u, 300u, 512u}) {
    Tokens tokens = repeated(random_tokens(period, period), 2);
    const Tokens other = random_tokens(7, 200);
    tokens.insert(tokens.end(), other.begin(), other.end());
    EXPECT_FALSE(loops(tokens)) << period;
  }
}

TEST(LoopDetector, LetsRandomTextPass) { EXPECT_FALSE(loops(random_tokens(1, 20000))); }

TEST(LoopDetector, LetsRulersAndRowsOfZerosPass) {
  EXPECT_FALSE(loops("----------------------------------------------------------------\n"));
  std::string table = "| a | b | c |\n|---|---|---|\n";
  for (int row = 0; row < 6; row++) table += "| 0 | 0 | 0 |\n";
  EXPECT_FALSE(loops(table));
}

TEST(LoopDetector, LetsNumbersCountingUpPass) {
  std::string numbers, lines, sentences;
  for (int i = 1; i <= 700; i++) {
    numbers += std::to_string(i) + ", ";
    lines += std::to_string(i) + ".\n";
    sentences += "The next number to look at is " + std::to_string(i) +
                 ", which is one more than the number before it, so the sum goes up by the same again.\n";
  }
  EXPECT_FALSE(loops(numbers));
  EXPECT_FALSE(loops(lines));
  EXPECT_FALSE(loops(sentences));
}

TEST(LoopDetector, LetsTablesPass) {
  std::string table = "| n | square | parity |\n|---|---|---|\n";
  for (int i = 1; i <= 400; i++) {
    table += "| " + std::to_string(i) + " | " + std::to_string(i * i) +
             (i % 2 == 0 ? " | even |\n" : " | odd |\n");
  }
  EXPECT_FALSE(loops(table));
}

TEST(LoopDetector, LetsListsOfLikeItemsPass) {
  std::string list;
  for (int i = 1; i <= 300; i++) {
    list +=
        "- Case " + std::to_string(i) + ": assume that x is even. Then x = 2k, so the claim holds for it.\n";
  }
  EXPECT_FALSE(loops(list));
}

// No cycle: the order changes. But nothing new is said.
TEST(LoopDetector, SeesTheSameSentencesInEverNewOrder) {
  std::vector<Tokens> sentences;
  for (uint64_t i = 0; i < 6; i++) sentences.push_back(random_tokens(50 + i, 18));
  std::mt19937_64 random(3);
  Tokens tokens;
  for (int i = 0; i < 400; i++) {
    const Tokens& s = sentences[random() % sentences.size()];
    tokens.insert(tokens.end(), s.begin(), s.end());
  }
  EXPECT_TRUE(loops(tokens));
}

}  // namespace
}  // namespace reckon::run
