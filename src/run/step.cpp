#include "run/step.hpp"

#include <algorithm>
#include <chrono>

#include "support/stop.hpp"

namespace reckon::run {
namespace {

// Rows that cost little as long as a step is bound by reading the weights: what drafts may fill up.
constexpr size_t kCheapRows = 8;

struct Plan {
  std::vector<BatchRow> rows;
  std::vector<Turn*> turns;  // whose rows they are, in order
  std::vector<size_t> ends;  // of each one's rows
};

size_t most_drafts(Turn& turn, size_t n_decoding) {
  if (n_decoding == 1 || turn.draft_policy().fixed()) return static_cast<size_t>(DraftPolicy::kMost);
  return n_decoding >= kCheapRows ? 0 : (kCheapRows - n_decoding) / n_decoding;
}

void add(Turn& turn, size_t most_prompt, size_t n_drafts, Plan& plan) {
  turn.add_rows(most_prompt, n_drafts, plan.rows);
  if (!turn.running()) return;
  plan.turns.push_back(&turn);
  plan.ends.push_back(plan.rows.size());
}

Plan make_plan(std::span<Turn* const> turns, size_t prompt_rows, size_t n_decoding) {
  Plan plan;
  for (Turn* t : turns) {
    if (t->running() && !t->in_prompt()) add(*t, 0, most_drafts(*t, n_decoding), plan);
  }
  for (Turn* t : turns) {
    if (!t->running() || !t->in_prompt() || prompt_rows == 0) continue;
    const size_t before = plan.rows.size();
    add(*t, prompt_rows, 0, plan);
    prompt_rows -= plan.rows.size() - before;
  }
  return plan;
}

// False if there are none.
bool drop_drafts(Plan& plan) {
  std::vector<BatchRow> kept;
  for (size_t i = 0; i < plan.turns.size(); i++) {
    const size_t begin = i == 0 ? 0 : plan.ends[i - 1], end = plan.ends[i] - plan.turns[i]->drafted_rows();
    kept.insert(kept.end(), plan.rows.begin() + static_cast<std::ptrdiff_t>(begin),
                plan.rows.begin() + static_cast<std::ptrdiff_t>(end));
    plan.turns[i]->drop_drafts();
  }
  const bool dropped = kept.size() < plan.rows.size();
  plan.rows = std::move(kept);
  return dropped;
}

// False if it was given up on the way. Drafts need not be: where the cache has no room for them, the tokens
// go alone.
bool forward(Engine& engine, Plan& plan, const std::function<bool()>& stop) {
  const auto give_up = [&] {
    return support::asked_to_stop(stop) || std::ranges::all_of(plan.turns, &Turn::cancelled);
  };
  try {
    return engine.forward(plan.rows, give_up);
  } catch (const Error& e) {
    const bool no_room = e.code() == ErrorCode::out_of_memory || e.code() == ErrorCode::context_full;
    if (!no_room || !drop_drafts(plan)) throw;
  }
  return engine.forward(plan.rows, give_up);
}

}  // namespace

void step(Engine& engine, std::span<Turn* const> turns, size_t prompt_rows,
          const std::function<bool()>& stop) {
  using Clock = std::chrono::steady_clock;
  const auto n_decoding = static_cast<size_t>(std::count_if(
      turns.begin(), turns.end(), [](const Turn* t) { return t->running() && !t->in_prompt(); }));
  Plan plan = make_plan(turns, prompt_rows, n_decoding);
  if (plan.rows.empty()) return;
  const Clock::time_point start = Clock::now();
  if (!forward(engine, plan, stop)) return;
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  if (plan.turns.size() == 1 && n_decoding == 1) plan.turns[0]->draft_policy().stepped(plan.rows.size(), ms);
  size_t logits = 0;
  for (Turn* t : plan.turns) logits += t->computed(logits);
}

}  // namespace reckon::run
