// Many generations at once on one model: every step computes the next token of each of them, so that the
// weights are read once for all (continuous batching: a sequence that ends makes room for the next one at
// that step).
//
// What a sample gives does not depend on what runs beside it: it is, token for token, what Session gives for
// the same messages, options and seed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <reckon/error.hpp>
#include <reckon/event.hpp>
#include <reckon/export.hpp>
#include <reckon/generation.hpp>
#include <reckon/model.hpp>

namespace reckon {

// How a batch runs.
struct BatchOptions {
  uint32_t parallel = 16;  // samples that generate at once, 1 to 256; those beyond wait
  uint64_t context = 0;    // most positions of a sample, 2 to the model's context length; 0: that
  CacheType cache_type = CacheType::f16;  // of all samples
  uint32_t prefill_chunk = 0;  // prompt tokens per step, of all samples together, at most 65,536; 0: 256
};

// Of a request, in the order of add(); unique within a batch.
using RequestId = uint64_t;

// One prompt and how often it is to be answered. The prompt is computed once and shared.
struct BatchRequest {
  std::vector<Message> messages = {};               // put through the model's template, or
  std::optional<std::string> text = {};             // a text that is not (tags in it are tokens), or
  std::optional<std::vector<TokenId>> tokens = {};  // tokens, taken as they are; not several of these
  GenerateOptions options = {};                     // sample i has the seed options.sampling.seed + i
  uint32_t samples = 1;                             // 1 to 65,536
  // Events of every sample, on the thread of step(). false ends that sample. May be empty.
  std::function<bool(uint32_t sample, const Event&)> on_event = {};
};

// A sample that has ended: with a generation, or with the error that ended it: out_of_memory, bad_numbers,
// unsupported, or an Error that its on_event threw.
struct BatchResult {
  RequestId request = 0;       // as add() returned it
  uint32_t sample = 0;         // index within the request
  Generation generation;       // empty if there is an error
  std::optional<Error> error;  // none if it ended with a generation
};

// Not shareable between threads, but for the functions that say so. Keeps the model alive.
//
//   Batch batch(model, {.parallel = 8});
//   BatchRequest request;
//   request.messages = messages;
//   request.samples = 4;
//   request.on_event = [](uint32_t sample, const Event& event) {
//     if (event.phase == Phase::answer) std::cerr << sample << ": " << event.text << '\n';
//     return true;
//   };
//   RequestId id = batch.add(request);
//   while (!batch.idle()) {
//     for (const BatchResult& r : batch.step()) {
//       std::cout << r.sample << ": " << (r.error ? r.error->what() : r.generation.answer) << '\n';
//     }
//     std::cerr << batch.running() << " run, " << batch.waiting() << " wait\n";
//   }
//
// A long prompt's step takes seconds where models are large. A program that may be told to end:
//
//   std::atomic<bool> enough = false;  // set by another thread
//   while (!batch.idle() && !enough) batch.step([&] { return enough.load(); });
//
// Meanwhile, on another thread:
//
//   batch.end_thinking(id, 0);
//   batch.add_budget(id, 1, 500);
//   batch.cancel(id, 1);
//   batch.cancel(id);
class RECKON_API Batch {
 public:
  // Throws Error(invalid_argument) naming the option, Error(out_of_memory).
  explicit Batch(const Model& model, const BatchOptions& options = {});
  // Drops what runs and waits, without events or results. Not from a callback of this batch.
  ~Batch();
  // What was moved from can be destroyed or assigned to, and nothing else.
  Batch(Batch&&) noexcept;
  // As above; what this one held is let go as by the destructor.
  Batch& operator=(Batch&&) noexcept;

  // Takes a request; nothing is computed yet. Requests begin in the order in which they came. Throws
  // Error(invalid_argument | template_error | context_full | out_of_memory | unsupported: the model has no
  // template), and then has not taken it.
  RequestId add(BatchRequest request);

  // One step of everything that runs. Returns the samples that ended in it, often none. Where memory runs
  // out, the sample that began last waits until others have ended, and is computed again from its tokens; a
  // sample that does not fit alone ends with the error. Throws Error(io) if the model's file has changed,
  // Error(malformed_file) if a number in it is not finite, Error(out_of_memory) where there is none for the
  // batch itself, and what callbacks throw: an Error of theirs is the sample's result, of one that throws
  // anything else there is none. The others can go on: what has ended comes with the next step. Throws
  // Error(invalid_argument) if a callback of this batch calls it.
  std::vector<BatchResult> step();
  // The same, but `stop` is asked before each of the model's layers; true gives up what is being computed,
  // which the next step computes again. An empty one never stops. What `stop` throws is thrown. It must not
  // wait for a thread that uses the model, and what it begins on the model is an Error(invalid_argument).
  std::vector<BatchResult> step(const std::function<bool()>& stop);

  bool idle() const;         // every sample has ended, and step() has returned it
  uint32_t running() const;  // samples that generate now
  uint32_t waiting() const;  // samples that have not begun, or wait for memory

  // From any thread. Ends the request's samples at the next step, also those that have not begun (which give
  // no event); their results have the finish reason `cancelled`. Ids that are not known any more are ignored.
  void cancel(RequestId request);
  // The same, of one sample. Throws Error(out_of_memory).
  void cancel(RequestId request, uint32_t sample);
  // From any thread, of one sample that generates: as Session::end_thinking().
  void end_thinking(RequestId request, uint32_t sample);
  // The same, as Session::add_budget().
  void add_budget(RequestId request, uint32_t sample, uint64_t tokens);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reckon
