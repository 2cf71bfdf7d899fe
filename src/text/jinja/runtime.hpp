// One rendering's budget and its maker of values: every text, list and dict a template makes comes from here,
// so that steps, memory, lengths and nesting stay within the limits.
#pragma once

#include <deque>
#include <optional>

#include "text/jinja/value.hpp"
#include "text/render_limits.hpp"

namespace reckon::text::jinja {

class Runtime {
 public:
  explicit Runtime(const RenderLimits& limits);
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime();

  const RenderLimits& limits() const { return limits_; }
  Meter& meter() { return meter_; }

  // Counts work done, and throws Failure once there is too much of it.
  void step(uint64_t count = 1) {
    if (count > steps_left_) fail_steps();
    steps_left_ -= count;
  }
  void step_bytes(size_t bytes) { step(1 + bytes / 64); }
  // What a call may read through: a text it is made on, and those given to it.
  void step_text(const Value& value) {
    if (value.is(Kind::text)) step_bytes(value.view().size());
  }
  void step_texts(const CallArguments& arguments);
  // Whether a text of this length, or a list of this many items, may be made at all.
  void check_length(uint64_t bytes) const;
  void check_items(uint64_t items) const;

  Value undefined(std::string reason);
  Value text(std::string bytes, bool markup = false);
  Value list(Values items) { return sequence(SequenceType::list, std::move(items)); }
  Value tuple(Values items) { return sequence(SequenceType::tuple, std::move(items)); }
  Value sequence(SequenceType type, Values items, std::string label = {});
  Value dict(std::vector<DictEntry> entries);  // of equal keys: the first one's place, the last one's value
  Value iterator(Values items);
  Value function(std::string name, Function call, uint32_t depth = 0, bool macro = false);
  Value name_space(const std::vector<std::pair<std::string_view, Value>>& members);
  void add_member(Namespace& names, std::string_view name, const Value& value);

  uint32_t line = 1;  // of the template, where evaluation is

 private:
  friend class Nesting;
  [[noreturn]] void fail_steps() const;
  uint32_t nest(uint32_t depth) const;

  RenderLimits limits_;
  Meter meter_;
  uint64_t steps_left_;
  uint32_t depth_ = 0;
  std::deque<Namespace> namespaces_;
  Charge namespaces_charge_;  // of all of them, which stay until the end of the rendering
};

// Held during each recursive call of evaluation, printing and comparison.
class Nesting {
 public:
  explicit Nesting(Runtime& runtime);
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  ~Nesting() { --runtime_.depth_; }

 private:
  Runtime& runtime_;
};

// Text put together piece by piece, never longer than the limit.
class TextBuilder {
 public:
  explicit TextBuilder(Runtime& runtime) : runtime_(runtime) {}
  void add(std::string_view piece) {
    runtime_.check_length(text_.size() + piece.size());
    text_ += piece;
  }
  void add(char c) { add(std::string_view(&c, 1)); }
  void repeat(std::string_view piece, Integer count);
  const std::string& view() const { return text_; }
  std::string take() { return std::move(text_); }
  Runtime& runtime() { return runtime_; }

 private:
  Runtime& runtime_;
  std::string text_;
};

// Walks what Python can iterate over: lists, tuples, ranges, views, dicts (keys), texts (characters),
// generators.
class Cursor {
 public:
  explicit Cursor(Value source);  // throws Failure when it can't be iterated
  bool next(Runtime& runtime, Value& item);
  std::optional<size_t> known_length() const;

 private:
  Value source_;
  size_t position_ = 0;
};

bool is_iterable(const Value& value);
Values to_items(Runtime& runtime, const Value& value);  // all that a Cursor gives

}  // namespace reckon::text::jinja
