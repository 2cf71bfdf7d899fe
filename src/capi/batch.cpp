#include <reckon/batch.hpp>

#include <list>
#include <memory>
#include <vector>

#include "capi/handles.hpp"
#include "capi/options.hpp"
#include "capi/prompt.hpp"
#include "capi/result.hpp"

using namespace reckon;
using namespace reckon::capi;

struct reckon_batch {
  Batch batch;
  std::list<std::vector<BatchResult>> ended;  // of each step, until all of it is taken
  size_t n_taken = 0;                         // of the first of those steps
};

template <>
reckon_batch_options capi::defaults() noexcept {
  reckon_batch_options o{};
  o.parallel = BatchOptions{}.parallel;
  return o;
}

template <>
reckon_batch_request capi::defaults() noexcept {
  reckon_batch_request r{};
  r.samples = 1;  // as BatchRequest, which takes memory
  return r;
}

void reckon_batch_options_init(reckon_batch_options* options, size_t size) { init(options, size); }
void reckon_batch_request_init(reckon_batch_request* request, size_t size) { init(request, size); }

namespace {

// What a reckon_batch_result points into comes with it.
struct OwnedBatchResult : reckon_batch_result {
  OwnedBatchResult() : reckon_batch_result{} {}

  BatchResult ended;
  ResultView view;
};

BatchOptions batch_options(const reckon_batch_options* options) {
  const reckon_batch_options o = read(options, "options");
  return {.parallel = o.parallel,
          .context = o.context,
          .cache_type = cache_type(o.cache_type, "options.cache_type"),
          .prefill_chunk = o.prefill_chunk};
}

void set_prompt(OwnPrompt prompt, BatchRequest& request) {
  if (auto* list = std::get_if<std::vector<Message>>(&prompt)) {
    request.messages = std::move(*list);
  } else if (auto* text = std::get_if<std::string>(&prompt)) {
    request.text = std::move(*text);
  } else {
    request.tokens = std::get<std::vector<TokenId>>(std::move(prompt));
  }
}

BatchRequest batch_request(const reckon_batch_request* request) {
  const reckon_batch_request r = read(&require(request, "request"), "request");
  BatchRequest own;
  set_prompt(own_prompt(r.prompt), own);
  own.options = generate_options(r.options);
  own.samples = r.samples;
  if (r.on_event == nullptr) return own;
  own.on_event = [call = r.on_event, data = r.data, text = std::string()](uint32_t sample,
                                                                          const Event& event) mutable {
    text = event.text;
    const reckon_event e = event_of(event, text);
    return call(data, sample, &e) == 0;
  };
  return own;
}

void show(OwnedBatchResult& r) {
  r.size = sizeof(reckon_batch_result);
  r.request = r.ended.request;
  r.sample = r.ended.sample;
  r.status = r.ended.error ? status_of(r.ended.error->code()) : RECKON_OK;
  r.message = r.ended.error ? r.ended.error->what() : "";
  if (r.ended.error) return;
  r.view.show(r.ended.generation);
  r.result = &r.view;
}

}  // namespace

reckon_status reckon_batch_new(const reckon_model* model, const reckon_batch_options* options,
                               reckon_batch** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_batch{Batch(require(model, "model").model, batch_options(options)), {}, 0};
  });
}

void reckon_batch_free(reckon_batch* batch) { delete batch; }

reckon_status reckon_batch_add(reckon_batch* batch, const reckon_batch_request* request, uint64_t* id,
                               reckon_error** error) {
  return guard(error, [&] {
    require(id, "id");
    *id = require(batch, "batch").batch.add(batch_request(request));
  });
}

reckon_status reckon_batch_step(reckon_batch* batch, reckon_error** error) {
  return reckon_batch_step_until(batch, nullptr, nullptr, error);
}

reckon_status reckon_batch_step_until(reckon_batch* batch, reckon_stop_function stop, void* data,
                                      reckon_error** error) {
  return guard(error, [&] {
    reckon_batch& b = require(batch, "batch");
    std::list<std::vector<BatchResult>> step(1);  // before the step, as what ended in it must find room
    step.front() = b.batch.step(stop_function(stop, data));
    if (!step.front().empty()) b.ended.splice(b.ended.end(), step);
  });
}

reckon_status reckon_batch_take(reckon_batch* batch, reckon_batch_result** out, reckon_error** error) {
  return guard(error, [&] {
    reckon_batch& b = require(batch, "batch");
    require(out, "out") = nullptr;
    if (b.ended.empty()) return;
    auto r = std::make_unique<OwnedBatchResult>();
    BatchResult& next = b.ended.front()[b.n_taken];
    std::swap(r->ended, next);
    try {
      show(*r);
    } catch (...) {
      std::swap(r->ended, next);
      throw;
    }
    if (++b.n_taken == b.ended.front().size()) {
      b.ended.pop_front();
      b.n_taken = 0;
    }
    *out = r.release();
  });
}

void reckon_batch_result_free(reckon_batch_result* result) { delete static_cast<OwnedBatchResult*>(result); }

int32_t reckon_batch_idle(const reckon_batch* batch) { return batch == nullptr || batch->batch.idle(); }

uint32_t reckon_batch_running(const reckon_batch* batch) {
  return batch == nullptr ? 0 : batch->batch.running();
}

uint32_t reckon_batch_waiting(const reckon_batch* batch) {
  return batch == nullptr ? 0 : batch->batch.waiting();
}

reckon_status reckon_batch_cancel(reckon_batch* batch, uint64_t request, reckon_error** error) {
  return guard(error, [&] { require(batch, "batch").batch.cancel(request); });
}

reckon_status reckon_batch_cancel_sample(reckon_batch* batch, uint64_t request, uint32_t sample,
                                         reckon_error** error) {
  return guard(error, [&] { require(batch, "batch").batch.cancel(request, sample); });
}

reckon_status reckon_batch_end_thinking(reckon_batch* batch, uint64_t request, uint32_t sample,
                                        reckon_error** error) {
  return guard(error, [&] { require(batch, "batch").batch.end_thinking(request, sample); });
}

reckon_status reckon_batch_add_budget(reckon_batch* batch, uint64_t request, uint32_t sample, uint64_t tokens,
                                      reckon_error** error) {
  return guard(error, [&] { require(batch, "batch").batch.add_budget(request, sample, tokens); });
}
