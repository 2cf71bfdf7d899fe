// What Markdown writes within a line: emphasis, code, links, mathematics.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "wrap_writer.hpp"

namespace reckon::cli {

// Shows one line, a byte at a time. A mark that may open something waits, for a bounded number of bytes, for
// the one that closes it; without that, it is text. Where the writer has no styles, the marks of what only a
// style would show stay as they are. Takes linear time.
class InlineRenderer {
 public:
  explicit InlineRenderer(WrapWriter& out, Style base = {}, int depth = 0)
      : out_(out), base_(base), depth_(depth) {}

  void put(char byte);
  void finish();  // the line ends: what waits is text. Ready for another one then.
  void set_base(Style base) { base_ = base; }

  // A complete line.
  void render(std::string_view line);

 private:
  enum Mark : size_t {
    code,
    star,
    underline,
    tilde,
    dollar,
    two_dollars,
    parenthesis,
    bracket,
    link,
    kMarks
  };
  static constexpr size_t kLongestRun = 3;
  enum class Step { taken, waits };
  // Where something ends: npos if it does not, or not yet.
  struct Close {
    size_t at = std::string::npos;
    bool waits = false;
  };

  void advance();
  Step step();
  Step plain();
  Step backslash();
  Step bare_latex();
  Step code_span();
  Step emphasis(char mark);
  Step strike();
  Step dollars();
  Step math(size_t open_length, std::string_view close, Mark mark);
  Step link_or_image();
  Step autolink();
  Step literal(size_t bytes);
  Step undecided(size_t bytes) { return last_ ? literal(bytes) : Step::waits; }

  size_t run_length(size_t at) const;
  bool known(size_t at) const { return at < line_.size() || last_; }
  char byte_at(size_t at) const { return at < line_.size() ? line_[at] : '\0'; }
  // The first position from `from` on for which closes() holds, before the limit of what may wait.
  template <class Closes>
  Close find(Mark mark, size_t run, size_t from, Closes closes);
  bool emphasis_closes(size_t at, char mark, size_t length) const;

  void show(std::string_view text, Style style) { out_.text(text, style); }
  void show_span(std::string_view marks, std::string_view content, Style style);
  void show_link(std::string_view text, std::string_view address, bool image);
  void move_to(size_t at);

  WrapWriter& out_;
  Style base_;
  int depth_;
  std::string line_;
  size_t at_ = 0;      // what is before is shown
  char before_ = ' ';  // the byte before at_
  bool last_ = false;  // no more bytes will come
  // Before these positions nothing closes a mark of that kind and length: nothing is searched twice.
  std::array<std::array<size_t, kLongestRun + 1>, kMarks> searched_{};
};

}  // namespace reckon::cli
