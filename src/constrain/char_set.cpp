#include "constrain/char_set.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "text/utf8.hpp"

namespace reckon::constrain {
namespace {

constexpr CharRange kSurrogates{0xD800, 0xDFFF};

// Adds the spellings of a range whose ends have spellings of the same length. Where the bytes after the first
// that differs do not cover all their values, the range is cut there.
void spell(char32_t first, char32_t last, std::vector<std::vector<ByteSet>>& out) {
  std::string low, high;
  text::append_utf8(low, first);
  text::append_utf8(high, last);
  for (size_t i = 1; i < low.size(); i++) {
    const char32_t mask = (char32_t{1} << 6 * i) - 1;  // the payload of the last i bytes
    if ((first & ~mask) == (last & ~mask)) continue;
    if ((first & mask) != 0) {
      spell(first, first | mask, out);
      return spell((first | mask) + 1, last, out);
    }
    if ((last & mask) != mask) {
      spell(first, (last & ~mask) - 1, out);
      return spell(last & ~mask, last, out);
    }
  }
  std::vector<ByteSet> spelling;
  spelling.reserve(low.size());
  for (size_t i = 0; i < low.size(); i++)
    spelling.push_back(ByteSet::range(static_cast<uint8_t>(low[i]), static_cast<uint8_t>(high[i])));
  out.push_back(std::move(spelling));
}

// Spellings that differ in the first byte only become one.
std::vector<std::vector<ByteSet>> merged(const std::vector<std::vector<ByteSet>>& spellings) {
  std::map<std::vector<ByteSet>, ByteSet> firsts;  // by what follows
  for (const auto& s : spellings) firsts[{s.begin() + 1, s.end()}].insert(s.front());
  std::vector<std::vector<ByteSet>> out;
  for (const auto& [rest, first] : firsts) {
    auto& spelling = out.emplace_back(1, first);
    spelling.insert(spelling.end(), rest.begin(), rest.end());
  }
  return out;
}

}  // namespace

CharSet::CharSet(std::initializer_list<CharRange> ranges) {
  for (const CharRange& r : ranges) add(r.first, r.last);
}

void CharSet::add(char32_t first, char32_t last) {
  last = std::min(last, kLastCharacter);
  if (first < kSurrogates.first && last > kSurrogates.last) {
    append({first, kSurrogates.first - 1});
    append({kSurrogates.last + 1, last});
    return;
  }
  if (first >= kSurrogates.first && first <= kSurrogates.last) first = kSurrogates.last + 1;
  if (last >= kSurrogates.first && last <= kSurrogates.last) last = kSurrogates.first - 1;
  if (first <= last) append({first, last});
}

// Ranges that are there already, however often they come, take no more than as much memory again. Those that
// come in order stay normal.
void CharSet::append(CharRange range) {
  if (ranges_.empty()) normal_ = 0;  // of one that was moved from
  const bool follows = normal_ == ranges_.size() && (normal_ == 0 || range.first > ranges_.back().last + 1);
  ranges_.push_back(range);
  if (follows) normal_++;
  if (ranges_.size() < full_) return;
  full_ = 2 * ranges().size() + kFewRanges;
}

void CharSet::add(const CharSet& other) {
  for (const CharRange& r : other.ranges()) add(r.first, r.last);
}

const std::vector<CharRange>& CharSet::ranges() const& {
  if (normal_ >= ranges_.size()) return ranges_;
  const auto before = [](const CharRange& a, const CharRange& b) { return a.first < b.first; };
  const auto added = ranges_.begin() + static_cast<std::ptrdiff_t>(normal_);
  if (!std::is_sorted(added, ranges_.end(), before)) std::sort(added, ranges_.end(), before);
  std::inplace_merge(ranges_.begin(), added, ranges_.end(), before);
  auto last = ranges_.begin();  // of those that stay
  for (auto r = std::next(last); r != ranges_.end(); ++r) {
    if (r->first <= last->last + 1) {
      last->last = std::max(last->last, r->last);
    } else {
      *++last = *r;
    }
  }
  ranges_.erase(std::next(last), ranges_.end());
  normal_ = ranges_.size();
  return ranges_;
}

CharSet CharSet::complement() const {
  CharSet out;
  char32_t next = 0;
  for (const CharRange& r : ranges()) {
    if (r.first > next) out.add(next, r.first - 1);
    next = r.last + 1;
  }
  if (next <= kLastCharacter) out.add(next, kLastCharacter);
  return out;
}

CharSet CharSet::common(const CharSet& other) const { return without(other.complement()); }

CharSet CharSet::without(const CharSet& other) const {
  CharSet outside = complement();
  outside.add(other);
  return outside.complement();
}

bool CharSet::contains(char32_t c) const {
  auto after = std::upper_bound(ranges().begin(), ranges().end(), c,
                                [](char32_t v, const CharRange& r) { return v < r.first; });
  return after != ranges().begin() && c <= std::prev(after)->last;
}

std::vector<std::vector<ByteSet>> utf8_spellings(const CharSet& set) {
  static constexpr char32_t kLengthEnds[] = {0x7F, 0x7FF, 0xFFFF, kLastCharacter};
  std::vector<std::vector<ByteSet>> spellings;
  for (CharRange r : set.ranges()) {
    for (char32_t end : kLengthEnds) {
      if (r.first > end) continue;
      spell(r.first, std::min(r.last, end), spellings);
      if (r.last <= end) break;
      r.first = end + 1;
    }
  }
  return merged(spellings);
}

}  // namespace reckon::constrain
