#include "run/session_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "store/cache_file.hpp"
#include "support/within_memory.hpp"

namespace reckon::run {
namespace {

int64_t now_s() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

store::CacheState state_of(const SessionState& s, bool with_cache) {
  store::CacheState state;
  state.kind = cache_kind(s);
  state.positions = with_cache ? s.cached.size() : 0;
  if (s.open_turn) {
    state.tokens = s.open_turn->tokens;
    state.open_turn = s.open_turn->state;
  } else if (with_cache) {
    state.tokens = s.cached;
  }
  return state;
}

void check_tokens(const SessionState& s, const store::CacheState& state) {
  const uint64_t n_vocab = s.model.info().vocab_size;
  const auto is_outside = [&](TokenId token) { return static_cast<uint64_t>(token) >= n_vocab; };
  if (std::ranges::any_of(state.tokens, is_outside)) {
    throw Error(ErrorCode::malformed_file, "its state has a token outside the vocabulary");
  }
  if (state.tokens.size() > s.context) {
    throw Error(ErrorCode::context_full, fmt::format("its state has {} tokens, more than the context of {}",
                                                     state.tokens.size(), s.context));
  }
}

void read_pages(SessionState& s, const store::CacheFile& file, const store::CacheState& state) {
  s.engine.import_kv(s.sequence, state.positions,
                     [&](size_t i, std::span<std::byte> page) { file.read_page(state, i, page); });
  s.restored_from = file.name();
  s.cached.assign(state.tokens.begin(), state.tokens.begin() + static_cast<std::ptrdiff_t>(state.positions));
}

// The tokens of an open turn are of use without the cache too, as long as the model is the same.
void restore_state(SessionState& s, store::CacheFile& file) {
  store::CacheState state = file.read_state();
  const store::CacheKind kind = cache_kind(s);
  const std::string difference = kind.difference(state.kind);
  if (kind.model_identity != state.kind.model_identity) throw Error(ErrorCode::model_mismatch, difference);
  check_tokens(s, state);
  if (state.open_turn) s.open_turn = {{state.tokens}, *state.open_turn};
  if (!difference.empty()) throw Error(ErrorCode::model_mismatch, difference);
  read_pages(s, file, state);
}

}  // namespace

store::CacheKind cache_kind(const SessionState& s) {
  return {.model_identity = s.model.identity(),
          .cache_type = s.cache_type,
          .page_positions = s.engine.kv_page_positions(),
          .page_bytes = s.engine.kv_page_bytes()};
}

void save(const SessionState& s, const std::string& path, SavedText text, bool with_cache) {
  s.require_idle();
  text.saved_at = now_s();
  text.tokens = s.cached.size();
  text.unfinished = s.open_turn.has_value();
  store::write_cache_file(path, store::FileKind::session, text, state_of(s, with_cache),
                          [&](size_t i) { return s.engine.kv_page(s.sequence, i); });
}

RestoredSession restore(SessionState& s, const std::string& path) {
  s.require_idle();
  store::CacheFile file = store::CacheFile::open(path, store::FileKind::session);
  RestoredSession restored{file.text(), ""};
  s.forget();
  try {
    support::within_memory([&] { restore_state(s, file); });
  } catch (const Error& error) {
    restored.refusal = error.what();
  }
  return restored;
}

}  // namespace reckon::run

reckon::SavedText reckon::read_saved_text(const std::string& path) {
  return support::within_memory(
      [&] { return store::CacheFile::open(path, store::FileKind::session).text(); });
}
