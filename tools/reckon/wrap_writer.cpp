#include "wrap_writer.hpp"

#include <algorithm>
#include <utility>

#include "output.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kLongestWord = 512;  // bytes; a longer one may be broken here, so that it does not wait
constexpr int kTabColumns = 4;        // columns it counts in text, where it is a blank

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::string escape_for(Style style) {
  std::string codes;
  const auto add = [&](bool wanted, const char* code) {
    if (wanted) codes += (codes.empty() ? "" : ";") + std::string(code);
  };
  add(style.bold, "1");
  add(style.dim, "2");
  add(style.italic, "3");
  add(style.underlined, "4");
  add(style.struck, "9");
  add(style.code, "36");
  return codes.empty() ? "" : "\x1b[" + codes + "m";
}

}  // namespace

void WrapWriter::set_margins(std::string first, std::string further) {
  const bool fit = columns_of(first) + 1 < columns_ && columns_of(further) + 1 < columns_;
  first_margin_ = fit ? std::move(first) : "";
  further_margin_ = fit ? std::move(further) : "";
}

int WrapWriter::room() const { return columns_ - columns_of(further_margin_); }

void WrapWriter::text(std::string_view bytes, Style style) {
  for (const char byte : bytes) put(byte, style);
}

void WrapWriter::put(char byte, Style style) {
  if (byte == ' ' || byte == '\t' || byte == '\n') {
    flush_word();
    if (byte == '\n') return break_line();
    blanks_ += byte == ' ' ? 1 : kTabColumns;
    blank_style_ = style;
    return;
  }
  if (!continues_character(byte)) {
    // A line may be broken behind a wide character.
    const bool wide =
        !word_.empty() &&
        first_character(std::string_view(word_.back().text).substr(last_character_)).columns > 1;
    if (wide || word_bytes_ >= kLongestWord) flush_word();
  }
  if (word_.empty() || !(word_.back().style == style)) word_.push_back({style, ""});
  if (!continues_character(byte)) last_character_ = word_.back().text.size();
  if (word_.back().text.empty()) last_character_ = 0;
  word_.back().text += byte;
  ++word_bytes_;
}

void WrapWriter::flush_word() {
  if (word_.empty()) return;
  std::vector<Piece> pieces = std::move(word_);
  word_.clear();
  word_bytes_ = 0;
  for (Piece& piece : pieces) piece.text = printable(piece.text);
  write_word(pieces);
}

void WrapWriter::write_word(const std::vector<Piece>& pieces) {
  int width = 0;
  for (const Piece& piece : pieces) width += columns_of(piece.text);
  if (!begun_) begin_line();
  if (column_ + blanks_ + width > columns_ && column_ > margin_columns_) {
    break_line();
    begin_line();
  }
  if (column_ + blanks_ + width > columns_) {
    write_blanks();
    return write_broken(pieces);
  }
  const bool one_style = blank_style_ == pieces.front().style;  // blanks and word in one stretch
  if (!one_style) write_blanks();
  for (const Piece& piece : pieces) {
    write(std::string(static_cast<size_t>(std::exchange(blanks_, 0)), ' ') + piece.text, piece.style);
  }
}

// A word longer than a line.
void WrapWriter::write_broken(const std::vector<Piece>& pieces) {
  for (const Piece& piece : pieces) {
    std::string_view rest = piece.text;
    while (!rest.empty()) {
      std::string part = cut_to_columns(rest, columns_ - column_);
      if (part.empty() && column_ > margin_columns_) {
        break_line();
        begin_line();
        continue;
      }
      if (part.empty()) part = rest.substr(0, first_character(rest).bytes);  // wider than the terminal
      write(part, piece.style);
      rest.remove_prefix(part.size());
    }
  }
}

// As many as leave room for a character.
void WrapWriter::write_blanks() {
  const int count = std::max(0, std::min(std::exchange(blanks_, 0), columns_ - column_ - 1));
  write(std::string(static_cast<size_t>(count), ' '), {});
}

void WrapWriter::write(std::string_view text, Style style) {
  if (text.empty()) return;
  const std::string escape = styled_ ? escape_for(style) : "";
  out_ += escape;
  out_ += text;
  if (!escape.empty()) out_ += "\x1b[0m";
  column_ += columns_of(text);
}

void WrapWriter::verbatim(std::string_view line, Style style) {
  flush_word();
  if (!begun_) begin_line();
  write_blanks();
  write(printable(line), style);
}

void WrapWriter::rendered(std::string_view line) {
  flush_word();
  if (!begun_) begin_line();
  out_ += line;
  column_ = columns_;
}

void WrapWriter::begin_line() {
  begun_ = true;
  const std::string& margin = broken_ ? further_margin_ : first_margin_;
  out_ += margin;
  column_ = margin_columns_ = columns_of(margin);
}

void WrapWriter::break_line() {
  if (!begun_) begin_line();
  if (column_ == margin_columns_) {  // nothing but the margin
    const size_t end = out_.find_last_not_of(' ');
    out_.erase(end == std::string::npos ? 0 : end + 1);
  }
  out_ += '\n';
  begun_ = false;
  broken_ = true;
  blanks_ = 0;
  column_ = margin_columns_ = 0;
}

void WrapWriter::end_line() {
  flush_word();
  break_line();
  broken_ = false;
}

std::string WrapWriter::take() {
  std::string decided;
  decided.swap(out_);
  return decided;
}

}  // namespace reckon::cli
