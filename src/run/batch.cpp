#include <reckon/batch.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <list>
#include <mutex>

#include "run/limits.hpp"
#include "run/reserve_more.hpp"
#include "run/sample_group.hpp"
#include "run/step.hpp"
#include "support/in_use.hpp"
#include "support/within_memory.hpp"

namespace reckon {

using run::Sample;
using run::SampleGroup;

struct RECKON_LOCAL Batch::Impl {
  Impl(const Model& m, const BatchOptions& options);

  void admit();
  Sample* next_sample();
  void step(const std::function<bool()>& stop);
  void make_room(const Error& error);
  void drop_cancelled();
  void collect();
  BatchResult result_of(Sample& sample);
  void remove_ended();
  SampleGroup* find(RequestId id);
  run::Requests* requests(RequestId id, uint32_t sample);

  Model model;
  Engine engine;
  uint32_t parallel;
  uint64_t context;
  size_t prefill_chunk;
  RequestId next_id = 0;
  std::mutex mutex;  // over what other threads' calls look at: groups and their samples
  std::list<std::unique_ptr<SampleGroup>> groups;  // in the order in which they came
  std::vector<Sample*> running;                    // the one that began last is last
  std::deque<Sample*> parked;                      // wait for memory
  bool room_made = false;                          // a sample has ended since one was parked
  std::vector<std::pair<Sample*, Error>> failed;
  std::vector<BatchResult> results;  // not given out yet
  bool in_step = false;
};

Batch::Impl::Impl(const Model& m, const BatchOptions& options)
    : model(m),
      engine(m, {.cache_type = options.cache_type}),
      parallel(options.parallel),
      context(run::choose_context(m, options.context, options.cache_type)),
      prefill_chunk(run::choose_prefill_chunk(options.prefill_chunk)) {
  constexpr uint32_t kMostParallel = 256;
  if (parallel < 1 || parallel > kMostParallel) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("parallel {}; expected 1 to {}", parallel, kMostParallel));
  }
  running.reserve(parallel);  // a sample that has begun has its place
}

// Samples that lost their place to memory come first, once another has ended; at once those that were
// cancelled, which end without a row.
Sample* Batch::Impl::next_sample() {
  if (!parked.empty()) {
    const auto cancelled = std::ranges::find_if(parked, [](Sample* s) { return s->turn().cancelled(); });
    const bool none = cancelled == parked.end();
    if (none && !running.empty() && !std::exchange(room_made, false)) return nullptr;
    const auto next = none ? parked.begin() : cancelled;
    Sample* sample = *next;
    parked.erase(next);
    return sample;
  }
  for (auto& group : groups) {
    if (Sample* sample = group->begin_next()) return sample;
  }
  return nullptr;
}

void Batch::Impl::admit() {
  const std::lock_guard lock(mutex);
  while (running.size() < parallel) {
    Sample* sample = next_sample();
    if (sample == nullptr) return;
    running.push_back(sample);
  }
}

void Batch::Impl::step(const std::function<bool()>& stop) {
  std::vector<run::Turn*> turns;
  for (Sample* s : running) turns.push_back(&s->turn());
  try {
    support::within_memory([&] { run::step(engine, turns, prefill_chunk, stop); });
  } catch (const Error& error) {
    if (error.code() != ErrorCode::out_of_memory && error.code() != ErrorCode::context_full) throw;
    make_room(error);
  }
  const std::lock_guard lock(mutex);
  for (auto& group : groups) group->keep_prompt();
}

// The sample that began last has done the least; prompts can be computed again too. Where one has ended in
// this step, its end makes room.
void Batch::Impl::make_room(const Error& error) {
  if (std::ranges::any_of(running, [](Sample* s) { return !s->turn().running(); })) return;
  const std::lock_guard lock(mutex);
  if (running.size() > 1) {
    running.back()->turn().evict();
    parked.push_front(running.back());
    running.pop_back();
    room_made = false;
    return;
  }
  bool dropped = false;
  for (auto& group : groups) dropped |= group->drop_prompt();
  if (dropped || running.empty()) return;
  failed.emplace_back(running.back(), error);
  running.pop_back();
}

// Those that were cancelled before they began have their results at once, whatever else runs.
void Batch::Impl::drop_cancelled() {
  {
    const std::lock_guard lock(mutex);
    size_t n = 0;
    for (const auto& group : groups) n += group->n_cancelled();
    if (n == 0) return;
    run::reserve_more(results, n);
    for (const auto& group : groups) {
      group->drop_cancelled([&](uint32_t index) {
        BatchResult& result = results.emplace_back(BatchResult{group->id(), index, {}, std::nullopt});
        result.generation.finish_reason = FinishReason::cancelled;
        result.generation.seed = group->seed(index);
      });
    }
  }
  remove_ended();
}

