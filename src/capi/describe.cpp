#include <algorithm>

#include "capi/block.hpp"
#include "capi/handles.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

struct reckon_description {
  ModelDescription description;
  reckon_model_info info;  // its texts are the description's
};

namespace {

// nullptr for NULL and past the end.
const TensorInfo* tensor(const reckon_description* d, size_t index) {
  return d == nullptr || index >= d->description.tensors.size() ? nullptr : &d->description.tensors[index];
}

const std::pair<std::string, std::string>* entry(const reckon_description* d, size_t index) {
  return d == nullptr || index >= d->description.metadata.size() ? nullptr : &d->description.metadata[index];
}

}  // namespace

reckon_status reckon_describe(const char* path, reckon_description** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    auto d = std::make_unique<reckon_description>();
    d->description = path == nullptr ? Model::describe_embedded() : Model::describe(path);
    d->info = model_info(d->description.info);
    *out = d.release();
  });
}

void reckon_description_free(reckon_description* description) { delete description; }

const reckon_model_info* reckon_description_get_info(const reckon_description* description) {
  return description == nullptr ? nullptr : &description->info;
}

size_t reckon_description_key_count(const reckon_description* description) {
  return description == nullptr ? 0 : description->description.metadata.size();
}

const char* reckon_description_key(const reckon_description* description, size_t index) {
  const auto* e = entry(description, index);
  return e == nullptr ? nullptr : e->first.c_str();
}

const char* reckon_description_value(const reckon_description* description, size_t index) {
  const auto* e = entry(description, index);
  return e == nullptr ? nullptr : e->second.c_str();
}

size_t reckon_description_tensor_count(const reckon_description* description) {
  return description == nullptr ? 0 : description->description.tensors.size();
}

const char* reckon_description_tensor_name(const reckon_description* description, size_t index) {
  const TensorInfo* t = tensor(description, index);
  return t == nullptr ? nullptr : t->name.c_str();
}

const char* reckon_description_tensor_type(const reckon_description* description, size_t index) {
  const TensorInfo* t = tensor(description, index);
  return t == nullptr ? nullptr : t->type.c_str();
}

size_t reckon_description_tensor_shape(const reckon_description* description, size_t index, uint64_t* shape,
                                       size_t capacity) {
  const TensorInfo* t = tensor(description, index);
  if (t == nullptr) return 0;
  if (shape != nullptr) std::copy_n(t->shape.begin(), std::min(capacity, t->shape.size()), shape);
  return t->shape.size();
}

uint64_t reckon_description_tensor_bytes(const reckon_description* description, size_t index) {
  const TensorInfo* t = tensor(description, index);
  return t == nullptr ? 0 : t->bytes;
}

reckon_status reckon_description_estimate_memory(const reckon_description* description, uint64_t context,
                                                 int32_t type, reckon_memory_estimate** out,
                                                 reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    const MemoryEstimate e = Model::estimate_memory(require(description, "description").description, context,
                                                    cache_type(type, "cache_type"));
    Block<reckon_memory_estimate> block(1, 0);
    block[0] = {.size = sizeof(reckon_memory_estimate),
                .weights = e.weights,
                .in_file = e.in_file,
                .kv_cache = e.kv_cache,
                .scratch = e.scratch,
                .total = e.total,
                .available = e.available};
    *out = block.release();
  });
}
