#include "answer/plain_math.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "support/contains.hpp"
#include "text/ascii.hpp"
#include "text/unicode_classes.hpp"
#include "text/utf8.hpp"

namespace reckon::answer {
namespace {

using namespace std::string_view_literals;

// Stands for a brace of which it is not known yet whether it groups or encloses a set.
constexpr char kOpenBrace = '\x01';
// Stands for one that only grouped.
constexpr char kNothing = '\x02';

// Commands that say something by themselves. The others in this file take an argument.
constexpr auto kCommands = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"times", "*"},       {"cdot", "*"},     {"ast", "*"},        {"div", "/"},      {"pi", "pi"},
    {"infty", "inf"},     {"le", "≤"},       {"leq", "≤"},        {"leqslant", "≤"}, {"ge", "≥"},
    {"geq", "≥"},         {"geqslant", "≥"}, {"ne", "≠"},         {"neq", "≠"},      {"lt", "<"},
    {"gt", ">"},          {"approx", "="},   {"in", "="},         {"pm", "±"},       {"cup", "∪"},
    {"cap", "∩"},         {"emptyset", "∅"}, {"varnothing", "∅"}, {"lbrace", "{"},   {"rbrace", "}"},
    {"left", ""},         {"right", ""},     {"big", ""},         {"bigl", ""},      {"bigr", ""},
    {"displaystyle", ""}, {"textstyle", ""}, {"quad", " "},       {"qquad", " "},    {"euro", " "},
    {"pounds", " "},
});
constexpr auto kFractions = std::to_array({"frac"sv, "dfrac"sv, "tfrac"sv, "cfrac"sv});
constexpr auto kTexts = std::to_array({"text"sv, "textbf"sv, "textit"sv, "textrm"sv, "textsf"sv, "texttt"sv,
                                       "mathrm"sv, "mathbf"sv, "mathit"sv, "mathsf"sv, "mathtt"sv,
                                       "operatorname"sv, "mbox"sv, "hbox"sv, "boxed"sv, "fbox"sv, "emph"sv});

// Characters beyond ASCII that are written otherwise in ASCII, or mean nothing here.
constexpr auto kCharacters = std::to_array<std::pair<char32_t, std::string_view>>({
    {U'−', "-"},     {U'–', "-"},     {U'‐', "-"},     {U'‑', "-"},     {U'－', "-"},    {U'×', "*"},
    {U'⋅', "*"},     {U'·', "*"},     {U'∙', "*"},     {U'÷', "/"},     {U'⁄', "/"},     {U'∕', "/"},
    {U'π', "pi"},    {U'∞', "inf"},   {U'≈', "="},     {U'∈', "="},     {U'½', "(1/2)"}, {U'⅓', "(1/3)"},
    {U'⅔', "(2/3)"}, {U'¼', "(1/4)"}, {U'¾', "(3/4)"}, {U'²', "^2"},    {U'³', "^3"},    {U'°', " "},
    {U'º', " "},     {U'€', " "},     {U'£', " "},     {U'¥', " "},     {U'₹', " "},     {U'\u200b', ""},
    {U'\u200c', ""}, {U'\u200d', ""}, {U'\u2060', ""}, {U'\ufeff', ""},
});

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  std::string read();

 private:
  // What a pair of braces (or the one character in their place) is.
  enum class Role : uint8_t { group, script, words, numerator, denominator, root };
  struct Group {
    Role role;
    size_t begin;          // in out_, of its content
    bool is_list = false;  // a comma stands in it, in no inner braces
  };

  void item();
  void character();
  void ascii(char c);
  void command();
  void named(std::string_view name);
  void root();
  void degree();
  void open_brace();
  void open(Role role);
  void close();
  void close_group(const Group& group);
  bool wants_argument() const { return wanted_ != Role::group; }
  char next(size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }

  std::string_view in_;
  size_t at_ = 0;
  std::string out_;
  std::vector<Group> open_;
  Role wanted_ = Role::group;  // of the argument that a command waits for; group: none does
};

std::string Reader::read() {
  while (at_ < in_.size()) {
    if (wants_argument() && next() == ' ') {
      at_++;
    } else if (wants_argument() && next() != '{' && next() != '}') {
      open(std::exchange(wanted_, Role::group));  // an argument of one character or command
      item();
      close();
    } else {
      item();
    }
  }
  std::erase_if(out_, [](char c) { return c == kOpenBrace || c == kNothing; });
  return std::move(out_);
}

void Reader::item() {
  switch (next()) {
    case '\\': return command();
    case '{': return open_brace();
    case '}': at_++; return close();
    case ',':
      if (!open_.empty()) open_.back().is_list = true;
      return character();
    case '$':
    case '%':
    case '~': out_ += ' '; break;
    case '<':
    case '>':
    case '!':
      if (next(1) != '=') return character();
      out_ += next() == '<' ? "≤" : next() == '>' ? "≥" : "≠";
      at_++;
      break;
    default: return character();
  }
  at_++;
}

