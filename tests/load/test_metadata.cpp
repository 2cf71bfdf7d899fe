#include "load/metadata.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "expect_error.hpp"

namespace reckon::load {
namespace {

using test::expect_error;

constexpr ErrorCode kMalformed = ErrorCode::malformed_file;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Metadata sample() {
  Metadata m("model.gguf");
  m.insert("uint", uint64_t{7});
  m.insert("int", int64_t{7});
  m.insert("negative", int64_t{-7});
  m.insert("float", 0.5);
  m.insert("nan", std::nan(""));
  m.insert("inf", kInfinity);
  m.insert("flag", true);
  m.insert("text", std::string("seven"));
  m.insert("words", std::vector<std::string>{"a", "b"});
  m.insert("uints", std::vector<uint64_t>{1, 2, 3});
  m.insert("ints", std::vector<int64_t>{1, -2, 3});
  return m;
}

TEST(Metadata, KeepsFileOrderAndRefusesASecondKey) {
  Metadata m("f");
  EXPECT_TRUE(m.insert("z", uint64_t{1}));
  EXPECT_TRUE(m.insert("a", uint64_t{2}));
  EXPECT_FALSE(m.insert("z", uint64_t{3}));
  ASSERT_EQ(m.entries().size(), 2U);
  EXPECT_EQ(m.entries()[0].first, "z");
  EXPECT_EQ(m.entries()[1].first, "a");
  EXPECT_EQ(m.require_uint("z", 0, 9), 1U);
}

TEST(Metadata, StaysValidWhenCopied) {
  Metadata copy = sample();
  const Metadata second = copy;
  copy = Metadata("other");
  EXPECT_EQ(second.require_string("text"), "seven");
  EXPECT_FALSE(copy.contains("text"));
}

TEST(Metadata, ReadsIntegersOfBothSigns) {
  const Metadata m = sample();
  EXPECT_EQ(m.find_uint("uint", 7, 7), 7U);
  EXPECT_EQ(m.find_uint("int", 0, 10), 7U);
  EXPECT_EQ(m.find_uint("absent", 0, 10), std::nullopt);
}

TEST(Metadata, RefusesIntegersOutOfRangeOrOfOtherTypes) {
  const Metadata m = sample();
  expect_error(kMalformed, {"model.gguf", "\"uint\"", "integer 7", "an integer from 1 to 6"},
               [&] { m.find_uint("uint", 1, 6); });
  expect_error(kMalformed, {"\"uint\"", "an integer from 8 to 9"}, [&] { m.require_uint("uint", 8, 9); });
  expect_error(kMalformed, {"\"negative\"", "integer -7", "at least 0"},
               [&] { m.find_uint("negative", 0, ~uint64_t{0}); });
  expect_error(kMalformed, {"\"uint\"", "the integer 3"}, [&] { m.find_uint("uint", 3, 3); });
  for (const char* key : {"float", "nan", "flag", "text", "words", "uints"}) {
    expect_error(kMalformed, {key, "an integer from 0 to 9"}, [&] { m.find_uint(key, 0, 9); });
  }
  expect_error(kMalformed, {"model.gguf", "\"absent\"", "no such key", "an integer from 0 to 9"},
               [&] { m.require_uint("absent", 0, 9); });
}

TEST(Metadata, ReadsFiniteNumbersInRange) {
  const Metadata m = sample();
  EXPECT_EQ(m.find_float("float", 0, 1), 0.5);
  EXPECT_EQ(m.require_float("uint", 0, 10), 7.0);
  EXPECT_EQ(m.require_float("negative", -10, 10), -7.0);
  EXPECT_EQ(m.find_float("absent", 0, 1), std::nullopt);
  expect_error(kMalformed, {"\"float\"", "number 0.5", "a number from 0.75 to 1"},
               [&] { m.find_float("float", 0.75, 1); });
  for (const char* key : {"nan", "inf", "flag", "text", "uints"}) {
    expect_error(kMalformed, {key, "a number from"}, [&] { m.find_float(key, -kInfinity, kInfinity); });
  }
  expect_error(kMalformed, {"\"absent\"", "no such key"}, [&] { m.require_float("absent", 0, 1); });
}

TEST(Metadata, ReadsBooleansAndStrings) {
  const Metadata m = sample();
  EXPECT_EQ(m.find_bool("flag"), true);
  EXPECT_EQ(m.find_bool("absent"), std::nullopt);
  EXPECT_EQ(*m.find_string("text"), "seven");
  EXPECT_EQ(m.find_string("absent"), nullptr);
  EXPECT_EQ(m.require_strings("words").size(), 2U);
  EXPECT_EQ(m.find_strings("absent"), nullptr);
  expect_error(kMalformed, {"\"uint\"", "integer 7", "a boolean"}, [&] { m.find_bool("uint"); });
  expect_error(kMalformed, {"\"words\"", "array of 2 strings", "a string"}, [&] { m.find_string("words"); });
  expect_error(kMalformed, {"\"text\"", "\"seven\"", "an array of strings"}, [&] { m.find_strings("text"); });
  expect_error(kMalformed, {"\"absent\"", "a string"}, [&] { m.require_string("absent"); });
  expect_error(kMalformed, {"\"absent\"", "an array of strings"}, [&] { m.require_strings("absent"); });
}

TEST(Metadata, ReadsArraysOfIntegersInRange) {
  const Metadata m = sample();
  EXPECT_EQ(m.find_uints("uints", 1, 3), (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(m.find_uints("absent", 1, 3), std::nullopt);
  expect_error(kMalformed, {"\"uints\"", "integer 3 at index 2", "an integer from 0 to 2"},
               [&] { m.find_uints("uints", 0, 2); });
  expect_error(kMalformed, {"\"ints\"", "integer -2 at index 1"}, [&] { m.find_uints("ints", 0, 9); });
  expect_error(kMalformed, {"\"words\"", "array of 2 strings"}, [&] { m.find_uints("words", 0, 9); });
}

TEST(Metadata, FailsWithAMessageOfTheCallersOwn) {
  expect_error(kMalformed, {"model.gguf: key \"words\": found 2 strings, expected 3, one per row"},
               [] { sample().fail("words", "2 strings", "3, one per row"); });
}

}  // namespace
}  // namespace reckon::load
