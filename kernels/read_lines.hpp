// The plainest use of memory: every cache line of a range loaded once, at the widest loads the processor has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace reckon::kernels {

// The sum of the 64-bit words of `bytes` bytes, a multiple of 256, at an address that is a multiple of 64.
using SumWords = uint64_t (*)(const std::byte* data, size_t bytes);
SumWords best_sum_words();  // asks the processor what it has: not for inner loops

}  // namespace reckon::kernels
