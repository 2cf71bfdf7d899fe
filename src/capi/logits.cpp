#include <algorithm>

#include <reckon/engine.hpp>
#include <reckon/sampling.hpp>

#include "capi/block.hpp"
#include "capi/boundary.hpp"

using namespace reckon;
using namespace reckon::capi;

uint64_t reckon_hash_logits(const float* logits, size_t count) {
  return logits == nullptr ? 0 : hash_logits({logits, count});
}

reckon_status reckon_logprob(const float* logits, size_t count, int32_t token, double* out,
                             reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = logprob(require_array(logits, count, "logits"), token);
  });
}

reckon_status reckon_top_logprobs(const float* logits, size_t count, size_t k, reckon_token_probability** out,
                                  size_t* out_count, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(out_count, "out_count");
    const auto top = top_logprobs(require_array(logits, count, "logits"), k);
    Block<reckon_token_probability> block(top.size(), 0);
    for (size_t i = 0; i < top.size(); i++) {
      block[i].logprob = top[i].logprob;
      block[i].token = top[i].token;
    }
    *out = block.release();
    *out_count = top.size();
  });
}
