// Rotation angles of positions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/config.hpp"

namespace reckon::model {

// Frequencies of a model, scaling applied.
class RopeTable {
 public:
  RopeTable() = default;
  // factors: (rope.dim / 2) divisors of the frequencies, or empty.
  RopeTable(const RopeConfig& config, std::span<const float> factors);

  size_t half() const { return frequencies_.size(); }
  // cos, sin (rope.dim / 2) of one position, magnitude included. The same on every machine.
  void angles(uint64_t position, float* cos, float* sin) const;

 private:
  std::vector<double> frequencies_;  // (rope.dim / 2) radians per position
  double magnitude_ = 1;
};

}  // namespace reckon::model
