// R1-Distill-Qwen-1.5B, 7B, 14B, 32B.
#include "model/architecture.hpp"

namespace reckon::model {

const Architecture kQwen2 = {
    .name = "qwen2",
    .rope_pairing = kernels::RopePairing::halves,
    .qkv_bias = true,
    .qk_norm = false,
    .rope_factors = false,
};

}  // namespace reckon::model
