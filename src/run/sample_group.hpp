// The samples of one request: they share the prompt's part of the cache and an index for drafts.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <reckon/batch.hpp>

#include "run/turn.hpp"

namespace reckon::run {

class SampleGroup;

class OwnedSequence {
 public:
  OwnedSequence(Engine& engine, SequenceId id) : engine_(&engine), id_(id) {}
  OwnedSequence(OwnedSequence&& other) noexcept
      : engine_(std::exchange(other.engine_, nullptr)), id_(other.id_) {}
  OwnedSequence& operator=(OwnedSequence&&) = delete;
  ~OwnedSequence() {
    if (engine_ != nullptr) engine_->remove(id_);
  }
  SequenceId id() const { return id_; }

 private:
  Engine* engine_;
  SequenceId id_;
};

// A sample that has begun: its sequence, its turn.
class Sample {
 public:
  // cached: tokens that the sequence holds.
  Sample(SampleGroup& group, uint32_t index, OwnedSequence sequence, std::vector<TokenId> cached);
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  SampleGroup& group() { return group_; }
  uint32_t index() const { return index_; }
  SequenceId sequence() const { return sequence_.id(); }
  Requests& requests() { return requests_; }
  Turn& turn() { return *turn_; }

 private:
  SampleGroup& group_;
  uint32_t index_;
  OwnedSequence sequence_;
  std::vector<TokenId> cached_;
  Requests requests_;
  EventCallback on_event_;
  std::optional<Turn> turn_;
};

class SampleGroup {
 public:
  // Throws as Batch::add() does.
  SampleGroup(RequestId id, const Model& model, Engine& engine, uint64_t context, BatchRequest request);
  ~SampleGroup();

  RequestId id() const { return id_; }
  uint32_t n_waiting() const { return request_.samples - n_begun_ - static_cast<uint32_t>(dropped_.size()); }
  uint64_t seed(uint32_t index) const { return request_.options.sampling.seed + index; }
  bool ended() const { return n_waiting() == 0 && samples_.empty(); }
  // The next sample, if it can begin now: the first computes the prompt, the others wait for that. What
  // throws has begun none.
  Sample* begin_next();
  // To be called after each step: keeps the prompt for those that wait, once it is computed.
  void keep_prompt();
  // Gives up the prompt that is kept. False if there is none.
  bool drop_prompt();
  void remove(Sample& sample);
  // Samples that have not begun are dropped with the next drop_cancelled().
  void cancel();
  void cancel(uint32_t index);
  uint32_t n_cancelled() const;  // samples that drop_cancelled() would drop
  // Gives each sample that was cancelled before it began, once; it will not begin. dropped(index) does not
  // throw.
  template <class Dropped>
  void drop_cancelled(const Dropped& dropped);
  Sample* find(uint32_t index);

 private:
  friend class Sample;

  RequestId id_;
  Model model_;
  Engine& engine_;
  uint64_t context_;
  BatchRequest request_;
  Prompt prompt_;
  std::shared_ptr<const constrain::CompiledForm> form_;  // held for samples that have not begun
  DraftIndex drafts_;
  DraftPolicy draft_policy_;
  uint32_t n_begun_ = 0;  // or were dropped: samples from here on may begin, but for dropped_
  bool all_cancelled_ = false;
  std::set<uint32_t> cancelled_;           // that have not begun
  std::set<uint32_t> dropped_;             // of these, given to drop_cancelled()'s caller
  Sample* leader_ = nullptr;               // computes the prompt
  std::optional<SequenceId> kept_prompt_;  // all of it but for the last token, whose logits are needed
  std::map<uint32_t, std::unique_ptr<Sample>> samples_;
};

template <class Dropped>
void SampleGroup::drop_cancelled(const Dropped& dropped) {
  if (all_cancelled_) {
    for (; n_begun_ < request_.samples; n_begun_++) {
      if (dropped_.erase(n_begun_) == 0) dropped(n_begun_);
    }
    cancelled_.clear();
  }
  for (; !cancelled_.empty(); dropped_.insert(cancelled_.extract(cancelled_.begin()))) {
    dropped(*cancelled_.begin());
  }
  if (n_waiting() == 0) drop_prompt();
}

}  // namespace reckon::run
