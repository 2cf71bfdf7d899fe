#include "constrain/forms.hpp"

#include <fmt/format.h>

#include <reckon/error.hpp>

#include "constrain/matcher.hpp"
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

namespace {

Grammar compile(const AnswerForm& form) {
  switch (form.kind) {
    case AnswerForm::Kind::json_schema: return compile_json_schema(form.text);
    case AnswerForm::Kind::regex: return compile_regex(form.text);
    case AnswerForm::Kind::gbnf: return compile_gbnf(form.text);
    case AnswerForm::Kind::none: break;
  }
  throw Error(ErrorCode::invalid_argument, "answer_form: none; expected a kind");
}

// Newlines in front of an answer are not shown, so there must be a text that begins without them.
void check_beginning(const Grammar& grammar, const char* name) {
  Matcher matcher(grammar, name);
  if (matcher.can_end(matcher.start())) return;
  for (size_t c = 0; c < grammar.class_count(); c++) {
    const uint8_t byte = grammar.representative(c);
    if (byte != '\n' && byte != '\r' && matcher.next(matcher.start(), byte) != Matcher::kDead) return;
  }
  throw Error(ErrorCode::invalid_argument,
              fmt::format("{}: its text begins with a newline; expected another character: newlines in front "
                          "of an answer are not shown",
                          name));
}

}  // namespace

Grammar compile_form(const AnswerForm& form) {
  if (form.text.size() > kMaxFormBytes) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("{}: {} bytes; expected at most {}", form_name(form.kind), form.text.size(),
                            kMaxFormBytes));
  }
  Grammar grammar = compile(form);
  check_beginning(grammar, form_name(form.kind));
  return grammar;
}

}  // namespace constrain

void validate(const AnswerForm& form) {
  if (form.kind == AnswerForm::Kind::none) return;
  support::within_memory([&] { constrain::compile_form(form); });
}

}  // namespace reckon
