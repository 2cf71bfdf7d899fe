// The `loop` variable of a for loop, and the walk over the items that pass the loop's `if`.
#pragma once

#include <functional>
#include <optional>

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

class LoopState {
 public:
  using Filter = std::function<bool(const Value&)>;  // empty: every item passes

  LoopState(Runtime& runtime, const Value& source, Filter filter);
  bool advance();  // to the next item
  const Value& current() const { return current_; }
  void finish();  // lets go of all values: a loop kept in a namespace outlives its run

  uint64_t length();  // walks the rest when the source doesn't know
  uint32_t nesting() const { return nesting_; }
  Value attribute(std::string_view name);  // undefined for a name `loop` doesn't have

  Value cycle(const Values& choices) const;
  bool changed(Values values);

 private:
  bool pull(Value& item);  // next item that passes
  const Value* peek();
  Value neighbour(const Value* item, const char* reason) const;

  Runtime& runtime_;
  std::optional<Cursor> cursor_;
  Filter filter_;
  uint32_t nesting_;
  int64_t index0_ = -1;
  std::optional<uint64_t> length_;
  Values ahead_;  // items pulled and not yet current, in order
  size_t ahead_next_ = 0;
  Value current_, before_;
  std::optional<Values> last_changed_;
  Charge changed_charge_;
};

Value loop_attribute(Runtime& runtime, const std::shared_ptr<LoopState>& loop, std::string_view name);

}  // namespace reckon::text::jinja
