#include "run/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/model_impl.hpp"
#include "support/memory.hpp"

namespace reckon::run {
namespace {

constexpr uint32_t kDefaultPrefillChunk = 256;
constexpr uint32_t kMaxPrefillChunk = 1 << 16;

}  // namespace

uint64_t choose_context(const Model& model, uint64_t wanted, CacheType cache_type) {
  const ModelInfo& info = model.info();
  if (wanted == 0) return info.context_length;
  if (wanted < 2 || wanted > info.context_length) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("context {}; expected 2 to {}, the model's own", wanted, info.context_length));
  }
  const uint64_t needed = wanted * Model::cache_bytes_per_token(info, cache_type);
  const uint64_t available = std::min(support::available_memory(), model.impl().cache_budget.left());
  if (needed > available) {
    throw Error(ErrorCode::out_of_memory,
                fmt::format("a context of {} positions needs {} MiB of cache; {} MiB are available", wanted,
                            needed >> 20, available >> 20));
  }
  return wanted;
}

size_t choose_prefill_chunk(uint32_t wanted) {
  if (wanted > kMaxPrefillChunk) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("prefill_chunk {}; expected at most {}", wanted, kMaxPrefillChunk));
  }
  return wanted == 0 ? kDefaultPrefillChunk : wanted;
}

}  // namespace reckon::run
