#include "capi/handles.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

namespace {

reckon_model* new_model(Model model) {
  const reckon_model_info info = model_info(model.info());
  return new reckon_model{std::move(model), info};
}

const char* name_of(const reckon_reader& reader) { return reader.name == nullptr ? "(reader)" : reader.name; }

// The reader's data, released when the last copy of the function is gone.
ReadFunction read_function(const reckon_reader& reader) {
  const auto release = [call = reader.release](void* data) {
    if (call != nullptr) call(data);
  };
  const std::shared_ptr<void> data(reader.data, release);
  require(reader.read, "reader.read");
  return [call = reader.read, data, name = std::string(name_of(reader))](uint64_t offset,
                                                                         std::span<std::byte> to) -> size_t {
    const int64_t count = call(data.get(), offset, to.data(), to.size());
    if (count < 0) {
      throw Error(ErrorCode::io, name + ": the reader failed with " + std::to_string(count) + " at offset " +
                                     std::to_string(offset));
    }
    return static_cast<size_t>(count);
  };
}

}  // namespace

reckon_model_info capi::model_info(const ModelInfo& info) noexcept {
  reckon_model_info i{};
  i.size = sizeof i;
  i.file = info.file.c_str();
  i.name = info.name.c_str();
  i.architecture = info.architecture.c_str();
  i.file_type = info.file_type.c_str();
  i.parameters = info.parameters;
  i.file_bytes = info.file_bytes;
  i.context_length = info.context_length;
  i.kv_bytes_per_token = info.kv_bytes_per_token;
  i.gguf_version = info.gguf_version;
  i.layers = info.layers;
  i.hidden_size = info.hidden_size;
  i.ffn_size = info.ffn_size;
  i.heads = info.heads;
  i.kv_heads = info.kv_heads;
  i.head_dim = info.head_dim;
  i.vocab_size = info.vocab_size;
  i.tied_output = info.tied_output;
  i.has_chat_template = info.has_chat_template;
  i.has_think_tokens = info.has_think_tokens;
  return i;
}

reckon_status reckon_model_load(const char* path, const reckon_load_options* options, reckon_model** out,
                                reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new_model(Model::load(&require(path, "path"), load_options(options)));
  });
}

reckon_status reckon_model_embedded(const reckon_load_options* options, reckon_model** out,
                                    reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new_model(Model::embedded(load_options(options)));
  });
}

reckon_status reckon_model_from_memory(const void* bytes, size_t size, const char* name,
                                       const reckon_load_options* options, reckon_model** out,
                                       reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    const auto span = require_array(static_cast<const std::byte*>(bytes), size, "bytes");
    *out = new_model(Model::from_memory(span, name == nullptr ? "(memory)" : name, load_options(options)));
  });
}

reckon_status reckon_model_from_reader(const reckon_reader* reader, const reckon_load_options* options,
                                       reckon_model** out, reckon_error** error) {
  return guard(error, [&] {
    const reckon_reader r = read(&require(reader, "reader"), "reader");
    ReadFunction function = read_function(r);
    require(out, "out");
    *out =
        new_model(Model::from_reader(r.total_bytes, std::move(function), name_of(r), load_options(options)));
  });
}

void reckon_model_free(reckon_model* model) { delete model; }

const reckon_model_info* reckon_model_get_info(const reckon_model* model) {
  return model == nullptr ? nullptr : &model->info;
}

const char* reckon_model_isa(const reckon_model* model) {
  return model == nullptr ? "" : model->model.isa().c_str();
}

int32_t reckon_model_threads(const reckon_model* model) {
  return model == nullptr ? 0 : model->model.threads();
}

double reckon_model_load_ms(const reckon_model* model) {
  return model == nullptr ? 0 : model->model.load_ms();
}

reckon_status reckon_model_identity(const reckon_model* model, const char** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = require(model, "model").model.identity().c_str();
  });
}

uint64_t reckon_model_cache_bytes_per_token(const reckon_model* model, int32_t cache_type) {
  if (model == nullptr || (cache_type != RECKON_CACHE_F16 && cache_type != RECKON_CACHE_Q8_0)) return 0;
  return Model::cache_bytes_per_token(model->model.info(),
                                      cache_type == RECKON_CACHE_F16 ? CacheType::f16 : CacheType::q8_0);
}
