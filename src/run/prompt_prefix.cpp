#include "run/prompt_prefix.hpp"

#include <algorithm>

#include "run/session_file.hpp"
#include "support/within_memory.hpp"

namespace reckon::run {
namespace {

// New tokens that are worth an entry: so many, and this share of the prompt. A conversation that grows is
// written whenever it has grown by a third, and not at every turn.
constexpr uint64_t kLeastNewTokens = 256;
constexpr uint64_t kLeastNewShare = 4;

uint64_t common_with_cache(const SessionState& s, std::span<const TokenId> prompt) {
  return static_cast<uint64_t>(std::ranges::mismatch(s.cached, prompt).in1 - s.cached.begin());
}

void take(SessionState& s, const store::PromptCache::Match& match) {
  s.forget();  // an open turn's tokens are not those of this cache
  s.engine.import_kv(s.sequence, match.tokens, [&](size_t i, std::span<std::byte> page) {
    match.file.read_page(match.state, i, page);
  });
  s.restored_from = match.file.name();
  s.cached.assign(match.state.tokens.begin(),
                  match.state.tokens.begin() + static_cast<std::ptrdiff_t>(match.tokens));
}

void insert_if_new(const SessionState& s, const store::PromptCache& prompts,
                   std::span<const TokenId> prompt) {
  const auto computed = prompt.first(common_with_cache(s, prompt));
  const store::CacheKind kind = cache_kind(s);
  std::vector<std::string> found_before;
  const auto match = prompts.find(kind, computed, found_before);
  const uint64_t added = computed.size() - (match ? match->tokens : 0);
  if (added < kLeastNewTokens || added < computed.size() / kLeastNewShare) return;
  prompts.insert(kind, computed, [&](size_t i) { return s.engine.kv_page(s.sequence, i); });
}

}  // namespace

void load_prefix(SessionState& s, const store::PromptCache& prompts, std::span<const TokenId> prompt,
                 std::vector<std::string>& notes) {
  const auto match = prompts.find(cache_kind(s), prompt, notes);
  if (!match || match->tokens < common_with_cache(s, prompt) + s.engine.kv_page_positions()) return;
  try {
    take(s, *match);
    prompts.touch(*match);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::malformed_file && error.code() != ErrorCode::io) throw;
    prompts.discard(match->file.name(), error.what(), notes);
  }
}

void keep_prefix(const SessionState& s, const store::PromptCache& prompts, std::span<const TokenId> prompt,
                 std::vector<std::string>& notes) {
  try {
    support::within_memory([&] { insert_if_new(s, prompts, prompt); });
  } catch (const Error& error) {
    notes.push_back(std::string("the prompt is not kept in the prompt cache: ") + error.what());
  }
}

}  // namespace reckon::run
