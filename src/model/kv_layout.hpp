// Where a layer's and head's block lies in a cache page. A page holds kernels::kKvBlockPositions positions of
// one sequence: the blocks of all layers and KV heads.
#pragma once

#include <optional>

#include <reckon/model.hpp>

#include "kernels/kernels.hpp"
#include "model/config.hpp"

namespace reckon::model {

// nullopt for a number that is no CacheType.
std::optional<kernels::KvType> kv_type_of(CacheType cache_type) noexcept;

struct KvLayout {
  size_t n_layers = 0;
  size_t n_kv_heads = 0;
  kernels::KvType type = kernels::KvType::f16;
  size_t block_bytes = 0;

  // Throws Error(invalid_argument) for a number that is no CacheType.
  explicit KvLayout(const Config& c, CacheType cache_type = CacheType::f16);
  size_t page_bytes() const { return n_layers * n_kv_heads * block_bytes; }
  size_t offset(size_t layer, size_t kv_head) const { return (layer * n_kv_heads + kv_head) * block_bytes; }
};

}  // namespace reckon::model
