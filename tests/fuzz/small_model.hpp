// The model whose sessions and caches are read: random weights, so few that a token takes no time.
#pragma once

#include "model/random_model.hpp"

namespace reckon::fuzz {

inline const Model& small_model() {
  static const std::vector<std::byte> bytes = test::make_content({.matrix_type = WeightType::F16,
                                                                  .layers = 1,
                                                                  .hidden = 32,
                                                                  .ffn = 32,
                                                                  .heads = 2,
                                                                  .kv_heads = 1,
                                                                  .context = 256})
                                                  .to_gguf();
  static const Model model = Model::from_memory(bytes, "small.gguf", test::load_options(1));
  return model;
}

}  // namespace reckon::fuzz
