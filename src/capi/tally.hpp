// Counted answers as C structures.
#pragma once

#include <reckon/reckon.h>
#include <reckon/vote.hpp>

namespace reckon::capi {

// Its texts are those of `count`.
inline reckon_answer_count answer_count(const AnswerCount& count) noexcept {
  return {.answer = count.answer.c_str(),
          .answer_length = count.answer.size(),
          .normalised = count.normalised.c_str(),
          .normalised_length = count.normalised.size(),
          .votes = count.votes,
          .first_sample = count.first_sample};
}

}  // namespace reckon::capi
