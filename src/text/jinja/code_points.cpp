#include "text/jinja/code_points.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "text/jinja/special_casing.hpp"
#include "text/utf8.hpp"

namespace reckon::text::jinja {
namespace {

constexpr char32_t escaped_byte = 0xDC00;

utf8proc_category_t category(char32_t point) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(point));
}

bool in_ranges(char32_t point, const char32_t (*ranges)[2], size_t count) {
  return std::any_of(ranges, ranges + count,
                     [point](const auto& range) { return range[0] <= point && point <= range[1]; });
}

const SpecialCasing* find_special(char32_t point) {
  const auto* end = std::end(special_casing);
  const auto* found = std::lower_bound(std::begin(special_casing), end, point,
                                       [](const SpecialCasing& row, char32_t p) { return row.point < p; });
  return found != end && found->point == point ? found : nullptr;
}

bool is_cased(char32_t point) {
  return is_upper_letter(point) || is_lower_letter(point) || is_title_letter(point);
}

bool is_case_ignorable(char32_t point) {
  switch (category(point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK: return true;
    default: return point == '\'' || point == '.' || point == ':' || point == 0xB7 || point == 0x2019;
  }
}

// Σ at the end of a word becomes ς: a cased letter before it and none after it, marks in between ignored.
bool is_final_sigma(std::u32string_view text, size_t at) {
  size_t before = at;
  while (before > 0 && is_case_ignorable(text[before - 1])) --before;
  if (before == 0 || !is_cased(text[before - 1])) return false;
  size_t after = at + 1;
  while (after < text.size() && is_case_ignorable(text[after])) ++after;
  return after == text.size() || !is_cased(text[after]);
}

void append_upper(std::u32string& out, char32_t point) {
  if (const SpecialCasing* special = find_special(point)) {
    out += special->upper;
  } else {
    out += static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(point)));
  }
}

void append_title(std::u32string& out, char32_t point) {
  if (const SpecialCasing* special = find_special(point)) {
    out += special->title;
  } else {
    out += static_cast<char32_t>(utf8proc_totitle(static_cast<utf8proc_int32_t>(point)));
  }
}

void append_lower(std::u32string& out, std::u32string_view text, size_t at) {
  if (text[at] == 0x130) {
    out += U"i\u0307";
  } else if (text[at] == 0x3A3) {
    out += is_final_sigma(text, at) ? char32_t{0x3C2} : char32_t{0x3C3};
  } else {
    out += static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(text[at])));
  }
}

}  // namespace

CodePoint decode_at(std::string_view text, size_t position) {
  const auto first = static_cast<unsigned char>(text[position]);
  if (first < 0x80) return {first, 1};
  const Utf8Unit unit = decode_utf8(text, position);
  if (!unit.valid) return {escaped_byte + first, 1};
  return {unit.code_point, static_cast<uint32_t>(unit.length)};
}

void append_code_point(std::string& out, char32_t point) {
  if (point > escaped_byte + 0x7F && point <= escaped_byte + 0xFF) {
    out += static_cast<char>(point - escaped_byte);
    return;
  }
  utf8proc_uint8_t bytes[4];
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
}

size_t count_code_points(std::string_view text) {
  size_t count = 0;
  for (size_t at = 0; at < text.size();) {
    uint64_t word = 0;
    if (text.size() - at >= sizeof word) std::memcpy(&word, text.data() + at, sizeof word);
    if (text.size() - at >= sizeof word && (word & 0x8080808080808080u) == 0) {  // eight of ASCII at once
      at += sizeof word;
      count += sizeof word;
    } else {
      at += decode_at(text, at).size;
      ++count;
    }
  }
  return count;
}

size_t byte_offset(std::string_view text, size_t index) {
  size_t at = 0;
  for (; index > 0 && at < text.size(); --index) at += decode_at(text, at).size;
  return at;
}

bool is_valid_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    if (point.value >= 0xD800 && point.value < 0xE000) return false;
    at += point.size;
  }
  return true;
}

std::u32string to_code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    points += point.value;
    at += point.size;
  }
  return points;
}

std::string to_utf8(std::u32string_view points) {
  std::string out;
  out.reserve(points.size());
  for (const char32_t point : points) append_code_point(out, point);
  return out;
}

