// An entry of a prompt cache that is not what this process wrote. The first byte says how the rest is taken:
// as a file; or as the state section, to which checksums and pages are added.
#include <reckon/reckon.hpp>

#include "fuzz/small_model.hpp"
#include "fuzz/stored_file.hpp"
#include "fuzz/target.hpp"
#include "load/gguf_builder.hpp"
#include "load/temp_dir.hpp"
#include "store/prompt_cache.hpp"

namespace reckon::fuzz {
namespace {

constexpr uint64_t kMostBytes = 1 << 24;

// A prompt of three pages and the cache that holds its beginning.
class Cache {
 public:
  Cache() : prompts_(folder(), kMostBytes) {
    const Engine engine(small_model());
    kind_ = {.model_identity = small_model().identity(),
             .page_positions = engine.kv_page_positions(),
             .page_bytes = engine.kv_page_bytes()};
    for (int i = 0; i < 130; i++) prompt_.push_back(i % 50 + 100);
    page_.resize(kind_.page_bytes);
    prompts_.insert(kind_, prompt_, [&](size_t) { return std::span<const std::byte>(page_); });
    for (const auto& entry : std::filesystem::directory_iterator(folder())) {
      if (entry.path().extension() == ".prefix") entry_ = entry.path().string();
    }
    FUZZ_CHECK(!entry_.empty());
  }

  std::string folder() const { return folder_ / "prompts"; }
  const store::CacheKind& kind() const { return kind_; }
  const std::vector<TokenId>& prompt() const { return prompt_; }
  bool has_entry() const { return std::filesystem::exists(entry_); }
  void set_entry(std::span<const std::byte> bytes) const {
    test::write_file(entry_, test::Bytes(bytes.begin(), bytes.end()));
  }

  // True if the entry can be used.
  bool check_match() const {
    std::vector<std::string> notes;
    const auto match = prompts_.find(kind_, prompt_, notes);
    FUZZ_CHECK(notes.empty() == has_entry());
    if (!match) return false;
    FUZZ_CHECK(has_entry());
    FUZZ_CHECK(match->tokens >= kind_.page_positions && match->tokens <= prompt_.size());
    FUZZ_CHECK(match->tokens <= match->state.positions);
    FUZZ_CHECK(std::equal(prompt_.begin(), prompt_.begin() + static_cast<ptrdiff_t>(match->tokens),
                          match->state.tokens.begin()));
    return true;
  }

 private:
  test::TempDir folder_;
  store::PromptCache prompts_;
  store::CacheKind kind_;
  std::vector<TokenId> prompt_;
  std::vector<std::byte> page_;
  std::string entry_;
};

std::vector<std::byte> file_of(Input& input, const store::CacheKind& kind) {
  const uint8_t mode = input.byte();
  const std::string_view rest = input.rest();
  if (mode == 0) {
    const auto bytes = as_bytes(rest);
    return {bytes.begin(), bytes.end()};
  }
  static const store::BinaryWriter no_text = store::encode(SavedText{});
  return stored_file(store::FileKind::prefix, no_text.bytes(), as_bytes(rest), kind,
                     std::byte{static_cast<uint8_t>(mode - 1)});
}

void run(Input input) {
  static const Cache cache;
  cache.set_entry(file_of(input, cache.kind()));
  if (!cache.check_match()) return;
  Session session(small_model(), {.prompt_cache = cache.folder(), .prompt_cache_bytes = kMostBytes});
  refusal_of({ErrorCode::bad_numbers}, "", [&] {
    const Generation g = session.complete_tokens(cache.prompt(), {.max_tokens = 1});
    FUZZ_CHECK(g.usage.prompt_tokens == cache.prompt().size());
    FUZZ_CHECK(g.usage.cached_tokens < cache.prompt().size());
  });
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
