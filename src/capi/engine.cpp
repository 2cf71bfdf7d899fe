#include <reckon/engine.hpp>

#include "capi/handles.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

struct reckon_engine {
  Engine engine;
};

template <>
reckon_engine_options capi::defaults() noexcept {
  return {};
}

void reckon_engine_options_init(reckon_engine_options* options, size_t size) { init(options, size); }

namespace {

EngineOptions engine_options(const reckon_engine_options* options) {
  const reckon_engine_options o = read(options, "options");
  return {.max_positions = o.max_positions, .cache_type = cache_type(o.cache_type, "options.cache_type")};
}

std::vector<BatchRow> batch_rows(const reckon_batch_row* rows, size_t count) {
  std::vector<BatchRow> own;
  for (const reckon_batch_row& r : require_array(rows, count, "rows")) {
    own.push_back({r.sequence, r.token, r.logits != 0});
  }
  return own;
}

Engine& of(reckon_engine* engine) { return require(engine, "engine").engine; }
const Engine& of(const reckon_engine* engine) { return require(engine, "engine").engine; }

}  // namespace

reckon_status reckon_engine_new(const reckon_model* model, const reckon_engine_options* options,
                                reckon_engine** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_engine{Engine(require(model, "model").model, engine_options(options))};
  });
}

void reckon_engine_free(reckon_engine* engine) { delete engine; }

reckon_status reckon_engine_add_sequence(reckon_engine* engine, uint32_t* out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = of(engine).add_sequence();
  });
}

reckon_status reckon_engine_fork(reckon_engine* engine, uint32_t sequence, uint32_t* out,
                                 reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = of(engine).fork(sequence);
  });
}

reckon_status reckon_engine_branch(const reckon_engine* engine, uint32_t sequence, reckon_engine** out,
                                   reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_engine{of(engine).branch(sequence)};
  });
}

reckon_status reckon_engine_rewind(reckon_engine* engine, uint32_t sequence, uint64_t positions,
                                   reckon_error** error) {
  return guard(error, [&] { of(engine).rewind(sequence, positions); });
}

reckon_status reckon_engine_remove(reckon_engine* engine, uint32_t sequence, reckon_error** error) {
  return guard(error, [&] { of(engine).remove(sequence); });
}

reckon_status reckon_engine_length(const reckon_engine* engine, uint32_t sequence, uint64_t* out,
                                   reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = of(engine).length(sequence);
  });
}

reckon_status reckon_engine_forward(reckon_engine* engine, const reckon_batch_row* rows, size_t count,
                                    reckon_error** error) {
  return guard(error, [&] { of(engine).forward(batch_rows(rows, count)); });
}

reckon_status reckon_engine_forward_until(reckon_engine* engine, const reckon_batch_row* rows, size_t count,
                                          reckon_stop_function stop, void* data, int32_t* done,
                                          reckon_error** error) {
  return guard(error, [&] {
    require(done, "done") = 0;
    *done = of(engine).forward(batch_rows(rows, count), stop_function(stop, data)) ? 1 : 0;
  });
}

reckon_status reckon_engine_logits(const reckon_engine* engine, size_t index, const float** out,
                                   size_t* count, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(count, "count");
    const std::span<const float> logits = of(engine).logits(index);
    *out = logits.data();
    *count = logits.size();
  });
}

uint64_t reckon_engine_kv_bytes(const reckon_engine* engine) {
  return engine == nullptr ? 0 : engine->engine.kv_bytes();
}

uint64_t reckon_engine_kv_page_positions(const reckon_engine* engine) {
  return engine == nullptr ? 0 : engine->engine.kv_page_positions();
}

uint64_t reckon_engine_kv_page_bytes(const reckon_engine* engine) {
  return engine == nullptr ? 0 : engine->engine.kv_page_bytes();
}

reckon_status reckon_engine_kv_page(const reckon_engine* engine, uint32_t sequence, size_t index,
                                    const void** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = of(engine).kv_page(sequence, index).data();
  });
}

reckon_status reckon_engine_import_kv(reckon_engine* engine, uint32_t sequence, uint64_t positions,
                                      reckon_page_function fill, void* data, reckon_error** error) {
  return guard(error, [&] {
    require(fill, "fill");
    of(engine).import_kv(sequence, positions, [&](size_t i, std::span<std::byte> page) {
      if (fill(data, i, page.data(), page.size()) == 0) return;
      throw Error(ErrorCode::io, "page " + std::to_string(i) + " was not given");
    });
  });
}
