#include "run/answer_constraint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "support/quoted.hpp"

namespace reckon::run {

AnswerConstraint::AnswerConstraint(const Model::Impl& model,
                                   std::shared_ptr<const constrain::CompiledForm> form, bool may_think)
    : model_(model), constraint_(std::move(form), model.answer_forms().table) {
  if (!may_think) return;
  const text::ThinkTags& tags = model.think_tags;
  constraint_.begin({tags.open_id, tags.open_id ? std::string() : tags.open});
}

std::span<const uint64_t> AnswerConstraint::allowed(text::Phase phase) {
  if (phase == text::Phase::thinking) return {};
  return constraint_.allowed();
}

bool AnswerConstraint::is_complete(text::Phase phase) {
  return phase == text::Phase::answer && constraint_.is_complete();
}

void AnswerConstraint::accept(TokenId token, text::Phase before, text::Phase after) {
  const std::string_view bytes = model_.tokenizer.bytes(token);
  if (before == text::Phase::answer) return constraint_.accept(token);
  if (after == text::Phase::answer) return begin_after(bytes);
  if (model_.think_tags.close_id) return;
  thought_end_ += bytes;
  const size_t kept = std::min(thought_end_.size(), model_.think_tags.close.size() - 1);
  thought_end_.erase(0, thought_end_.size() - kept);
}

// Where the tag is text, the token that ends it may hold the answer's beginning too.
void AnswerConstraint::begin_after(std::string_view last_bytes) {
  constraint_.begin();
  if (model_.think_tags.close_id) return;
  const std::string end = std::exchange(thought_end_, {}) + std::string(last_bytes);
  const size_t tag = end.rfind(model_.think_tags.close);
  if (tag == std::string::npos) return;
  const size_t text = end.find_first_not_of("\r\n", tag + model_.think_tags.close.size());
  if (text == std::string::npos) return;
  try {
    constraint_.accept(std::string_view(end).substr(text));
  } catch (const Error&) {
    throw Error(ErrorCode::unsupported,
                fmt::format("the token {} ends the thought and begins an answer that does not have the form",
                            support::quoted(last_bytes)));
  }
}

}  // namespace reckon::run
