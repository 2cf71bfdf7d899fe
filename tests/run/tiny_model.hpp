// The embedded model, for all tests of a program.
#pragma once

#include <reckon/reckon.hpp>
#include <vector>

namespace reckon {

inline const Model& tiny() {
  static const Model model = Model::embedded();
  return model;
}

inline const std::vector<Message> kQuestion = {{"user", "What is 123 + 456?"}};
// Its thought is long.
inline const std::vector<Message> kLongQuestion = {{"user", "What is 4839 + 7581?"}};

// Always the likeliest token.
inline GenerateOptions greedy() {
  GenerateOptions o;
  o.sampling.temperature = 0;
  return o;
}

}  // namespace reckon
