// The embedded model, for all tests of a program.
#pragma once

#include <reckon/reckon.hpp>

namespace reckon {

inline const Model& tiny() {
  static const Model model = Model::embedded();
  return model;
}

// Always the likeliest token.
inline GenerateOptions greedy() {
  GenerateOptions o;
  o.sampling.temperature = 0;
  return o;
}

}  // namespace reckon
