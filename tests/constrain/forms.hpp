// What the tests of forms share.
#pragma once

#include <gtest/gtest.h>

#include <reckon/error.hpp>
#include <string>
#include <string_view>

#include "constrain/forms.hpp"
#include "constrain/matcher.hpp"

namespace reckon::constrain {

using Compile = Grammar (*)(std::string_view);

inline bool matches(const Grammar& grammar, std::string_view text) {
  Matcher matcher(grammar, "test");
  return matcher.can_end(matcher.next(matcher.start(), text));
}

// Does a matching text begin so?
inline bool begins(const Grammar& grammar, std::string_view text) {
  Matcher matcher(grammar, "test");
  return matcher.next(matcher.start(), text) != Matcher::kDead;
}

inline void expect_texts(Compile compile, std::string_view form, const std::vector<std::string>& right,
                         const std::vector<std::string>& wrong) {
  SCOPED_TRACE(form);
  const Grammar grammar = compile(form);
  for (const std::string& text : right) EXPECT_TRUE(matches(grammar, text)) << text;
  for (const std::string& text : wrong) EXPECT_FALSE(matches(grammar, text)) << text;
}

// The message of the Error(invalid_argument) that the form gives; empty without one.
inline std::string error_of(Compile compile, std::string_view form) {
  try {
    compile(form);
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::invalid_argument);
    return e.what();
  }
  return "";
}

inline void expect_error(Compile compile, std::string_view form, const std::string& wanted) {
  const std::string message = error_of(compile, form);
  EXPECT_NE(message.find(wanted), std::string::npos)
      << "form: " << form.substr(0, 200) << "\nmessage: " << message << "\nwanted: " << wanted;
}

inline std::string repeated(std::string_view text, size_t n) {
  std::string out;
  for (size_t i = 0; i < n; i++) out += text;
  return out;
}

}  // namespace reckon::constrain