bool is_space(char32_t point) {
  static constexpr char32_t ranges[][2] = {
      {0x09, 0x0D},     {0x1C, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
      {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
  return in_ranges(point, ranges, std::size(ranges));
}

bool is_letter(char32_t point) {
  const auto c = category(point);
  return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
}

bool is_decimal(char32_t point) { return category(point) == UTF8PROC_CATEGORY_ND; }

bool is_digit(char32_t point) {  // also the superscript, circled and other digits that aren't of category Nd
  static constexpr char32_t ranges[][2] = {
      {0xB2, 0xB3},     {0xB9, 0xB9},       {0x1369, 0x1371},   {0x19DA, 0x19DA},   {0x2070, 0x2070},
      {0x2074, 0x2079}, {0x2080, 0x2089},   {0x2460, 0x2468},   {0x2474, 0x247C},   {0x2488, 0x2490},
      {0x24EA, 0x24EA}, {0x24F5, 0x24FD},   {0x24FF, 0x24FF},   {0x2776, 0x277E},   {0x2780, 0x2788},
      {0x278A, 0x2792}, {0x10A40, 0x10A43}, {0x10E60, 0x10E68}, {0x11052, 0x1105A}, {0x1F100, 0x1F10A}};
  return is_decimal(point) || in_ranges(point, ranges, std::size(ranges));
}

bool is_numeric(char32_t point) {
  const auto c = category(point);
  return c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO;
}

bool is_upper_letter(char32_t point) { return category(point) == UTF8PROC_CATEGORY_LU; }
bool is_lower_letter(char32_t point) { return category(point) == UTF8PROC_CATEGORY_LL; }
bool is_title_letter(char32_t point) { return category(point) == UTF8PROC_CATEGORY_LT; }

bool is_printable(char32_t point) {
  if (point == ' ') return true;
  switch (category(point)) {
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP: return false;
    default: return true;
  }
}

bool is_identifier_start(char32_t point) {
  return point == '_' || is_letter(point) || category(point) == UTF8PROC_CATEGORY_NL;
}

bool is_identifier_part(char32_t point) {
  switch (category(point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_PC: return true;
    default: return is_identifier_start(point);
  }
}

std::string to_upper(std::string_view text) {
  std::u32string out;
  for (const char32_t point : to_code_points(text)) append_upper(out, point);
  return to_utf8(out);
}

std::string to_lower(std::string_view text) {
  const std::u32string points = to_code_points(text);
  std::u32string out;
  for (size_t i = 0; i < points.size(); ++i) append_lower(out, points, i);
  return to_utf8(out);
}

std::string to_title(std::string_view text) {
  const std::u32string points = to_code_points(text);
  std::u32string out;
  bool in_word = false;
  for (size_t i = 0; i < points.size(); ++i) {
    if (in_word) {
      append_lower(out, points, i);
    } else {
      append_title(out, points[i]);
    }
    in_word = is_cased(points[i]);
  }
  return to_utf8(out);
}

std::string to_capitalized(std::string_view text) {
  const std::u32string points = to_code_points(text);
  std::u32string out;
  for (size_t i = 0; i < points.size(); ++i) {
    if (i == 0) {
      append_title(out, points[i]);
    } else {
      append_lower(out, points, i);
    }
  }
  return to_utf8(out);
}

std::string to_swapped_case(std::string_view text) {
  const std::u32string points = to_code_points(text);
  std::u32string out;
  for (size_t i = 0; i < points.size(); ++i) {
    if (is_upper_letter(points[i])) {
      append_lower(out, points, i);
    } else if (is_lower_letter(points[i])) {
      append_upper(out, points[i]);
    } else {
      out += points[i];
    }
  }
  return to_utf8(out);
}

size_t leading_space(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const CodePoint point = decode_at(text, at);
    if (!is_space(point.value)) break;
    at += point.size;
  }
  return at;
}

size_t last_point_start(std::string_view text) {
  size_t start = text.size() - 1;
  while (start > 0 && text.size() - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80)
    --start;
  return start + decode_at(text, start).size == text.size() ? start : text.size() - 1;
}

std::string_view strip_trailing_space(std::string_view text) {
  while (!text.empty()) {
    const size_t start = last_point_start(text);
    if (!is_space(decode_at(text, start).value)) break;
    text = text.substr(0, start);
  }
  return text;
}

}  // namespace reckon::text::jinja
