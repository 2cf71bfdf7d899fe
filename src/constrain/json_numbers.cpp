// Numbers of a JSON schema: ranges, spelled in decimal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "constrain/json_schema.hpp"

namespace reckon::constrain {
namespace {

constexpr int64_t kMost = 999'999'999'999'999;  // 15 digits

// The numbers between two of the same length, from digit `at` on, whose digits before are those of both.
Sequence digit_range(GrammarBuilder& builder, const std::string& low, const std::string& high,
                     size_t at = 0) {
  const auto digit = [&](char first, char last) {
    return builder.character({{static_cast<char32_t>(first), static_cast<char32_t>(last)}});
  };
  const auto rest = static_cast<uint32_t>(low.size() - at);
  if (low.find_first_not_of('0', at) == std::string::npos &&
      high.find_first_not_of('9', at) == std::string::npos)
    return builder.repeat({digit('0', '9')}, rest, rest);
  if (low[at] == high[at]) return joined({digit(low[at], low[at])}, digit_range(builder, low, high, at + 1));
  const std::string nines(low.size(), '9'), zeros(low.size(), '0');
  std::vector<Sequence> ways;
  ways.push_back(joined({digit(low[at], low[at])}, digit_range(builder, low, nines, at + 1)));
  if (high[at] - low[at] > 1) {
    ways.push_back(joined({digit(static_cast<char>(low[at] + 1), static_cast<char>(high[at] - 1))},
                          builder.repeat({digit('0', '9')}, rest - 1, rest - 1)));
  }
  ways.push_back(joined({digit(high[at], high[at])}, digit_range(builder, zeros, high, at + 1)));
  return {builder.choice(std::move(ways))};
}

// 0 <= least
void add_magnitudes(GrammarBuilder& builder, const char* sign, int64_t least, int64_t most,
                    std::vector<Sequence>& ways) {
  for (int64_t first = least; first <= most;) {
    const size_t length = std::to_string(first).size();
    const int64_t last = std::min(most, static_cast<int64_t>(std::pow(10, length)) - 1);
    ways.push_back(
        joined(builder.literal(sign), digit_range(builder, std::to_string(first), std::to_string(last))));
    first = last + 1;
  }
}

}  // namespace

Symbol integer_range(GrammarBuilder& builder, int64_t least, int64_t most) {
  std::vector<Sequence> ways;
  add_magnitudes(builder, "", std::max<int64_t>(least, 0), most, ways);
  add_magnitudes(builder, "-", std::max<int64_t>(-most, 1), -least, ways);
  return builder.choice(std::move(ways));
}

SchemaCompiler::Range SchemaCompiler::range_of(const Json& schema) {
  Range range;
  for (const char* key : {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}) {
    const Json* at = schema.find(key);
    if (at == nullptr) continue;
    const bool exclusive = key[0] == 'e';
    const bool low = std::string_view(key).find("inimum") != std::string_view::npos;
    const double value = at->number();
    Bound& bound = low ? range.least : range.most;
    const bool closer = low ? value > bound.value : value < bound.value;
    if (closer || (value == bound.value && exclusive)) bound = {value, exclusive};
  }
  return range;
}

Symbol SchemaCompiler::integer(const Json& schema, const std::string& path) {
  const Range range = range_of(schema);
  constexpr auto kLimit = static_cast<double>(kMost);
  double least = std::ceil(range.least.value), most = std::floor(range.most.value);
  if (range.least.exclusive && least == range.least.value) least++;
  if (range.most.exclusive && most == range.most.value) most--;
  least = std::max(least, -kLimit);
  most = std::min(most, kLimit);
  if (least > most) fail(path, "its bounds leave no integer of at most 15 digits");
  return integer_range(builder_, static_cast<int64_t>(least), static_cast<int64_t>(most));
}

// The numbers with this sign whose magnitude is from least to most, both whole.
void SchemaCompiler::add_fractional(const char* sign, Bound least, Bound most, std::vector<Sequence>& ways) {
  const auto low = static_cast<int64_t>(least.value), high = static_cast<int64_t>(most.value);
  const auto whole = [&](int64_t value) { return builder_.literal(sign + std::to_string(value)); };
  if (low < high) {
    ways.push_back(joined(whole(low), least.exclusive ? text_.nonzero_fraction() : text_.fraction()));
    if (low + 1 < high) {
      std::vector<Sequence> between;
      add_magnitudes(builder_, sign, low + 1, high - 1, between);
      ways.push_back(joined({builder_.choice(std::move(between))}, text_.fraction()));
    }
  }
  if (low <= high && !most.exclusive && (low < high || !least.exclusive))
    ways.push_back(joined(whole(high), text_.zero_fraction()));
}

Symbol SchemaCompiler::number(const Json& schema, const std::string& path) {
  Range range = range_of(schema);
  if (std::isinf(range.least.value) && std::isinf(range.most.value)) return text_.number();
  for (Bound* b : {&range.least, &range.most}) {
    if (!std::isinf(b->value) && b->value != std::floor(b->value))
      fail(path, fmt::format("a bound of {} for a number; expected a whole one (or type integer)", b->value));
  }
  constexpr auto kLimit = static_cast<double>(kMost);
  const Bound least = std::max(range.least, Bound{-kLimit, false}, by_value),
              most = std::min(range.most, Bound{kLimit, false}, by_value);
  if (least.value > most.value) fail(path, "its bounds leave no number of at most 15 digits");
  std::vector<Sequence> ways;
  if (most.value >= 0) add_fractional("", std::max(least, Bound{0, false}, by_value), most, ways);
  if (least.value < 0) {
    const Bound low{-most.value, most.exclusive}, high{-least.value, least.exclusive};
    add_fractional("-", std::max(low, Bound{0, false}, by_value), high, ways);
  }
  if (ways.empty()) fail(path, "its bounds leave no number of at most 15 digits");
  return builder_.choice(std::move(ways));
}

}  // namespace reckon::constrain
