#include "text/tokenizer_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <reckon/error.hpp>

#include "support/quoted.hpp"
#include "text/byte_level.hpp"

namespace reckon::text {

namespace {

constexpr const char* kTokensKey = "tokenizer.ggml.tokens";
constexpr const char* kMergesKey = "tokenizer.ggml.merges";

[[noreturn]] void fail(const Vocabulary& v, ErrorCode code, const std::string& what) {
  throw Error(code, fmt::format("{}: {}", v.source, what));
}

[[noreturn]] void fail_at(const Vocabulary& v, const char* key, const std::vector<std::string>& list,
                          size_t i, std::string_view expected, ErrorCode code = ErrorCode::malformed_file) {
  fail(v, code, fmt::format("{}[{}]: {}; expected {}", key, i, support::quoted(list[i]), expected));
}

void check_id(const Vocabulary& v, const char* key, TokenId id) {
  if (id >= 0 && static_cast<size_t>(id) < v.tokens.size()) return;
  fail(v, ErrorCode::malformed_file, fmt::format("{}: {}; expected 0 to {}", key, id, v.tokens.size() - 1));
}

bool is_added(TokenKind kind) {
  return kind == TokenKind::control || kind == TokenKind::user_defined || kind == TokenKind::unknown;
}

// <0xHH>
std::optional<char> parse_byte_token(std::string_view text) {
  if (text.size() != 6 || !text.starts_with("<0x") || text.back() != '>') return std::nullopt;
  uint8_t value = 0;
  const auto [end, error] = std::from_chars(text.data() + 3, text.data() + 5, value, 16);
  if (error != std::errc() || end != text.data() + 5) return std::nullopt;
  return static_cast<char>(value);
}

// A normal token with a character outside the byte-level alphabet stands for its own text.
void append_bytes(const Vocabulary& v, size_t i, std::string& out) {
  const std::string& token = v.tokens[i];
  switch (v.kinds[i]) {
    case TokenKind::unused: return;
    case TokenKind::byte:
      if (const auto byte = parse_byte_token(token)) {
        out += *byte;
        return;
      }
      fail_at(v, kTokensKey, v.tokens, i, "a byte token: <0x00> to <0xFF>");
    case TokenKind::normal:
      if (append_mapped_bytes(token, out)) return;
      break;
    default: break;
  }
  out += token;
}

std::array<TokenId, 256> find_byte_tokens(const Vocabulary& v, const TokenBytes& tokens,
                                          const TokenIndex& words) {
  std::array<TokenId, 256> ids;
  for (int byte = 0; byte < 256; ++byte) {
    const char text = static_cast<char>(byte);
    const auto id = words.find(tokens, {&text, 1});
    if (!id) {
      fail(v, ErrorCode::malformed_file,
           fmt::format("{}: no token for the byte 0x{:02X}; expected a normal one for each of the 256",
                       kTokensKey, byte));
    }
    ids[static_cast<size_t>(byte)] = *id;
  }
  return ids;
}

// Finds the tokens of merges. A merge may concern a token that is listed as an added one.
struct MergeParser {
  const Vocabulary& v;
  const TokenBytes& tokens;
  const TokenIndex& words;
  const AddedTokens& added;
  std::string bytes;  // kept for its memory

  TokenId require_token(size_t i, std::string_view part, const char* what) const {
    auto id = words.find(tokens, part);
    if (!id) id = added.find(part);
    if (!id) fail_at(v, kMergesKey, v.merges, i, fmt::format("its {} to be a token", what));
    return *id;
  }

