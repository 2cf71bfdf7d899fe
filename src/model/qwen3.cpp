// R1-0528-Qwen3-8B.
#include "model/architecture.hpp"

namespace reckon::model {

const Architecture kQwen3 = {
    .name = "qwen3",
    .rope_pairing = kernels::RopePairing::halves,
    .qkv_bias = false,
    .qk_norm = true,
    .rope_factors = false,
};

}  // namespace reckon::model
