// Whether a range holds a value.
#pragma once

#include <algorithm>
#include <iterator>

namespace reckon::support {

template <class Range, class T>
constexpr bool contains(const Range& range, const T& value) {
  return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

}  // namespace reckon::support
