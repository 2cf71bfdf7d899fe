// Two generations that say the same.
#pragma once

#include <gtest/gtest.h>

#include <reckon/reckon.hpp>

namespace reckon {

inline void expect_same(const Generation& found, const Generation& expected) {
  EXPECT_EQ(found.thinking, expected.thinking);
  EXPECT_EQ(found.answer, expected.answer);
  EXPECT_EQ(found.finish_reason, expected.finish_reason);
  EXPECT_EQ(found.usage.thinking_tokens, expected.usage.thinking_tokens);
  EXPECT_EQ(found.usage.answer_tokens, expected.usage.answer_tokens);
}

}  // namespace reckon
