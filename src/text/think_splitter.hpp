// Splits a stream of generated tokens into thinking and answer.
//
// What counts as a tag. A tag that the vocabulary has as one token is recognised by that token's id alone;
// the same characters spelled out by other tokens are plain text (a thought may quote "</think>" in code). A
// tag without an id is recognised in the text, however tokens cut it.
//
// Where tags act:
//   thinking  close: the answer begins.
//             open: dropped, as id anywhere, as text only where nothing but white space came before it (the
//             prompt has already opened the thought); later it is text.
//   answer    open: thinking begins (again), as id anywhere, as text only where nothing but white space came
//             before it; later it is text.
//             close: dropped, as id anywhere, as text only where no thinking came before it; else it is text.
// So no tag token ever shows, and what follows an open tag is never taken for an answer.
//
// White space. Newlines (\n, \r) at the beginning of each phase and at the end of the thinking do not show,
// nor does any white space in front of a text tag at the beginning of a phase. All other text passes
// unchanged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/utf8_tail.hpp"

namespace reckon::text {

enum class Phase : uint8_t { thinking, answer };

struct ThinkTags {
  std::string open = "<think>", close = "</think>";
  std::optional<int32_t> open_id, close_id;  // where the vocabulary has them as single tokens
};

// The phase in which generation starts: thinking when the prompt ends in an open tag (white space after it
// aside). Otherwise answer, which turns to thinking if the stream begins with the tag. A tag further up in
// the prompt, in the user's own words for instance, does not count.
Phase start_phase(std::string_view rendered_prompt, const ThinkTags& tags);

class ThinkSplitter {
 public:
  struct Piece {
    Phase phase;
    std::string text;  // not empty, whole characters
  };

  ThinkSplitter(ThinkTags tags, Phase start);

  // One generated token: its id and exact bytes. Returns what can be shown now: whole UTF-8 characters, never
  // a tag or a part of one.
  std::vector<Piece> feed(int32_t token, std::string_view bytes);
  // What was held back: an unfinished character becomes U+FFFD, the beginning of a tag becomes text.
  std::vector<Piece> finish();

  Phase phase() const { return phase_; }  // of the next token
  // Every token counts once. Tags, and white space in front of an open tag, count as thinking.
  uint64_t thinking_tokens() const { return thinking_tokens_; }
  uint64_t answer_tokens() const { return answer_tokens_ + undecided_tokens_; }

 private:
  enum class Found : uint8_t { nothing, part, whole };

  Found tag_at(std::string_view text, const std::string& tag) const;
  bool step();  // takes what can be decided from held_; false when more text is needed
  bool step_at_start();
  bool step_thinking();
  bool step_answer();
  void begin(Phase phase);
  void flush();
  void show(std::string_view text);
  void count(Phase before, bool tag);

  ThinkTags tags_;
  bool open_is_text_, close_is_text_;
  Phase phase_;
  bool at_start_ = true;  // of the phase: nothing shown in it yet
  bool has_thought_;      // a thought was opened before, by the prompt or the stream
  Utf8Tail tail_;
  std::string held_;  // text not yet decided on
  std::vector<Piece> pieces_;
  uint64_t thinking_tokens_ = 0, answer_tokens_ = 0, undecided_tokens_ = 0;
};

}  // namespace reckon::text
