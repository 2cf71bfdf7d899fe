// Expectations about reckon::Error.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <reckon/error.hpp>
#include <string>
#include <string_view>

namespace reckon::test {

// `action` throws an Error of this code whose message has all the parts.
inline void expect_error(ErrorCode code, std::initializer_list<std::string_view> parts,
                         const std::function<void()>& action) {
  try {
    action();
    ADD_FAILURE() << "no error, expected " << to_string(code);
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_STREQ(to_string(error.code()), to_string(code)) << message;
    for (const auto part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << "no " << part << " in: " << message;
    }
  }
}

}  // namespace reckon::test
