#include "text/jinja/loop_state.hpp"

#include "text/jinja/operators.hpp"

namespace reckon::text::jinja {

LoopState::LoopState(Runtime& runtime, const Value& source, Filter filter)
    : runtime_(runtime), cursor_(source), filter_(std::move(filter)), nesting_(source.depth() + 1) {
  if (!filter_) length_ = cursor_->known_length();
}

bool LoopState::pull(Value& item) {
  if (!cursor_) return false;
  while (cursor_->next(runtime_, item)) {
    if (!filter_ || filter_(item)) return true;
  }
  return false;
}

const Value* LoopState::peek() {
  if (ahead_next_ == ahead_.size()) {
    ahead_.clear();
    ahead_next_ = 0;
    Value item;
    if (!pull(item)) return nullptr;
    ahead_.push_back(std::move(item));
  }
  return &ahead_[ahead_next_];
}

bool LoopState::advance() {
  Value item;
  if (ahead_next_ < ahead_.size()) {
    item = std::move(ahead_[ahead_next_++]);
  } else if (!pull(item)) {
    return false;
  }
  ++index0_;
  before_ = std::exchange(current_, std::move(item));
  return true;
}

void LoopState::finish() {
  cursor_.reset();
  filter_ = nullptr;
  ahead_.clear();
  ahead_next_ = 0;
  current_ = before_ = Value();
  last_changed_.reset();
  changed_charge_ = {};
}

uint64_t LoopState::length() {
  if (!length_) {
    Values rest(ahead_.begin() + static_cast<std::ptrdiff_t>(ahead_next_), ahead_.end());
    for (Value item; pull(item);) {
      runtime_.step();
      rest.push_back(std::move(item));
    }
    ahead_ = std::move(rest);
    ahead_next_ = 0;
    length_ = static_cast<uint64_t>(index0_ + 1) + ahead_.size();
  }
  return *length_;
}

Value LoopState::neighbour(const Value* item, const char* reason) const {
  return item != nullptr ? *item : runtime_.undefined(reason);
}

Value LoopState::attribute(std::string_view name) {
  if (name == "index0") return Value::integer(index0_);
  if (name == "index") return Value::integer(index0_ + 1);
  if (name == "first") return Value::boolean(index0_ == 0);
  if (name == "last") return Value::boolean(peek() == nullptr);
  if (name == "length") return Value::integer(static_cast<Integer>(length()));
  if (name == "revindex0") return Value::integer(static_cast<Integer>(length()) - (index0_ + 1));
  if (name == "revindex") return Value::integer(static_cast<Integer>(length()) - index0_);
  if (name == "depth0") return Value::integer(0);
  if (name == "depth") return Value::integer(1);
  if (name == "previtem") return neighbour(index0_ == 0 ? nullptr : &before_, "there is no previous item");
  if (name == "nextitem") return neighbour(peek(), "there is no next item");
  return runtime_.undefined("the loop has no attribute '" + std::string(name) + "'");
}

Value LoopState::cycle(const Values& choices) const {
  if (choices.empty()) throw Failure("loop.cycle needs at least one item");
  return choices[static_cast<size_t>(index0_) % choices.size()];
}

bool LoopState::changed(Values values) {
  if (last_changed_ && last_changed_->size() == values.size()) {
    bool same = true;
    for (size_t i = 0; i < values.size() && same; ++i) same = equal(runtime_, (*last_changed_)[i], values[i]);
    if (same) return false;
  }
  changed_charge_ = Charge(runtime_.meter(), values.size() * sizeof(Value));
  last_changed_ = std::move(values);
  return true;
}

Value loop_attribute(Runtime& runtime, const std::shared_ptr<LoopState>& loop, std::string_view name) {
  if (name == "cycle") {
    return runtime.function(
        "cycle", [loop](Runtime&, CallArguments& arguments) { return loop->cycle(arguments.positional); },
        loop->nesting());
  }
  if (name == "changed") {
    return runtime.function(
        "changed",
        [loop](Runtime&, CallArguments& arguments) {
          return Value::boolean(loop->changed(std::move(arguments.positional)));
        },
        loop->nesting());
  }
  return loop->attribute(name);
}

}  // namespace reckon::text::jinja
