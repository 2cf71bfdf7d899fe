#include "store/records.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reckon::store {
namespace {

constexpr size_t kLeastPair = 2 * sizeof(uint64_t);  // two empty texts

[[noreturn]] void malformed(const std::string& file, const char* problem) {
  throw Error(ErrorCode::malformed_file, fmt::format("{}: {}", file, problem));
}

void write_turn(BinaryWriter& writer, const OpenTurn& turn) {
  writer.number(turn.prompt_tokens);
  writer.number<uint8_t>(turn.starts_in_thought);
  writer.number(turn.seed);
  writer.number(turn.draws);
  writer.number(turn.added_budget);
  writer.number(turn.inserted_begin);
  writer.number(turn.inserted);
  writer.number(static_cast<uint8_t>(turn.thought_end));
}

OpenTurn read_turn(BinaryReader& reader) {
  OpenTurn turn;
  turn.prompt_tokens = reader.number<uint64_t>();
  turn.starts_in_thought = reader.number<uint8_t>() != 0;
  turn.seed = reader.number<uint64_t>();
  turn.draws = reader.number<uint64_t>();
  turn.added_budget = reader.number<uint64_t>();
  turn.inserted_begin = reader.number<uint64_t>();
  turn.inserted = reader.number<uint64_t>();
  turn.thought_end = static_cast<ThoughtEnd>(reader.number<uint8_t>());
  return turn;
}

void write_kind(BinaryWriter& writer, const CacheKind& kind) {
  writer.text(kind.model_identity);
  writer.number(static_cast<uint8_t>(kind.cache_type));
  writer.number(kind.layout_version);
  writer.number(kind.page_positions);
  writer.number(kind.page_bytes);
}

CacheKind read_kind(BinaryReader& reader) {
  CacheKind kind;
  kind.model_identity = reader.text();
  kind.cache_type = static_cast<CacheType>(reader.number<uint8_t>());
  kind.layout_version = reader.number<uint32_t>();
  kind.page_positions = reader.number<uint64_t>();
  kind.page_bytes = reader.number<uint64_t>();
  return kind;
}

void check(const OpenTurn& turn, uint64_t tokens, const std::string& file) {
  if (turn.prompt_tokens == 0 || turn.prompt_tokens > tokens) {
    malformed(file, "the turn's prompt does not lie within the tokens");
  }
  const uint64_t generated = tokens - turn.prompt_tokens;
  if (turn.inserted_begin > generated || turn.inserted > generated - turn.inserted_begin) {
    malformed(file, "the tokens put in do not lie within those generated");
  }
  if (turn.thought_end > ThoughtEnd::requested) malformed(file, "the thought ended in an unknown way");
}

// Everything but the kind, which only says whether the rest can be used.
void check(const CacheState& s, const std::string& file) {
  if (s.kind.page_positions == 0 || s.kind.page_bytes == 0) malformed(file, "pages of no size");
  if (s.positions > s.tokens.size()) malformed(file, "more positions than tokens");
  const uint64_t pages = s.positions / s.kind.page_positions + (s.positions % s.kind.page_positions != 0);
  if (pages != s.page_count()) malformed(file, "the number of pages does not fit the positions");
  if (std::ranges::any_of(s.tokens, [](TokenId token) { return token < 0; }))
    malformed(file, "a negative token");
  if (!s.open_turn) {
    if (s.positions != s.tokens.size())
      malformed(file, "tokens without a position, and no turn that goes on");
  } else {
    check(*s.open_turn, s.tokens.size(), file);
  }
}

}  // namespace

std::string CacheKind::difference(const CacheKind& found) const {
  const auto name = [](CacheType type) { return type == CacheType::f16 ? "f16" : "q8_0"; };
  if (found.model_identity != model_identity) return "its state is of another model";
  if (found.cache_type != cache_type &&
      (found.cache_type == CacheType::f16 || found.cache_type == CacheType::q8_0)) {
    return fmt::format("its cache is of type {}, expected {}", name(found.cache_type), name(cache_type));
  }
  const bool same = found.cache_type == cache_type && found.layout_version == layout_version &&
                    found.page_positions == page_positions && found.page_bytes == page_bytes;
  return same ? "" : "its cache is laid out as another version of reckon does it";
}

BinaryWriter encode(const SavedText& text) {
  BinaryWriter writer;
  writer.text(text.model);
  writer.number(text.saved_at);
  writer.number(text.tokens);
  writer.number<uint8_t>(text.unfinished);
  writer.number<uint64_t>(text.messages.size());
  for (const Message& message : text.messages) {
    writer.text(message.role);
    writer.text(message.content);
  }
  writer.number<uint64_t>(text.settings.size());
  for (const auto& [name, value] : text.settings) {
    writer.text(name);
    writer.text(value);
  }
  if (!text.thinking.empty()) writer.text(text.thinking);
  return writer;
}

SavedText decode_text(std::span<const std::byte> bytes, const std::string& file) {
  BinaryReader reader(bytes);
  SavedText text;
  text.model = reader.text();
  text.saved_at = reader.number<int64_t>();
  text.tokens = reader.number<uint64_t>();
  text.unfinished = reader.number<uint8_t>() != 0;
  for (size_t n = reader.count(kLeastPair); n > 0 && !reader.failed(); n--) {
    std::string role = reader.text();
    text.messages.push_back({std::move(role), reader.text()});
  }
  for (size_t n = reader.count(kLeastPair); n > 0 && !reader.failed(); n--) {
    std::string name = reader.text();
    text.settings.emplace_back(std::move(name), reader.text());
  }
  if (!reader.failed() && !reader.at_end()) text.thinking = reader.text();
  if (reader.failed() || !reader.at_end()) malformed(file, "the conversation's parts do not fit its size");
  return text;
}

BinaryWriter encode(const CacheState& state) {
  BinaryWriter writer;
  write_kind(writer, state.kind);
  writer.list<TokenId>(state.tokens);
  writer.number(state.positions);
  writer.number<uint8_t>(state.open_turn.has_value());
  if (state.open_turn) write_turn(writer, *state.open_turn);
  writer.list<uint64_t>(state.page_checksums);
  return writer;
}

CacheState decode_state(std::span<const std::byte> bytes, const std::string& file) {
  BinaryReader reader(bytes);
  CacheState state;
  state.kind = read_kind(reader);
  state.tokens = reader.list<TokenId>();
  state.positions = reader.number<uint64_t>();
  if (reader.number<uint8_t>() != 0) state.open_turn = read_turn(reader);
  state.page_checksums = reader.list<uint64_t>();
  if (reader.failed() || !reader.at_end()) malformed(file, "the state's parts do not fit its size");
  check(state, file);
  return state;
}

}  // namespace reckon::store
