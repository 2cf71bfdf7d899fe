#include "run/session_state.hpp"

namespace reckon::run {

void SessionState::rewind(uint64_t positions) {
  engine.rewind(sequence, positions);
  cached.resize(positions);
  if (positions == 0) restored_from.clear();
}

void SessionState::append(std::span<const TokenId> tokens) {
  std::vector<BatchRow> rows;
  for (TokenId t : tokens) rows.push_back({sequence, t, false});
  engine.forward(rows);
  cached.insert(cached.end(), tokens.begin(), tokens.end());
}

void SessionState::forget() {
  rewind(0);
  open_turn.reset();
}

}  // namespace reckon::run
