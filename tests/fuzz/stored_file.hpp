// Stored caches with right checksums around any content, which random bytes would never have.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "store/cache_file.hpp"

namespace reckon::fuzz {

// A file of two sections and pages, as src/store/cache_file.hpp describes it. `state` is taken as it is if it
// can't be read or has too many pages. Otherwise, if it is of no model, it becomes one of `kind`; and its
// pages are there with their checksums, all of bytes `fill`.
std::vector<std::byte> stored_file(store::FileKind file_kind, std::span<const std::byte> text,
                                   std::span<const std::byte> state, const store::CacheKind& kind,
                                   std::byte fill);

}  // namespace reckon::fuzz
