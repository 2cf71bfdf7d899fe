// What an instruction set brings to the float kernels: a vector of 16 f32 lanes and these operations, each
// with one meaning, so that an algorithm written over them once gives the same bits everywhere (only the
// payload of a NaN may differ). Implemented in kernels/<isa>/float_vec.hpp.
//
// A kernel's translation unit is compiled with its set's flags. What it instantiates is told apart by the
// vector's type; std templates are kept out of it, since the linker would merge them across sets.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::kernels {

inline constexpr size_t kLanes = 16;

template <class V>
concept Vocabulary = requires(V a, V b, V c, const float* in, float* out, const uint16_t* half_in,
                              uint16_t* half_out, const int8_t* byte_in, float x, size_t n) {
  V::kRowBlock;  // rows and vectors of sums that attention keeps in registers
  V::kColumnBlock;

  V::zero();
  V::all(x);             // x in every lane
  V::load(in);           // any alignment
  V::load_first(in, n);  // lanes n.. are 0 and not read; n <= 16
  V::load_f16(half_in);  // exact
  V::load_i8(byte_in);   // the integers' values
  a.store(out);
  a.store_first(out, n);  // writes n lanes; n <= 16
  a.store_f16(half_out);  // to nearest, ties to even
  a.lane0();

  a + b, a - b, a *b, a / b;  // IEEE, one rounding each
  fma(a, b, c);               // a * b + c, one rounding
  fnma(a, b, c);              // c - a * b, one rounding
  greater(a, b);              // a > b ? a : b
  lesser(a, b);               // a < b ? a : b
  max_or_nan(a, b);           // a is NaN ? a : greater(a, b): NaN if either is
  select_first(n, a, b);      // lanes below n from a, the others from b; n <= 16
  scale_by_power(a, b);       // a * 2^b, one rounding; b whole numbers in [-160, 160], or NaN with a NaN
  swap_lanes<8>(a), swap_lanes<4>(a), swap_lanes<2>(a), swap_lanes<1>(a);  // lane i from lane i xor 8, ...

  load_pairs(in, a, b);    // 32 floats: even indices to a, odd ones to b
  store_pairs(out, a, b);  // the reverse
};

// The one order of every sum over lanes: i with i + 8, then i + 4, i + 2, i + 1.
template <Vocabulary V>
float sum_lanes(V x) {
  x = x + swap_lanes<8>(x);
  x = x + swap_lanes<4>(x);
  x = x + swap_lanes<2>(x);
  x = x + swap_lanes<1>(x);
  return x.lane0();
}

// NaN if any lane is.
template <Vocabulary V>
float max_lanes(V x) {
  x = max_or_nan(x, swap_lanes<8>(x));
  x = max_or_nan(x, swap_lanes<4>(x));
  x = max_or_nan(x, swap_lanes<2>(x));
  x = max_or_nan(x, swap_lanes<1>(x));
  return x.lane0();
}

}  // namespace reckon::kernels
