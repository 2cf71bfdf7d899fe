// What the opaque handles are that several files know.
#pragma once

#include <optional>

#include <reckon/reckon.h>
#include <reckon/session.hpp>
#include <reckon/vote.hpp>

#include "capi/pull.hpp"

struct reckon_model {
  reckon::Model model;
  reckon_model_info info;  // its texts are the model's
};

struct reckon_tokenizer {
  reckon::Tokenizer tokenizer;
};

struct reckon_session {
  explicit reckon_session(reckon::Session s) : session(std::move(s)) {}

  reckon::Session session;
  std::optional<reckon::capi::Pull> pull;  // ends before the session does
};

struct reckon_tally {
  std::optional<reckon::Tally> own;
  const reckon::Tally* tally;  // its own, or that of a vote
};

namespace reckon::capi {

// Its texts are those of `info`.
reckon_model_info model_info(const ModelInfo& info) noexcept;

// Throws Error(invalid_argument) for NULL and while a generation is being pulled.
reckon_session& require_idle(reckon_session* session);
const reckon_session& require_idle(const reckon_session* session);

}  // namespace reckon::capi