  Merge parse(size_t i) {
    const std::string_view merge = v.merges[i];
    const size_t space = merge.find(' ');
    if (space == 0 || space >= merge.size() - 1 || merge.find(' ', space + 1) != merge.npos) {
      fail_at(v, kMergesKey, v.merges, i, "two token texts with one space between them");
    }
    bytes.clear();
    const bool left_is_mapped = append_mapped_bytes(merge.substr(0, space), bytes);
    const size_t middle = bytes.size();
    if (!left_is_mapped || !append_mapped_bytes(merge.substr(space + 1), bytes)) {
      fail_at(v, kMergesKey, v.merges, i, "characters of the byte-level alphabet");
    }
    const std::string_view whole = bytes;
    return {require_token(i, whole.substr(0, middle), "left part"),
            require_token(i, whole.substr(middle), "right part"), require_token(i, whole, "result")};
  }
};

}  // namespace

Pretokenizer check_vocabulary(const Vocabulary& v) {
  const auto pretokenizer = Pretokenizer::find(v.pre);
  if (!pretokenizer) {
    fail(v, ErrorCode::unsupported,
         fmt::format("tokenizer.ggml.pre: {}; expected one of: {}", support::quoted(v.pre),
                     Pretokenizer::known_names()));
  }
  const size_t limit = std::numeric_limits<TokenId>::max();
  if (v.tokens.empty() || v.tokens.size() > limit) {
    fail(v, ErrorCode::malformed_file,
         fmt::format("{}: {} tokens; expected 1 to {}", kTokensKey, v.tokens.size(), limit));
  }
  if (v.kinds.size() != v.tokens.size()) {
    fail(v, ErrorCode::malformed_file,
         fmt::format("tokenizer.ggml.token_type: {} entries; expected {}", v.kinds.size(), v.tokens.size()));
  }
  if (v.bos) check_id(v, "tokenizer.ggml.bos_token_id", *v.bos);
  for (TokenId id : v.eos) check_id(v, "end token", id);
  if (v.add_bos && !v.bos) {
    fail(v, ErrorCode::malformed_file,
         "tokenizer.ggml.bos_token_id: none; expected since add_bos_token is true");
  }
  return *pretokenizer;
}

TokenBytes build_token_bytes(const Vocabulary& v) {
  size_t total = 0;
  for (const std::string& token : v.tokens) total += token.size();
  TokenBytes tokens;
  tokens.reserve(v.tokens.size(), total);
  std::string bytes;
  for (size_t i = 0; i < v.tokens.size(); ++i) {
    bytes.clear();
    append_bytes(v, i, bytes);
    tokens.append(bytes);
  }
  return tokens;
}

TokenIndex build_word_index(const Vocabulary& v, const TokenBytes& tokens) {
  TokenIndex words(v.tokens.size());
  std::string unused_bytes;
  for (size_t i = 0; i < v.tokens.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (v.kinds[i] != TokenKind::normal || v.tokens[i].empty()) continue;
    unused_bytes.clear();
    if (append_mapped_bytes(v.tokens[i], unused_bytes)) words.insert(tokens, id);
  }
  return words;
}

AddedTokens build_added_tokens(const Vocabulary& v, const TokenBytes& tokens) {
  size_t total = 0;
  for (size_t i = 0; i < v.tokens.size(); ++i) {
    if (!is_added(v.kinds[i])) continue;
    total += v.tokens[i].size();
    if (v.tokens[i].size() <= AddedTokens::kMaxBytes) continue;
    fail_at(v, kTokensKey, v.tokens, i,
            fmt::format("an added token of at most {} bytes", AddedTokens::kMaxBytes),
            ErrorCode::unsupported);
  }
  if (total > AddedTokens::kMaxTotalBytes) {
    fail(v, ErrorCode::unsupported,
         fmt::format("{}: the added tokens have {} bytes together; expected at most {}", kTokensKey, total,
                     AddedTokens::kMaxTotalBytes));
  }
  AddedTokens added(total);
  for (size_t i = 0; i < v.tokens.size(); ++i) {
    if (!is_added(v.kinds[i]) || v.tokens[i].empty()) continue;
    added.insert(tokens[static_cast<TokenId>(i)], static_cast<TokenId>(i));
  }
  return added;
}

BpeTables build_bpe_tables(const Vocabulary& v, const TokenBytes& tokens, const TokenIndex& words,
                           const AddedTokens& added) {
  BpeTables tables{MergeTable(v.merges.size()), find_byte_tokens(v, tokens, words), {}};
  tables.lengths.resize(tokens.size());
  for (size_t i = 0; i < tokens.size(); ++i) {
    // A token of 4 GiB can't be the result of merging a word, which is shorter.
    const size_t length = tokens.length(static_cast<TokenId>(i));
    tables.lengths[i] = static_cast<uint32_t>(std::min<size_t>(length, UINT32_MAX));
  }
  MergeParser parser{v, tokens, words, added, {}};
  for (size_t i = 0; i < v.merges.size(); ++i) {
    if (!tables.merges.append(parser.parse(i))) {
      fail_at(v, kMergesKey, v.merges, i, "each pair once");
    }
  }
  return tables;
}

}  // namespace reckon::text
