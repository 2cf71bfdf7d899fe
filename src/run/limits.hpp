// Limits that sessions and batches have in common: what an option's 0 stands for, and what is refused.
#pragma once

#include <cstddef>
#include <cstdint>

#include <reckon/model.hpp>

namespace reckon::run {

// Most positions of a sequence; 0: the model's context length. Throws Error(invalid_argument |
// out_of_memory).
uint64_t choose_context(const Model& model, uint64_t wanted, CacheType cache_type);
// Prompt tokens per step. Throws Error(invalid_argument).
size_t choose_prefill_chunk(uint32_t wanted);

}  // namespace reckon::run
