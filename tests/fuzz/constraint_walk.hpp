// Compiles a form of answers and walks through a text that has it, as a model would that chooses at random.
#pragma once

#include <optional>
#include <string>

#include <reckon/answer_form.hpp>

#include "fuzz/input.hpp"

namespace reckon::fuzz {

// The first of `choices` says whether a thought may come first; the others choose among the tokens allowed, a
// byte each. Aborts unless exactly the tokens are allowed with which a text of the form can go on. Returns
// the text if it came to its end.
std::optional<std::string> walk(const AnswerForm& form, Input choices);

}  // namespace reckon::fuzz
