// What distinguishes the architectures, as data. One file each; a new one is a file and a line in
// find_architecture.
#pragma once

#include <string_view>

#include "kernels/kernels.hpp"

namespace reckon::model {

struct Architecture {
  const char* name;                   // general.architecture, and the prefix of its metadata keys
  kernels::RopePairing rope_pairing;  // which elements of a head a rotation pairs
  bool qkv_bias;                      // attn_q.bias, attn_k.bias, attn_v.bias
  bool qk_norm;                       // attn_q_norm, attn_k_norm: RMS norm of every head before the rotation
  bool rope_factors;                  // rope_freqs.weight may be there: divisors of the rotation frequencies
};

extern const Architecture kQwen2;
extern const Architecture kLlama;
extern const Architecture kQwen3;

// nullptr for one that reckon does not run.
const Architecture* find_architecture(std::string_view name);

// "qwen2, llama, qwen3", for messages.
std::string_view architecture_names();

}  // namespace reckon::model
