// The checksum of everything that is stored: XXH3, which reads memory faster than any disk delivers. It finds
// damage, not forgery.
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace reckon::store {

inline uint64_t checksum(std::span<const std::byte> bytes) noexcept {
  return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace reckon::store
