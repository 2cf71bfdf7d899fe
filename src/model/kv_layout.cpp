#include "model/kv_layout.hpp"

#include <fmt/format.h>

#include <reckon/error.hpp>

namespace reckon::model {
namespace {

kernels::KvType require_type(CacheType cache_type) {
  if (const auto type = kv_type_of(cache_type)) return *type;
  throw Error(ErrorCode::invalid_argument,
              fmt::format("cache_type {}; expected f16 or q8_0", static_cast<int>(cache_type)));
}

}  // namespace

std::optional<kernels::KvType> kv_type_of(CacheType cache_type) noexcept {
  switch (cache_type) {
    case CacheType::f16: return kernels::KvType::f16;
    case CacheType::q8_0: return kernels::KvType::q8_0;
  }
  return std::nullopt;
}

KvLayout::KvLayout(const Config& c, CacheType cache_type)
    : n_layers(c.n_layers),
      n_kv_heads(c.n_kv_heads),
      type(require_type(cache_type)),
      block_bytes(kernels::kv_block_bytes(type, c.head_dim)) {}

}  // namespace reckon::model
