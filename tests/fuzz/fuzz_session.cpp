// A saved session. The first byte says how the rest is taken: as a file; or as the text section (its length
// in the two bytes that follow) and the state section, to which checksums and pages are added.
#include <reckon/reckon.hpp>

#include "fuzz/memory_file.hpp"
#include "fuzz/memory_meter.hpp"
#include "fuzz/small_model.hpp"
#include "fuzz/stored_file.hpp"
#include "fuzz/target.hpp"
#include "load/temp_dir.hpp"
#include "run/generate.hpp"
#include "run/session_file.hpp"

namespace reckon::fuzz {
namespace {

constexpr size_t kFixedBytes = 4 << 20, kBytesPerByte = 16;
constexpr auto kUnreadable = {ErrorCode::malformed_file, ErrorCode::unsupported, ErrorCode::io};

// What the small model's caches depend on: as a session writes it.
const store::CacheKind& small_kind() {
  static const store::CacheKind kind = [] {
    const Engine engine(small_model());
    return store::CacheKind{.model_identity = small_model().identity(),
                            .page_positions = engine.kv_page_positions(),
                            .page_bytes = engine.kv_page_bytes()};
  }();
  return kind;
}

std::vector<std::byte> file_of(Input& input) {
  const uint8_t mode = input.byte();
  if (mode == 0) {
    const auto bytes = as_bytes(input.rest());
    return {bytes.begin(), bytes.end()};
  }
  const size_t low = input.byte(), text_bytes = low | size_t{input.byte()} << 8;
  const std::string_view rest = input.rest();
  const std::string_view text = rest.substr(0, text_bytes);
  return stored_file(store::FileKind::session, as_bytes(text), as_bytes(rest.substr(text.size())),
                     small_kind(), std::byte{static_cast<uint8_t>(mode - 1)});
}

bool same_text(const SavedText& a, const SavedText& b) {
  return std::ranges::equal(store::encode(a).bytes(), store::encode(b).bytes());
}

// What was restored is saved as it was, and restored again.
void check_saving(const Session& session, const RestoredSession& restored) {
  static const test::TempDir folder;
  const std::string path = folder / "again.session";
  session.save(path, restored.text);
  Session second(small_model());
  const RestoredSession again = second.restore(path);
  FUZZ_CHECK(again.refusal.empty());
  FUZZ_CHECK(again.text.messages == restored.text.messages && again.text.settings == restored.text.settings);
  FUZZ_CHECK(again.text.unfinished == session.can_resume() && again.text.tokens == session.cached_tokens());
  FUZZ_CHECK(second.cached_tokens() == session.cached_tokens());
  FUZZ_CHECK(second.can_resume() == session.can_resume());
}

// `choice` chooses what the next part is asked for: a turn goes on with other options too.
GenerateOptions options_for(uint8_t choice) {
  GenerateOptions options = {.max_tokens = 2};
  if (choice & 1) options.thinking.budget = choice >> 2;
  if (choice & 2) options.answer_form = {AnswerForm::Kind::regex, "[a-z]*"};
  return options;
}

void check_going_on(Session& session, const GenerateOptions& options) {
  // What was generated before may not have the form.
  refusal_of({ErrorCode::context_full, ErrorCode::bad_numbers, ErrorCode::invalid_argument}, "", [&] {
    const Generation g = session.can_resume() ? session.resume(options) : session.complete("in", options);
    FUZZ_CHECK(g.usage.prompt_tokens > 0);
  });
  refusal_of({ErrorCode::context_full, ErrorCode::bad_numbers}, "",
             [&] { FUZZ_CHECK(session.complete("the inn", options).usage.prompt_tokens > 0); });
}

void run(Input input) {
  static const MemoryFile file;
  const std::vector<std::byte> bytes = file_of(input);
  file.set(bytes);
  Session session(small_model());
  std::optional<SavedText> text;
  RestoredSession restored;
  const auto no_text = refusal_of(kUnreadable, file.path(), [&] { text = read_saved_text(file.path()); });
  const MemoryMeter memory;
  const auto refused = refusal_of(kUnreadable, file.path(), [&] { restored = session.restore(file.path()); });
  FUZZ_CHECK(memory.peak() <= kFixedBytes + kBytesPerByte * bytes.size());
  FUZZ_CHECK(no_text == refused);
  if (refused) return;
  FUZZ_CHECK(same_text(*text, restored.text));
  FUZZ_CHECK(session.cached_tokens() == 0 || restored.refusal.empty());
  if (restored.refusal.empty()) check_saving(session, restored);
  check_going_on(session, options_for(bytes.empty() ? 0 : std::to_integer<uint8_t>(bytes.back())));
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
