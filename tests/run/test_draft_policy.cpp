#include "run/draft_policy.hpp"

#include <gtest/gtest.h>

#include <reckon/error.hpp>

namespace reckon::run {
namespace {

// A text of which a share of drafted tokens is right (spread evenly), on a machine where a step of r rows
// takes 1 + row_ms * (r - 1) milliseconds.
class Machine {
 public:
  Machine(DraftPolicy& policy, double row_ms) : policy_(policy), row_ms_(row_ms) {}

  // Tokens drafted over so many matches of `length` tokens.
  size_t drafted(size_t matches, double share, size_t length = 3) {
    size_t sum = 0;
    for (size_t i = 0; i < matches; i++) {
      size_t n = policy_.choose(length), right = 0;
      while (right < n && (due_ += share) >= 1) due_ -= 1, right++;
      policy_.stepped(1 + n, 1 + row_ms_ * static_cast<double>(n));
      if (n > 0) policy_.verified(length, n, right);
      sum += n;
    }
    return sum;
  }

 private:
  DraftPolicy& policy_;
  double row_ms_;
  double due_ = 0;
};

TEST(DraftPolicy, AFixedLengthIsAlwaysTaken) {
  for (int n : {0, 1, 8, DraftPolicy::kMost}) {
    DraftPolicy policy(n);
    EXPECT_EQ(policy.off(), n == 0);
    EXPECT_EQ(Machine(policy, 1).drafted(100, 0), 100 * static_cast<size_t>(n));
  }
}

TEST(DraftPolicy, RefusesLengthsOutOfRange) {
  for (int n : {-2, DraftPolicy::kMost + 1}) {
    try {
      DraftPolicy policy(n);
      ADD_FAILURE() << n;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
      EXPECT_NE(std::string(e.what()).find("draft_tokens " + std::to_string(n)), std::string::npos);
    }
  }
}

TEST(DraftPolicy, DraftsLongWhereTokensAreRightAndRowsAreCheap) {
  DraftPolicy policy(DraftPolicy::kAuto);
  Machine machine(policy, 0.03);
  machine.drafted(50, 1);
  EXPECT_GT(machine.drafted(20, 1), 20 * 8u);
}

TEST(DraftPolicy, DraftsShorterWhereFewerAreRight) {
  DraftPolicy often(DraftPolicy::kAuto), seldom(DraftPolicy::kAuto);
  Machine good(often, 0.1), bad(seldom, 0.1);
  good.drafted(200, 0.9);
  bad.drafted(200, 0.4);
  size_t more = good.drafted(100, 0.9), fewer = bad.drafted(100, 0.4);
  EXPECT_GT(more, fewer * 2);
  EXPECT_GT(fewer, 50u);
}

TEST(DraftPolicy, StopsWhereNothingIsRightAndTriesAgainEverMoreRarely) {
  DraftPolicy policy(DraftPolicy::kAuto);
  Machine machine(policy, 0.1);
  size_t first = machine.drafted(100, 0);
  machine.drafted(100, 0);
  size_t later = machine.drafted(1000, 0);
  EXPECT_LT(later, 20u);
  EXPECT_LT(later, 5 * first);
  EXPECT_GT(later, 5u);
}

TEST(DraftPolicy, ComesBackWhenTheTextRepeatsItselfAgain) {
  DraftPolicy policy(DraftPolicy::kAuto);
  Machine machine(policy, 0.05);
  machine.drafted(2000, 0);
  machine.drafted(300, 1);
  EXPECT_GT(machine.drafted(100, 1), 400u);
}

TEST(DraftPolicy, StopsWhereRowsCostAsMuchAsSteps) {
  DraftPolicy policy(DraftPolicy::kAuto);
  Machine machine(policy, 0.95);
  machine.drafted(200, 0.6);
  EXPECT_LT(machine.drafted(1000, 0.6), 500u);
  EXPECT_NEAR(policy.row_share(), 0.95, 0.2);
}

TEST(DraftPolicy, LengthsOfMatchesAreToldApart) {
  DraftPolicy policy(DraftPolicy::kAuto);
  Machine machine(policy, 0.1);
  for (int i = 0; i < 100; i++) {
    machine.drafted(1, 0, 2);
    machine.drafted(1, 1, 5);
  }
  EXPECT_LT(policy.chance(2), 0.1);
  EXPECT_GT(policy.chance(5), 0.9);
}

TEST(DraftPolicy, OneStepThatWasHeldUpChangesLittle) {
  DraftPolicy policy(DraftPolicy::kAuto);
  Machine machine(policy, 0.05);
  machine.drafted(100, 1);
  policy.stepped(9, 1000);
  machine.drafted(5, 1);
  EXPECT_GT(machine.drafted(10, 1), 10u);
}

}  // namespace
}  // namespace reckon::run
