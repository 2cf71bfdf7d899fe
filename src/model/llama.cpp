// R1-Distill-Llama-8B, 70B. The files' q and k rows are permuted so that rotations pair neighbours; Llama 3's
// frequency scaling comes as a tensor of divisors.
#include "model/architecture.hpp"

namespace reckon::model {

const Architecture kLlama = {
    .name = "llama",
    .rope_pairing = kernels::RopePairing::adjacent,
    .qkv_bias = false,
    .qk_norm = false,
    .rope_factors = true,
};

}  // namespace reckon::model
