// Room made beforehand, so that what follows can't fail.
#pragma once

#include <algorithm>
#include <vector>

namespace reckon::run {

// For `n` more elements, growing as push_back() does.
template <class T>
void reserve_more(std::vector<T>& v, size_t n) {
  if (v.capacity() - v.size() < n) v.reserve(std::max(v.size() + n, 2 * v.capacity()));
}

}  // namespace reckon::run
