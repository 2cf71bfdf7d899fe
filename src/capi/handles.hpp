// What the opaque handles of models and vocabularies are.
#pragma once

#include <reckon/reckon.h>
#include <reckon/model.hpp>

struct reckon_model {
  reckon::Model model;
  reckon_model_info info;  // its texts are the model's
};

struct reckon_tokenizer {
  reckon::Tokenizer tokenizer;
};

namespace reckon::capi {

// Its texts are those of `info`.
reckon_model_info model_info(const ModelInfo& info) noexcept;

}  // namespace reckon::capi