// Requests go when nothing is locked: what a callback holds may call cancel() when it is destroyed.
void Batch::Impl::remove_ended() {
  std::list<std::unique_ptr<SampleGroup>> ended;
  const std::lock_guard lock(mutex);
  for (auto group = groups.begin(); group != groups.end();) {
    const auto next = std::next(group);
    if ((*group)->ended()) ended.splice(ended.end(), groups, group);
    group = next;
  }
}

BatchResult Batch::Impl::result_of(Sample& sample) {
  BatchResult result{sample.group().id(), sample.index(), {}, std::nullopt};
  try {
    result.generation = support::within_memory([&] { return sample.turn().finish(); });
  } catch (const Error& error) {
    result.error = error;
  }
  return result;
}

// Once there is room for the results nothing can fail but what callbacks have thrown: the first of that is
// thrown here when all that ended is accounted for. Callbacks may call what locks.
void Batch::Impl::collect() {
  std::vector<Sample*> ended;
  std::ranges::copy_if(running, std::back_inserter(ended), [](Sample* s) { return !s->turn().running(); });
  run::reserve_more(results, failed.size() + ended.size());
  run::reserve_more(ended, failed.size());
  std::erase_if(running, [](Sample* s) { return !s->turn().running(); });
  std::exception_ptr thrown;
  for (Sample* sample : ended) {
    try {
      results.push_back(result_of(*sample));
    } catch (...) {
      if (!thrown) thrown = std::current_exception();
    }
  }
  for (const auto& [sample, error] : failed) {
    results.push_back({sample->group().id(), sample->index(), {}, error});
    ended.push_back(sample);
  }
  failed.clear();
  {
    const std::lock_guard lock(mutex);
    room_made |= !ended.empty();
    for (Sample* sample : ended) sample->group().remove(*sample);
  }
  remove_ended();
  if (thrown) std::rethrow_exception(thrown);
}

SampleGroup* Batch::Impl::find(RequestId id) {
  const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g->id() == id; });
  return found == groups.end() ? nullptr : found->get();
}

// What is asked of a sample that generates; null if it does not.
run::Requests* Batch::Impl::requests(RequestId id, uint32_t sample) {
  SampleGroup* group = find(id);
  Sample* found = group == nullptr ? nullptr : group->find(sample);
  return found == nullptr ? nullptr : &found->requests();
}

Batch::Batch(const Model& model, const BatchOptions& options)
    : impl_(support::within_memory([&] { return std::make_unique<Impl>(model, options); })) {}
Batch::~Batch() = default;
Batch::Batch(Batch&&) noexcept = default;
Batch& Batch::operator=(Batch&&) noexcept = default;

RequestId Batch::add(BatchRequest request) {
  return support::within_memory([&] {
    auto group = std::make_unique<SampleGroup>(impl_->next_id, impl_->model, impl_->engine, impl_->context,
                                               std::move(request));
    const std::lock_guard lock(impl_->mutex);
    impl_->groups.push_back(std::move(group));
    return impl_->next_id++;
  });
}

std::vector<BatchResult> Batch::step() { return step(nullptr); }

std::vector<BatchResult> Batch::step(const std::function<bool()>& stop) {
  support::within_memory([&] {
    const support::InUse in_use(impl_->in_step, "the batch is in a step; a callback can't begin another");
    impl_->drop_cancelled();
    impl_->admit();
    if (!impl_->running.empty()) impl_->step(stop);
    impl_->collect();
  });
  return std::exchange(impl_->results, {});
}

bool Batch::idle() const { return impl_->groups.empty() && impl_->results.empty(); }
uint32_t Batch::running() const { return static_cast<uint32_t>(impl_->running.size()); }

uint32_t Batch::waiting() const {
  auto n = static_cast<uint32_t>(impl_->parked.size());
  for (const auto& group : impl_->groups) n += group->n_waiting();
  return n;
}

void Batch::cancel(RequestId request) {
  const std::lock_guard lock(impl_->mutex);
  if (SampleGroup* group = impl_->find(request)) group->cancel();
}

void Batch::cancel(RequestId request, uint32_t sample) {
  const std::lock_guard lock(impl_->mutex);
  SampleGroup* group = impl_->find(request);
  if (group != nullptr) support::within_memory([&] { group->cancel(sample); });
}

void Batch::end_thinking(RequestId request, uint32_t sample) {
  const std::lock_guard lock(impl_->mutex);
  if (run::Requests* requests = impl_->requests(request, sample)) requests->end_thinking = true;
}

void Batch::add_budget(RequestId request, uint32_t sample, uint64_t tokens) {
  const std::lock_guard lock(impl_->mutex);
  if (run::Requests* requests = impl_->requests(request, sample)) requests->add_budget(tokens);
}

}  // namespace reckon
