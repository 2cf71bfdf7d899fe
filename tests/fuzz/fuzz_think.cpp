// A generated stream, split into thinking and answer. The first byte says which tags are tokens and where the
// stream starts; then come bytes of text, \x01 where one token ends, \x02 and \x03 for the tag tokens.
#include "fuzz/target.hpp"
#include "fuzz/think_reference.hpp"
#include "text/utf8_tail.hpp"

namespace reckon::fuzz {
namespace {

constexpr int32_t kPlain = 7, kOpen = 100, kClose = 101;

struct Token {
  int32_t id;
  std::string bytes;
};

std::vector<Token> tokens_of(std::string_view stream, const text::ThinkTags& tags) {
  std::vector<Token> tokens = {{kPlain, ""}};
  for (const char c : stream) {
    if (c == '\x01') {
      tokens.push_back({kPlain, ""});
    } else if (c == '\x02' || c == '\x03') {
      // Without an id, a tag token is as much text as any other.
      const bool open = c == '\x02';
      const bool is_id = (open ? tags.open_id : tags.close_id).has_value();
      tokens.push_back({is_id ? (open ? kOpen : kClose) : kPlain, open ? tags.open : tags.close});
      tokens.push_back({kPlain, ""});
    } else {
      tokens.back().bytes += c;
    }
  }
  return tokens;
}

Shown split(const std::vector<Token>& tokens, const text::ThinkTags& tags, text::Phase start) {
  text::ThinkSplitter splitter(tags, start);
  Shown shown;
  const auto take = [&](const std::vector<text::ThinkSplitter::Piece>& pieces) {
    for (const auto& piece : pieces) {
      text::Utf8Tail whole;
      FUZZ_CHECK(!piece.text.empty() && whole.feed(piece.text) == piece.text && whole.empty());
      append(shown, piece.phase, piece.text);
    }
  };
  uint64_t n = 0;
  for (const Token& token : tokens) {
    take(splitter.feed(token.id, token.bytes));
    FUZZ_CHECK(splitter.thinking_tokens() + splitter.answer_tokens() == ++n);
    if (token.id != kPlain) {
      FUZZ_CHECK(splitter.phase() == (token.id == kOpen ? text::Phase::thinking : text::Phase::answer));
    }
  }
  take(splitter.finish());
  return shown;
}

Shown expected(const std::vector<Token>& tokens, const text::ThinkTags& tags, text::Phase start) {
  ThinkReference reference(tags, start);
  text::Utf8Tail tail;
  std::string stretch;
  // A tag token that changes the phase ends the stretch; whether it does may depend on the stretch's own
  // tags, which are text.
  for (const Token& token : tokens) {
    if (token.id == kPlain) {
      stretch += tail.feed(token.bytes);
      continue;
    }
    stretch += tail.finish();
    const text::Phase next = token.id == kOpen ? text::Phase::thinking : text::Phase::answer;
    ThinkReference ahead = reference;
    ahead.stretch(stretch);
    if (ahead.phase() == next) continue;
    reference = std::move(ahead);
    reference.begin(next);
    stretch.clear();
  }
  reference.stretch(stretch + tail.finish());
  return reference.shown();
}

void run(Input input) {
  const uint8_t mode = input.byte();
  text::ThinkTags tags;
  if (mode & 1) tags.open_id = kOpen;
  if (mode & 2) tags.close_id = kClose;
  if (mode & 4) tags.open = "[[", tags.close = "[[/";
  const text::Phase start = mode & 8 ? text::Phase::thinking : text::Phase::answer;
  const std::vector<Token> tokens = tokens_of(input.rest(), tags);
  FUZZ_CHECK(split(tokens, tags, start) == expected(tokens, tags, start));

  std::string prompt;
  for (const Token& token : tokens) prompt += token.bytes;
  const bool opened = text::start_phase(prompt + tags.open + " \n", tags) == text::Phase::thinking;
  FUZZ_CHECK(opened);
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
