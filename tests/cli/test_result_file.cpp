// Runs that write the same results: none overwrites or loses what another has written.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include "cli/results.hpp"
#include "tools/reckon/descriptor.hpp"

namespace reckon::cli::testing {
namespace {

class ResultFiles : public ::testing::Test {
 protected:
  // With results of "a" alone in `other_`, and of nothing in `out_`.
  void SetUp() override {
    write_file(in_, R"({"custom_id":"a","prompt":"What is 7 + 8?","max_tokens":4})"
                    "\n");
    ASSERT_EQ(run_command({"batch", in_, other_}).status, 0);
    earlier_ = read_file(other_);
    write_file(in_, read_file(in_) + R"({"custom_id":"b","prompt":"What is 2 + 3?","max_tokens":4})"
                                     "\n");
  }
  // Another process does `meanwhile`, a shell's line, once the results are open and before they are locked.
  Result batch(const std::string& meanwhile) {
    return run_command({"batch", in_, out_}, {.environment = {{"RECKON_TEST_BEFORE_LOCK", meanwhile},
                                                              {"LD_PRELOAD", RECKON_BEFORE_LOCK},
                                                              {"ASAN_OPTIONS", "verify_asan_link_order=0"}}});
  }
  void expect_both(const Result& result) {
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_NE(result.err.find("2 requests, 1 by earlier runs"), std::string::npos) << result.err;
    EXPECT_EQ(read_file(out_).find(earlier_), 0u) << read_file(out_);
    EXPECT_EQ(results_of(out_).size(), 2u);
  }

  TemporaryDirectory directory_;
  std::string in_ = directory_.file("in.jsonl");
  std::string out_ = directory_.file("out.jsonl");
  std::string other_ = directory_.file("other.jsonl");
  std::string earlier_;
};

TEST_F(ResultFiles, WhatAnotherRunAddsBeforeTheLockIsKept) {
  expect_both(batch("cat " + other_ + " >> " + out_));
}

// As --retry-failed does.
TEST_F(ResultFiles, AFileThatIsReplacedBeforeTheLockIsOpenedAgain) {
  expect_both(batch("mv " + other_ + " " + out_));
}

TEST_F(ResultFiles, AFileThatIsReplacedByOneThatIsLockedIsLeftAlone) {
  const Descriptor locked(::open(other_.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(locked.number(), LOCK_EX), 0);
  const Result result = batch("mv " + other_ + " " + out_);
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "reckon: error: " + out_ + " is being written by another process\n");
  EXPECT_EQ(read_file(out_), earlier_);
}

}  // namespace
}  // namespace reckon::cli::testing
