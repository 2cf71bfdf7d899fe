// What a backslash begins in a regular expression.
#include <span>

#include "constrain/regex.hpp"
#include "text/unicode_classes.hpp"

namespace reckon::constrain {
namespace {

CharSet of_ranges(std::span<const text::CodePointRange> ranges) {
  CharSet set;
  for (const text::CodePointRange& r : ranges) set.add(r.first, r.last);
  (void)set.ranges();  // put in order now: threads share what is made of it
  return set;
}

// Made once: hundreds of ranges, which a pattern may name at every turn.
const CharSet& letters() {
  static const CharSet set = of_ranges(text::kLetterRanges);
  return set;
}

const CharSet& numbers() {
  static const CharSet set = of_ranges(text::kNumberRanges);
  return set;
}

constexpr std::string_view kMarks = "^$\\.*+?()[]{}|/-\"'`~!@#%&=_:;,<> ";

}  // namespace

CharSet RegexParser::parse_escape() {
  const size_t begin = reader_.position() - 1;
  if (reader_.at_end()) reader_.fail_at(begin, "a \\ at the end; expected a character behind it");
  const char c = reader_.peek();
  if (c >= '1' && c <= '9') reader_.fail_at(begin, "a backreference is not regular; expected no \\1 to \\9");
  if (c == 'k') reader_.fail_at(begin, "a backreference is not regular; expected no \\k");
  if (c == 'b' || c == 'B')
    reader_.fail_at(begin, "a word boundary is not supported; expected no \\b or \\B");
  if (std::string_view("xuU").find(c) != std::string_view::npos) {
    const char32_t code_point = parse_code_point(begin);
    return {{code_point, code_point}};
  }
  reader_.take_character();
  if (kMarks.find(c) != std::string_view::npos) return {{static_cast<char32_t>(c), static_cast<char32_t>(c)}};
  if (c == 'p' || c == 'P') return parse_property(c == 'P');
  CharSet set = parse_class_escape(c);
  if (set.empty())
    reader_.fail_at(begin,
                    "an unknown escape; expected \\d \\w \\s \\p{..} \\n \\r \\t \\f \\v \\0 \\xHH \\uHHHH "
                    "\\u{H..} or a mark");
  return set;
}

// Empty for a letter that means nothing.
CharSet RegexParser::parse_class_escape(char letter) {
  CharSet digits{{'0', '9'}}, words{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}},
      spaces{{'\t', '\r'},     {' ', ' '},       {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
             {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};
  switch (letter) {
    case 'd': return digits;
    case 'D': return digits.complement();
    case 'w': return words;
    case 'W': return words.complement();
    case 's': return spaces;
    case 'S': return spaces.complement();
    case 'n': return {{'\n', '\n'}};
    case 'r': return {{'\r', '\r'}};
    case 't': return {{'\t', '\t'}};
    case 'f': return {{'\f', '\f'}};
    case 'v': return {{'\v', '\v'}};
    case '0': return {{0, 0}};
    default: return {};
  }
}

// \xHH, \uHHHH, \u{H...}, \UHHHHHHHH
char32_t RegexParser::parse_code_point(size_t begin) {
  if (reader_.take("x")) return reader_.take_hex(2);
  if (reader_.take("U")) return reader_.take_hex(8);
  reader_.take("u");
  if (!reader_.take("{")) return reader_.take_hex(4);
  const size_t first = reader_.position();
  const size_t n = reader_.take_while([](char c) { return c != '}'; }).size();
  if (n == 0 || n > 6 || reader_.at_end())
    reader_.fail_at(begin, "expected \\u{...} with 1 to 6 hexadecimal digits");
  reader_.go_to(first);
  const char32_t code_point = reader_.take_hex(n);
  reader_.take("}");
  return code_point;
}

CharSet RegexParser::parse_property(bool negated) {
  const size_t begin = reader_.position() - 2;
  CharSet set;
  if (reader_.take("{L}") || reader_.take("{Letter}")) {
    set = letters();
  } else if (reader_.take("{N}") || reader_.take("{Number}")) {
    set = numbers();
  } else if (reader_.take("{White_Space}")) {
    set = of_ranges(text::kSpaceRanges);
  } else {
    reader_.fail_at(begin, "a property that is not supported; expected L, N or White_Space in braces");
  }
  return negated ? set.complement() : set;
}

}  // namespace reckon::constrain
