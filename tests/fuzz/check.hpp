// What the fuzz targets have in common: a target holds what it is told against invariants, and only the
// library's own errors may be thrown.
#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <reckon/error.hpp>

// An invariant: the input that breaks it is a finding.
#define FUZZ_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::reckon::fuzz::fail(__FILE__, __LINE__, #condition))

namespace reckon::fuzz {

[[noreturn]] inline void fail(const char* file, int line, const std::string& what) {
  std::fprintf(stderr, "%s:%d: %s\n", file, line, what.c_str());
  std::abort();
}

// Runs `f`. None if it came to its end, else the message of its Error, which has one of `codes` and begins
// with `place`. Anything else that is thrown ends the process.
template <class F>
std::optional<std::string> refusal_of(std::initializer_list<ErrorCode> codes, std::string_view place, F f) {
  try {
    f();
    return std::nullopt;
  } catch (const Error& error) {
    const std::string message = error.what();
    if (std::find(codes.begin(), codes.end(), error.code()) == codes.end() || !message.starts_with(place)) {
      fail(__FILE__, __LINE__, std::string(to_string(error.code())) + ": " + message);
    }
    return message;
  }
}

}  // namespace reckon::fuzz
