// The three ways to write the form of an answer. Each throws Error(invalid_argument) naming the place and
// what was expected; time, memory and stack are bounded whatever the text.
#pragma once

#include <memory>
#include <string_view>

#include <reckon/answer_form.hpp>

#include "constrain/grammar.hpp"

namespace reckon::constrain {

inline constexpr size_t kMaxFormBytes = 1 << 20;

Grammar compile_gbnf(std::string_view text);
Grammar compile_regex(std::string_view pattern);
Grammar compile_json_schema(std::string_view schema);

// By the form's kind, which is not none. Also throws for more than kMaxFormBytes, and for a form of which
// every text begins with a newline or which begins in more ways than Matcher follows.
Grammar compile_form(const AnswerForm& form);
// "grammar", "regex" or "json_schema", as messages begin.
const char* form_name(AnswerForm::Kind kind);

}  // namespace reckon::constrain
