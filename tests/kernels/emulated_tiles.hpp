// AMX tiles in plain C++, so that the products written for them are tested where the hardware lacks them.
#pragma once

#include <cstdint>
#include <cstring>
#include <stdexcept>

#include "kernels/amx/tiles.hpp"

namespace reckon::kernels {
namespace {

struct EmulatedTiles {
  // The hardware faults.
  static void expect(bool allowed) {
    if (!allowed) throw std::logic_error("a tile instruction that faults");
  }

  static void configure(const TileShape (&shapes)[kTiles]) {
    for (int t = 0; t < kTiles; t++) {
      expect(shapes[t].rows <= 16 && shapes[t].row_bytes <= 64);
      tile[t] = {shapes[t], {}};
    }
    configured = true;
  }
  static void release() { configured = false; }

  template <int kTile>
  static void zero() {
    expect(configured);
    std::memset(tile[kTile].bytes, 0, sizeof tile[kTile].bytes);
  }
  template <int kTile>
  static void load(const void* from, size_t stride) {
    zero<kTile>();
    const auto* at = static_cast<const uint8_t*>(from);
    for (size_t r = 0; r < tile[kTile].shape.rows; r++)
      std::memcpy(tile[kTile].bytes[r], at + r * stride, tile[kTile].shape.row_bytes);
  }
  template <int kTile>
  static void store(void* to, size_t stride) {
    expect(configured);
    auto* at = static_cast<uint8_t*>(to);
    for (size_t r = 0; r < tile[kTile].shape.rows; r++)
      std::memcpy(at + r * stride, tile[kTile].bytes[r], tile[kTile].shape.row_bytes);
  }
  template <int kSum, int kA, int kB, bool kUnsigned>
  static void dot() {
    expect(configured);
    Tile &sum = tile[kSum], &a = tile[kA], &b = tile[kB];
    expect(sum.shape.rows == a.shape.rows && sum.shape.row_bytes == b.shape.row_bytes);
    expect(a.shape.row_bytes == 4 * b.shape.rows);
    for (size_t m = 0; m < sum.shape.rows; m++) {
      int32_t row[16];
      std::memcpy(row, sum.bytes[m], sizeof row);
      for (size_t n = 0; n < sum.shape.row_bytes / 4u; n++) {
        for (size_t k = 0; k < a.shape.row_bytes; k++) {
          const uint8_t w = b.bytes[k / 4][4 * n + k % 4];
          const int x = static_cast<int8_t>(a.bytes[m][k]);
          row[n] += x * (kUnsigned ? static_cast<int>(w) : static_cast<int>(static_cast<int8_t>(w)));
        }
      }
      std::memcpy(sum.bytes[m], row, sizeof row);
    }
  }

 private:
  struct Tile {
    TileShape shape;
    uint8_t bytes[16][64];
  };
  static inline thread_local Tile tile[kTiles];
  static inline thread_local bool configured = false;
};

}  // namespace
}  // namespace reckon::kernels