void Reader::character() {
  if (static_cast<unsigned char>(next()) < 0x80) return ascii(in_[at_++]);
  const text::Utf8Unit unit = text::decode_utf8(in_, at_);
  at_ += unit.length;
  const char32_t c = unit.valid ? unit.code_point : U'\ufffd';
  if (c >= U'０' && c <= U'９') return ascii(static_cast<char>('0' + (c - U'０')));
  const auto found = std::find_if(kCharacters.begin(), kCharacters.end(),
                                  [&](const auto& entry) { return entry.first == c; });
  if (c == U'√') {
    root();
  } else if (found != kCharacters.end()) {
    out_ += found->second;
  } else if (c < 0xa0 || text::char_class(c) == text::CharClass::space) {
    out_ += ' ';
  } else {
    text::append_utf8(out_, static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
  }
}

void Reader::ascii(char c) {
  const bool control = c < 0x20 || c == 0x7f;
  out_ += control ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void Reader::command() {
  at_++;
  const size_t begin = at_;
  while (text::is_letter(next())) at_++;
  if (at_ > begin) return named(in_.substr(begin, at_ - begin));
  const char c = next();
  if (c == '{' || c == '}') {
    out_ += c;
  } else if (c != '!' && c != '\0') {
    out_ += ' ';  // spaces of all widths, line ends, \( \) \[ \], \$, \%
  }
  // A character beyond ASCII is for itself.
  if (static_cast<unsigned char>(c) < 0x80 && at_ < in_.size()) at_++;
}

void Reader::named(std::string_view name) {
  if (support::contains(kFractions, name)) {
    wanted_ = Role::numerator;
  } else if (support::contains(kTexts, name)) {
    wanted_ = Role::words;
  } else if (name == "sqrt") {
    root();
  } else if (name == "circ" || name == "degree") {
    degree();
  } else {
    const auto found = std::find_if(kCommands.begin(), kCommands.end(),
                                    [&](const auto& entry) { return entry.first == name; });
    if (found != kCommands.end()) {
      out_ += found->second;
    } else {
      out_.append("\\").append(name);
    }
  }
}

// The root sign with its degree. Without braces the sign is for all digits that follow it.
void Reader::root() {
  out_ += "sqrt";
  if (next() == '[') {
    constexpr size_t kLongestDegree = 8;
    const size_t end = in_.substr(at_, kLongestDegree).find(']');
    if (end != std::string_view::npos) {
      const size_t behind = at_ + end + 1;
      while (at_ < behind) character();  // each takes all bytes of a character
    }
  }
  if (!text::is_digit(next())) {
    wanted_ = Role::root;
    return;
  }
  open(Role::root);
  while (text::is_digit(next())) character();
  close();
}

// ^\circ and ^{\circ}: the sign goes with what raised it.
void Reader::degree() {
  if (!open_.empty() && open_.back().role == Role::script && open_.back().begin == out_.size()) {
    open_.back().role = Role::group;
    out_.pop_back();
    if (out_.ends_with('^')) out_.pop_back();
    out_ += kOpenBrace;
    open_.back().begin = out_.size();
  } else if (out_.ends_with('^')) {
    out_.pop_back();
  }
  out_ += ' ';
}

void Reader::open_brace() {
  at_++;
  const bool script = out_.ends_with('^') || out_.ends_with('_');
  open(script && !wants_argument() ? Role::script : std::exchange(wanted_, Role::group));
}

void Reader::open(Role role) {
  constexpr std::array<std::string_view, 6> kOpenings{"\x01", "(", " ", "((", "(", "("};
  out_ += kOpenings[static_cast<size_t>(role)];
  open_.push_back({role, out_.size()});
}

void Reader::close() {
  wanted_ = Role::group;
  if (open_.empty()) return;
  const Group group = open_.back();
  open_.pop_back();
  switch (group.role) {
    case Role::group: return close_group(group);
    case Role::script:
    case Role::root: out_ += ')'; break;
    case Role::words:
      if (next() != '^') out_ += ' ';  // \text{ cm}^2
      break;
    case Role::numerator:
      out_ += ")/";
      wanted_ = Role::denominator;
      break;
    case Role::denominator: out_ += "))"; break;
  }
}

// Braces that only group go without a trace; those around a list are a set whose backslashes were forgotten.
void Reader::close_group(const Group& group) {
  char& brace = out_[group.begin - 1];
  const bool comma_alone = group.is_list && out_.size() == group.begin + 1;
  const bool thousands = comma_alone && text::is_digit(next()) && text::is_digit(next(1)) &&
                         text::is_digit(next(2)) && !text::is_digit(next(3));  // 1{,}000
  if (group.is_list && !comma_alone) {
    brace = '{';
    out_ += '}';
  } else {
    brace = kNothing;
    if (thousands) out_.back() = kNothing;
  }
}

std::string with_single_spaces(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace

std::string plain_math(std::string_view text) { return with_single_spaces(Reader(text).read()); }

}  // namespace reckon::answer
