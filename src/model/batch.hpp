// One step's work: rows of tokens of several sequences.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <reckon/model.hpp>

namespace reckon::model {

// Consecutive rows of one sequence.
struct Segment {
  size_t first_row = 0;
  size_t n_rows = 0;
  size_t first_position = 0;          // of the first row in its sequence
  std::span<std::byte* const> pages;  // the sequence's cache pages, enough for all positions
};

struct Batch {
  std::span<const TokenId> tokens;       // (n_rows)
  std::span<const Segment> segments;     // cover the rows in order
  std::span<const uint32_t> logit_rows;  // rows whose logits are wanted, ascending
};

}  // namespace reckon::model
