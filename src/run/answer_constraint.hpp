// Keeps the answer of a turn in its form, and leaves thinking alone.
#pragma once

#include <optional>
#include <span>
#include <string>

#include <reckon/answer_form.hpp>

#include "constrain/constraint.hpp"
#include "model/model_impl.hpp"

namespace reckon::run {

class AnswerConstraint {
 public:
  // may_think: the model may begin a thought where the turn starts with the answer. The model outlives this
  // object, and the form is made for it. Throws what Constraint's constructor throws.
  AnswerConstraint(const Model::Impl& model, std::shared_ptr<const constrain::CompiledForm> form,
                   bool may_think);

  // The tokens that can come next, in the phase of the next token: a bit each, as Constraint::allowed() gives
  // them, or none at all for any token. Throws what Constraint::allowed() throws.
  std::span<const uint64_t> allowed(text::Phase phase);
  // A token was appended; the phases of it and of the next one. Throws Error(unsupported) if a tag that is
  // not one token is followed, in the same token, by text that the form does not allow.
  void accept(TokenId token, text::Phase before, text::Phase after);
  // The answer is complete: nothing but its end can follow.
  bool is_complete(text::Phase phase);

 private:
  void begin_after(std::string_view last_bytes);

  const Model::Impl& model_;
  constrain::Constraint constraint_;
  std::string thought_end_;  // the thought's last bytes, as far as a tag could have begun in them
};

}  // namespace reckon::run
