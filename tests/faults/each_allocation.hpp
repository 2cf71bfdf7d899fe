// Runs an operation again and again, another one of its allocations failing each time, until none is left.
#pragma once

#include <gtest/gtest.h>

#include <reckon/error.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>

#include "faults/failing_allocation.hpp"

namespace reckon::test {

// What became of an operation: what it gave, or that it was refused for want of memory.
struct Outcome {
  bool refused = false;
  std::string result = {};
  std::exception_ptr wrong = {};  // what else it threw
};

// A call of the library, which is to throw an Error and not std::bad_alloc.
template <class Call>
decltype(auto) library(const Call& call) {
  static const std::logic_error escaped("std::bad_alloc from the library");
  try {
    return call();
  } catch (const std::bad_alloc&) {
    throw escaped;
  }
}

// An operation is made of calls of the library and of what the test does with them, which may find no memory
// either.
inline Outcome outcome_of(const std::function<std::string()>& operation) {
  Outcome outcome;
  try {
    outcome.result = operation();
  } catch (const std::bad_alloc&) {
    outcome.refused = true;
  } catch (const Error& error) {
    outcome.refused = error.code() == ErrorCode::out_of_memory;
    if (!outcome.refused) outcome.wrong = std::current_exception();
  } catch (...) {
    outcome.wrong = std::current_exception();
  }
  return outcome;
}

inline std::string text_of(const std::exception_ptr& thrown) try {
  if (thrown) std::rethrow_exception(thrown);
  return "";
} catch (const Error& error) {
  return std::string(to_string(error.code())) + ": " + error.what();
} catch (const std::exception& error) {
  return std::string("not an Error: ") + error.what();
}

struct EachAllocation {
  Fail mode = Fail::once;
  // After each failure, nothing failing. Whatever the operation shares with it must be as good as new.
  std::function<void()> check = [] {};

  // Whatever the operation makes it also destroys.
  bool leaves_nothing = true;

  // operation: gives a text, the same each time.
  void run(const std::function<std::string()>& operation) const;

  // One failure; false if there are not so many allocations.
  bool fail_nth(uint64_t n, const std::function<std::string()>& operation, const std::string& expected,
                uint64_t& refused) const;
};

inline bool EachAllocation::fail_nth(uint64_t n, const std::function<std::string()>& operation,
                                     const std::string& expected, uint64_t& refused) const {
  const int64_t before = live_allocations();
  {
    Outcome outcome;
    {
      const FailingAllocation failing(n, mode);
      outcome = outcome_of(operation);
    }
    EXPECT_EQ(text_of(outcome.wrong), "") << "allocation " << n;
    EXPECT_EQ(outcome.refused ? expected : outcome.result, expected) << "allocation " << n;
    refused += outcome.refused;
  }
  if (leaves_nothing) {
    EXPECT_EQ(live_allocations(), before) << "a leak after allocation " << n;
  }
  return FailingAllocation::happened();
}

inline void EachAllocation::run(const std::function<std::string()>& operation) const {
  const std::string expected = operation();  // also fills what is made once
  uint64_t n = 0, refused = 0;
  while (fail_nth(n + 1, operation, expected, refused)) {
    check();
    if (::testing::Test::HasFailure()) return;
    n++;
  }
  EXPECT_GT(refused, 0U) << "no failure was noticed";
  std::printf("each of %llu allocations failed; %llu times the operation was refused, else it did without\n",
              static_cast<unsigned long long>(n), static_cast<unsigned long long>(refused));
}

}  // namespace reckon::test
