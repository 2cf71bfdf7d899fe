// The vocabulary of tile products on AMX: eight tile registers of up to 16 rows of 64 bytes. Written as
// instructions of its own: GCC 12's intrinsics need literal register numbers, and its _tile_loadconfig
// declares 8 of the 64 bytes it reads.
//
// Per product of 16 x 16 x 64 (16,384 multiply-adds) a core of the first generations needs 16 cycles, per
// load of a tile from L1 eight.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::kernels {
namespace {

constexpr int kTiles = 8;

struct TileShape {
  uint8_t rows = 0;
  uint16_t row_bytes = 0;
};

struct Tiles {
  // Sets the shapes, for this thread; all tiles become zero.
  static void configure(const TileShape (&shapes)[kTiles]) {
    struct alignas(64) {
      uint8_t palette = 1, start_row = 0, reserved[14] = {};
      uint16_t row_bytes[16] = {};
      uint8_t rows[16] = {};
    } config;
    static_assert(sizeof config == 64);
    for (int t = 0; t < kTiles; t++) {
      config.row_bytes[t] = shapes[t].row_bytes;
      config.rows[t] = shapes[t].rows;
    }
    __asm__ volatile("ldtilecfg %0" : : "m"(config));
  }
  // Without tiles in use, the system has less to save when it switches threads.
  static void release() { __asm__ volatile("tilerelease"); }

  template <int kTile>
  static inline __attribute__((always_inline)) void zero() {
    __asm__ volatile("tilezero %%tmm%c0" : : "i"(kTile));
  }
  template <int kTile>
  static inline __attribute__((always_inline)) void load(const void* from, size_t stride) {
    __asm__ volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(from), "r"(stride), "i"(kTile) : "memory");
  }
  template <int kTile>
  static inline __attribute__((always_inline)) void store(void* to, size_t stride) {
    __asm__ volatile("tilestored %%tmm%c2, (%0,%1,1)" : : "r"(to), "r"(stride), "i"(kTile) : "memory");
  }
  // sum (rows of a, int32 columns of b) += a * b; a (rows, bytes): int8; b (bytes / 4, columns, 4): int8, or
  // uint8 if kUnsigned
  template <int kSum, int kA, int kB, bool kUnsigned>
  static inline __attribute__((always_inline)) void dot() {
    if constexpr (kUnsigned)
      __asm__ volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSum), "i"(kA), "i"(kB));
    else
      __asm__ volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" : : "i"(kSum), "i"(kA), "i"(kB));
  }
};

}  // namespace
}  // namespace reckon::kernels
