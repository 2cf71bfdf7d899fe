// A form that an answer must have.
#pragma once

#include <cstdint>
#include <string>

#include <reckon/error.hpp>
#include <reckon/export.hpp>

namespace reckon {

// Only tokens that can still lead to a text of the form are chosen, so that the answer has the form whenever
// it ends by itself; where a limit cuts it short, it is the beginning of such a text. Thinking is left alone.
// Of the ways to read a very ambiguous form some may be given up on the way: fewer texts can come out then.
// The methods: Willard and Louf, 2023, "Efficient Guided Generation for Large Language Models"; Dong et al.,
// 2024, "XGrammar: Flexible and Efficient Structured Generation Engine for Large Language Models".
//
// Newlines in front of an answer are never shown and do not count: a form whose every text begins with one is
// refused. What it takes to follow a form is bounded: some 24 MiB for each answer between its tokens and 112
// MiB while a token is chosen; simple forms take a few KiB.
struct AnswerForm {
  // How `text` says what is allowed.
  enum class Kind : uint8_t {
    none,         // any text
    json_schema,  // one JSON value. See below.
    regex,        // ECMAScript's; the whole answer matches. No lookaround, backreferences, word boundaries.
    gbnf,         // a grammar in llama.cpp's notation; the answer is its rule `root`. No left recursion.
  };
  Kind kind = Kind::none;  // none by default: the answer is free
  std::string text = {};   // UTF-8, at most 1 MiB
};

// A JSON schema is honoured in full or refused: a keyword that is not honoured, nor a mere annotation (title,
// description, default, examples, $comment, ...), is named in the error. Every answer is valid for the
// schema, but not every valid text can be an answer: properties come in the order in which the schema lists
// them; where properties are listed, others come only if additionalProperties allows them expressly; without
// `type`, the value has a type that the schema's keywords speak of; numbers have at most 15 digits in a row;
// and white space is a blank or a line break with its indentation. A `pattern` is read as ECMAScript reads
// it: \d and \w are ASCII's, \s is all of Unicode's white space, . is all but line ends.

// Throws Error(invalid_argument) naming the form, the place in its text, and what was expected there. It
// refuses what a generation refuses before its first token. Throws Error(out_of_memory) too.
//
//   options.answer_form = {AnswerForm::Kind::json_schema, R"({"enum": ["yes", "no"]})"};
//   validate(options.answer_form);
//   std::cout << session.generate(messages, options).answer;  // "yes" or "no", with the quotes
RECKON_API void validate(const AnswerForm& form);

}  // namespace reckon
