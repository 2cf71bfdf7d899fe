#include "text/jinja/format_spec.hpp"

#include <fmt/format.h>

#include <cmath>

#include "text/jinja/code_points.hpp"
#include "text/jinja/printing.hpp"

namespace reckon::text::jinja {
namespace {

// Pads prefix (sign and base) and body to the width.
std::string pad(Runtime& runtime, const FormatSpec& spec, char default_align, std::string_view prefix,
                std::string_view body) {
  const uint64_t length = count_code_points(prefix) + count_code_points(body);
  const uint64_t missing = spec.width > length ? spec.width - length : 0;
  const char align = spec.align != 0 ? spec.align : default_align;
  const uint64_t left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
  TextBuilder out(runtime);
  if (align != '=') out.repeat(spec.fill, static_cast<Integer>(left));
  out.add(prefix);
  if (align == '=') out.repeat(spec.fill, static_cast<Integer>(missing));
  out.add(body);
  if (align != '=') out.repeat(spec.fill, static_cast<Integer>(missing - left));
  return out.take();
}

std::string sign_of(const FormatSpec& spec, bool negative) {
  if (negative) return "-";
  return spec.sign == '-' ? "" : std::string(1, spec.sign);
}

// Separators between thousands, before the fraction or exponent.
std::string group_digits(const FormatSpec& spec, std::string digits) {
  if (spec.grouping == 0) return digits;
  if (spec.align == '=') throw Failure("padding between sign and grouped digits is not supported");
  const size_t end = std::min(digits.find_first_not_of("0123456789"), digits.size());
  for (size_t at = end; at > 3; at -= 3) digits.insert(at - 3, 1, spec.grouping);
  return digits;
}

std::string digits_in_base(Integer value, unsigned base, bool upper) {
  std::string digits;
  do {
    const auto digit = static_cast<unsigned>(value % base);
    digits.insert(digits.begin(), (upper ? "0123456789ABCDEF" : "0123456789abcdef")[digit]);
    value /= base;
  } while (value != 0);
  return digits;
}

}  // namespace

std::optional<uint64_t> parse_count(Runtime& runtime, std::string_view text, size_t& position) {
  std::optional<uint64_t> count;
  for (; position < text.size() && text[position] >= '0' && text[position] <= '9'; ++position) {
    count = count.value_or(0) * 10 + static_cast<uint64_t>(text[position] - '0');
    runtime.check_length(*count);
  }
  return count;
}

FormatSpec parse_format_spec(Runtime& runtime, std::string_view text) {
  FormatSpec spec;
  size_t at = 0;
  const auto is_align = [&](size_t i) {
    return i < text.size() && std::string_view("<>^=").find(text[i]) != std::string_view::npos;
  };
  const auto take = [&](char c) { return at < text.size() && text[at] == c ? (++at, true) : false; };
  if (const size_t fill = text.empty() ? 0 : decode_at(text, 0).size; is_align(fill) && fill > 0) {
    spec.fill = text.substr(0, fill);
    spec.align = text[fill];
    at = fill + 1;
  } else if (is_align(0)) {
    spec.align = text[at++];
  }
  for (const char sign : {'+', '-', ' '}) {
    if (take(sign)) {
      spec.sign = sign;
      break;
    }
  }
  spec.alternate = take('#');
  if (take('0') && spec.align == 0) {
    spec.fill.assign(1, '0');
    spec.align = '=';
  }
  spec.width = parse_count(runtime, text, at).value_or(0);
  if (take(',')) spec.grouping = ',';
  if (take('_')) spec.grouping = '_';
  if (take('.')) {
    spec.precision = parse_count(runtime, text, at);
    if (!spec.precision) throw Failure("a format has a '.' without a precision");
  }
  if (at < text.size()) spec.type = text[at++];
  if (at != text.size()) throw Failure("invalid format '" + std::string(text) + "'");
  return spec;
}

std::string format_text(Runtime& runtime, const FormatSpec& spec, std::string_view text) {
  if ((spec.type != 0 && spec.type != 's') || spec.align == '=' || spec.sign != '-' || spec.grouping != 0 ||
      spec.alternate) {
    throw Failure("invalid format for a string");
  }
  if (spec.precision) text = text.substr(0, byte_offset(text, *spec.precision));
  return pad(runtime, spec, '<', "", text);
}

std::string format_integer(Runtime& runtime, const FormatSpec& spec, Integer value) {
  if (spec.type != 0 && std::string_view("eEfFgG%").find(spec.type) != std::string_view::npos) {
    return format_float(runtime, spec, static_cast<double>(value));
  }
  if (spec.precision) throw Failure("an integer's format can't have a precision");
  std::string prefix = sign_of(spec, value < 0);
  const std::string decimal = integer_digits(value);
  const std::string_view magnitude = std::string_view(decimal).substr(value < 0 ? 1 : 0);
  switch (spec.type) {
    case 0:
    case 'd': return pad(runtime, spec, '>', prefix, group_digits(spec, std::string(magnitude)));
    case 'b':
    case 'o':
    case 'x':
    case 'X': {
      if (value == std::numeric_limits<Integer>::min() || spec.grouping != 0) {
        throw Failure("this number's format is not supported");
      }
      const unsigned base = spec.type == 'b' ? 2 : spec.type == 'o' ? 8 : 16;
      if (spec.alternate) prefix += {'0', spec.type};
      return pad(runtime, spec, '>', prefix,
                 digits_in_base(value < 0 ? -value : value, base, spec.type == 'X'));
    }
    default: throw Failure(std::string("invalid format '") + spec.type + "' for an integer");
  }
}

std::string format_float(Runtime& runtime, const FormatSpec& spec, double value) {
  const std::string prefix = sign_of(spec, std::signbit(value) && !std::isnan(value));
  const double magnitude = std::fabs(value);
  const uint64_t precision = spec.precision.value_or(6);
  runtime.check_length(precision + 400);
  runtime.step_bytes(precision);
  const auto digits = static_cast<int>(precision);
  if (spec.alternate) throw Failure("'#' in a float's format is not supported");
  std::string body;
  switch (spec.type) {
    case 0:
      if (spec.precision) throw Failure("a float's format with a precision needs a type");
      body = float_repr(magnitude);
      break;
    case 'f':
    case 'F': body = fmt::format("{:.{}f}", magnitude, digits); break;
    case 'e': body = fmt::format("{:.{}e}", magnitude, digits); break;
    case 'E': body = fmt::format("{:.{}E}", magnitude, digits); break;
    case 'g': body = fmt::format("{:.{}g}", magnitude, digits); break;
    case 'G': body = fmt::format("{:.{}G}", magnitude, digits); break;
    case '%': body = fmt::format("{:.{}f}%", magnitude * 100, digits); break;
    default: throw Failure(std::string("invalid format '") + spec.type + "' for a float");
  }
  return pad(runtime, spec, '>', prefix, group_digits(spec, std::move(body)));
}

}  // namespace reckon::text::jinja
