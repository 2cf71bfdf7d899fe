#include "text/jinja/text_ops.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "text/jinja/code_points.hpp"

namespace reckon::text::jinja {
namespace {

bool is_line_end(char32_t point) {
  return (point >= 0x0A && point <= 0x0D) || (point >= 0x1C && point <= 0x1E) || point == 0x85 ||
         point == 0x2028 || point == 0x2029;
}

// How often something is to be done at most.
uint64_t times(Integer limit) {
  return limit < 0 || limit > INT64_MAX ? UINT64_MAX : static_cast<uint64_t>(limit);
}

constexpr size_t short_needle = 32;  // up to here a plain search is as good as linear

}  // namespace

uint64_t search_cost(std::string_view text, std::string_view wanted) {
  return uint64_t{text.size()} * (1 + std::min(wanted.size(), short_needle) / 4);
}

size_t find_in(std::string_view text, std::string_view wanted, size_t from) {
  if (wanted.size() <= short_needle || from > text.size()) return text.find(wanted, from);
  const void* found = memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size());
  return found == nullptr ? std::string_view::npos
                          : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

size_t find_last_in(std::string_view text, std::string_view wanted) {
  if (wanted.size() <= short_needle) return text.rfind(wanted);
  const std::string mirrored(text.rbegin(), text.rend());
  const std::string mirrored_wanted(wanted.rbegin(), wanted.rend());
  const size_t found = find_in(mirrored, mirrored_wanted);
  return found == std::string_view::npos ? found : text.size() - found - wanted.size();
}

std::string_view strip(std::string_view text, const std::string_view* chars, Side side) {
  const std::u32string wanted = chars != nullptr ? to_code_points(*chars) : std::u32string();
  const auto strips = [&](char32_t point) {
    return chars != nullptr ? wanted.find(point) != std::u32string::npos : is_space(point);
  };
  while (side != Side::right && !text.empty()) {
    const CodePoint point = decode_at(text, 0);
    if (!strips(point.value)) break;
    text.remove_prefix(point.size);
  }
  while (side != Side::left && !text.empty()) {
    const size_t start = last_point_start(text);
    if (!strips(decode_at(text, start).value)) break;
    text = text.substr(0, start);
  }
  return text;
}

std::string replace_all(Runtime& runtime, std::string_view text, std::string_view from, std::string_view to,
                        Integer limit) {
  runtime.step_bytes(search_cost(text, from));
  TextBuilder out(runtime);
  size_t at = 0;
  if (from.empty()) {  // before every code point and at the end
    for (uint64_t left = times(limit); left > 0; --left) {
      runtime.step();
      out.add(to);
      if (at == text.size()) return out.take();
      const size_t size = decode_at(text, at).size;
      out.add(text.substr(at, size));
      at += size;
    }
    out.add(text.substr(at));
    return out.take();
  }
  for (uint64_t left = times(limit); left > 0; --left) {
    const size_t found = find_in(text, from, at);
    if (found == std::string_view::npos) break;
    runtime.step();
    out.add(text.substr(at, found - at));
    out.add(to);
    at = found + from.size();
  }
  out.add(text.substr(at));
  return out.take();
}

std::vector<std::string_view> split_lines(Runtime& runtime, std::string_view text, bool keep_ends) {
  runtime.step_bytes(text.size());
  std::vector<std::string_view> lines;
  size_t start = 0;
  for (size_t at = 0; at < text.size();) {
    const CodePoint point = decode_at(text, at);
    size_t end = at + point.size;
    if (is_line_end(point.value)) {
      if (point.value == '\r' && end < text.size() && text[end] == '\n') ++end;
      runtime.step();
      lines.push_back(text.substr(start, (keep_ends ? end : at) - start));
      start = end;
    }
    at = end;
  }
  if (start < text.size()) lines.push_back(text.substr(start));
  return lines;
}

std::vector<std::string_view> split_on_space(Runtime& runtime, std::string_view text, Integer limit) {
  runtime.step_bytes(text.size());
  std::vector<std::string_view> parts;
  text.remove_prefix(leading_space(text));
  while (!text.empty()) {
    runtime.step();
    if (limit >= 0 && static_cast<Integer>(parts.size()) >= limit) {
      parts.push_back(text);
      break;
    }
    size_t end = 0;
    while (end < text.size() && !is_space(decode_at(text, end).value)) end += decode_at(text, end).size;
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end);
    text.remove_prefix(leading_space(text));
  }
  return parts;
}

std::vector<std::string_view> split_on_space_from_right(Runtime& runtime, std::string_view text,
                                                        Integer limit) {
  runtime.step_bytes(text.size());
  std::vector<std::string_view> parts;
  text = strip_trailing_space(text);
  while (!text.empty()) {
    runtime.step();
    if (limit >= 0 && static_cast<Integer>(parts.size()) >= limit) {
      parts.push_back(text);
      break;
    }
    size_t start = text.size();
    while (start > 0) {
      const size_t before = last_point_start(text.substr(0, start));
      if (is_space(decode_at(text, before).value)) break;
      start = before;
    }
    parts.push_back(text.substr(start));
    text = strip_trailing_space(text.substr(0, start));
  }
  std::reverse(parts.begin(), parts.end());
  return parts;
}

std::vector<std::string_view> split_on(Runtime& runtime, std::string_view text, std::string_view separator,
                                       Integer limit, bool from_right) {
  runtime.step_bytes(search_cost(text, separator));
  std::vector<std::string_view> parts;
  for (uint64_t left = times(limit); left > 0; --left) {
    const size_t found = from_right ? find_last_in(text, separator) : find_in(text, separator);
    if (found == std::string_view::npos) break;
    runtime.step_bytes(from_right && separator.size() > short_needle ? text.size() : 1);
    if (from_right) {
      parts.push_back(text.substr(found + separator.size()));
      text = text.substr(0, found);
    } else {
      parts.push_back(text.substr(0, found));
      text.remove_prefix(found + separator.size());
    }
  }
  parts.push_back(text);
  if (from_right) std::reverse(parts.begin(), parts.end());
  return parts;
}

std::string center(Runtime& runtime, std::string_view text, Integer width, std::string_view fill) {
  const auto length = static_cast<Integer>(count_code_points(text));
  TextBuilder out(runtime);
  if (width <= length) {
    out.add(text);
    return out.take();
  }
  const Integer margin = width - length;
  const Integer left = margin / 2 + (margin & width & 1);  // where Python puts the odd one
  out.repeat(fill, left);
  out.add(text);
  out.repeat(fill, margin - left);
  return out.take();
}

}  // namespace reckon::text::jinja
