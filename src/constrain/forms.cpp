#include "constrain/forms.hpp"

#include <fmt/format.h>

#include <reckon/error.hpp>

#include "support/within_memory.hpp"

namespace reckon {

namespace constrain {

const char* form_name(AnswerForm::Kind kind) {
  switch (kind) {
    case AnswerForm::Kind::none: break;
    case AnswerForm::Kind::json_schema: return "json_schema";
    case AnswerForm::Kind::regex: return "regex";
    case AnswerForm::Kind::gbnf: return "grammar";
  }
  return "none";
}

Grammar compile_form(const AnswerForm& form) {
  if (form.text.size() > kMaxFormBytes) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: {} bytes; expected at most {}", form_name(form.kind), form.text.size(),
                            kMaxFormBytes));
  }
  switch (form.kind) {
    case AnswerForm::Kind::json_schema: return compile_json_schema(form.text);
    case AnswerForm::Kind::regex: return compile_regex(form.text);
    case AnswerForm::Kind::gbnf: return compile_gbnf(form.text);
    case AnswerForm::Kind::none: break;
  }
  throw Error(ErrorCode::invalid_argument, "answer_form: none; expected a kind");
}

}  // namespace constrain

void validate(const AnswerForm& form) {
  if (form.kind == AnswerForm::Kind::none) return;
  support::within_memory([&] { constrain::compile_form(form); });
}

}  // namespace reckon
