// Work on another thread, and what becomes of it where memory or threads run out.
#include "tools/reckon/idle_work.hpp"

#include <gtest/gtest.h>
#include <pthread.h>

#include <csignal>
#include <new>

namespace reckon::cli {
namespace {

// New threads ask for a stack of this size while it lives.
class StackSize {
 public:
  explicit StackSize(size_t bytes) {
    ::pthread_getattr_default_np(&before_);
    pthread_attr_t changed;
    ::pthread_getattr_default_np(&changed);
    EXPECT_EQ(::pthread_attr_setstacksize(&changed, bytes), 0);
    EXPECT_EQ(::pthread_setattr_default_np(&changed), 0);
    ::pthread_attr_destroy(&changed);
  }
  ~StackSize() {
    ::pthread_setattr_default_np(&before_);
    ::pthread_attr_destroy(&before_);
  }
  StackSize(const StackSize&) = delete;
  StackSize& operator=(const StackSize&) = delete;

 private:
  pthread_attr_t before_;
};

bool blocks_signals() {
  sigset_t mask;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, SIGINT) == 1;
}

TEST(IdleWork, EndsWhenToldAndLeavesSignalsToItsMaker) {
  std::atomic<bool> blocked{false}, began{false};
  IdleWork idle;
  idle.begin([&](const IdleWork::Stop& stop) {
    blocked = blocks_signals();
    began = true;
    while (!stop()) std::this_thread::yield();
  });
  while (!began) std::this_thread::yield();
  EXPECT_EQ(idle.end(), nullptr);
  EXPECT_TRUE(blocked);
  EXPECT_FALSE(blocks_signals());
}

TEST(IdleWork, WhatItThrowsIsHandedOverOnce) {
  IdleWork idle;
  idle.begin([](const IdleWork::Stop&) { throw std::bad_alloc(); });
  const std::exception_ptr thrown = idle.end();
  ASSERT_NE(thrown, nullptr);
  EXPECT_THROW(std::rethrow_exception(thrown), std::bad_alloc);
  EXPECT_EQ(idle.end(), nullptr);
}

TEST(IdleWork, IsNotDoneWhereNoThreadCanBeMade) {
  std::atomic<bool> done{false};
  IdleWork idle;
  {
    const StackSize larger_than_the_address_space(size_t{1} << 60);
    idle.begin([&](const IdleWork::Stop&) { done = true; });
    EXPECT_FALSE(blocks_signals());
    EXPECT_EQ(idle.end(), nullptr);
    EXPECT_FALSE(done);
  }
  idle.begin([&](const IdleWork::Stop&) { done = true; });
  EXPECT_EQ(idle.end(), nullptr);
  EXPECT_TRUE(done) << "the next time there may be one";
}

}  // namespace
}  // namespace reckon::cli
