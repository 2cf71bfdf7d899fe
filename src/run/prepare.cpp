#include "run/prepare.hpp"

#include <algorithm>
#include <iterator>

#include "run/prompt.hpp"
#include "run/prompt_prefix.hpp"
#include "support/stop.hpp"

namespace reckon::run {
namespace {

// Small, so that a question that comes waits for little. Chunks do not change results.
constexpr size_t kMostPerStep = 64;

// Beginnings that tokens in front of them join with in different ways.
constexpr const char* kProbes[] = {"a", " A", "1", "\n\n", "("};

}  // namespace

std::vector<TokenId> known_beginning(const Model& model, std::span<const Message> messages) {
  std::vector<Message> probed(messages.begin(), messages.end());
  probed.push_back({"user", ""});
  std::vector<TokenId> known;
  for (const char* probe : kProbes) {
    probed.back().content = probe;
    std::vector<TokenId> tokens = chat_prompt(model, probed, false).tokens;
    if (probe == kProbes[0]) known = tokens;
    known.erase(std::ranges::mismatch(known, tokens).in1, known.end());
  }
  return known;
}

bool prepare(SessionState& s, const store::PromptCache* prompts, std::span<const Message> messages,
             const std::function<bool()>& stop) {
  const support::InUse in_use(s.in_use, SessionState::kInUse);
  const std::vector<TokenId> known = known_beginning(s.model, messages);
  const size_t goal = std::min<size_t>(known.size(), s.context - 1);
  s.open_turn.reset();
  std::vector<std::string> notes;  // of damaged entries, gone by now: the next turn computes what they held
  if (prompts != nullptr) load_prefix(s, *prompts, std::span(known).first(goal), notes);
  const auto common = std::ranges::mismatch(s.cached, known).in1 - s.cached.begin();
  for (size_t done = std::min(static_cast<size_t>(common), goal); done < goal;) {
    if (support::asked_to_stop(stop)) return false;
    s.rewind(done);
    const size_t n = std::min({kMostPerStep, s.prefill_chunk, goal - done});
    s.append(std::span(known).subspan(done, n));
    done += n;
  }
  return true;
}

}  // namespace reckon::run
