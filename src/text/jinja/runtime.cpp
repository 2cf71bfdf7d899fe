#include "text/jinja/runtime.hpp"

#include <algorithm>

#include "text/jinja/code_points.hpp"

namespace reckon::text::jinja {
namespace {

constexpr size_t entries_without_index = 8;
constexpr uint64_t object_overhead = 64;

}  // namespace

Runtime::Runtime(const RenderLimits& limits) : limits_(limits), steps_left_(limits.steps) {
  meter_.limit = limits.memory_bytes;
  namespaces_charge_ = Charge(meter_, 0);
}

Runtime::~Runtime() = default;

void Runtime::fail_steps() const {
  throw Failure("the template needs more than " + std::to_string(limits_.steps) + " steps");
}

void Runtime::step_texts(const CallArguments& arguments) {
  for (const Value& value : arguments.positional) step_text(value);
  for (const auto& [name, value] : arguments.keyword) step_text(value);
}

void Runtime::check_length(uint64_t bytes) const {
  if (bytes > limits_.output_bytes) {
    throw Failure("a text is longer than " + std::to_string(limits_.output_bytes) + " bytes");
  }
}

void Runtime::check_items(uint64_t items) const {
  if (items > limits_.memory_bytes / sizeof(Value))
    throw Failure("a list of " + std::to_string(items) + " items is too long");
}

uint32_t Runtime::nest(uint32_t depth) const {
  if (depth >= limits_.depth) {
    throw Failure("values are nested more than " + std::to_string(limits_.depth) + " levels deep");
  }
  return depth + 1;
}

// Many may be alive, each with its reason: a name in one can be as long as a template likes.
Value Runtime::undefined(std::string reason) {
  constexpr size_t longest_reason = 200;
  if (reason.size() > longest_reason) reason.replace(longest_reason, std::string::npos, "...");
  Charge charge(meter_, object_overhead + reason.size());
  return Value(Value::Payload(
      Undefined{std::make_shared<const Reason>(Reason{std::move(reason), std::move(charge)})}));
}

Value Runtime::text(std::string bytes, bool markup) {
  check_length(bytes.size());
  step_bytes(bytes.size());
  Charge charge(meter_, object_overhead + bytes.size());
  const size_t points = count_code_points(bytes);
  return Value(Value::Payload(
      std::make_shared<const Text>(Text{std::move(bytes), points, markup, std::move(charge)})));
}

Value Runtime::sequence(SequenceType type, Values items, std::string label) {
  step(1 + items.size() / 8);
  Charge charge(meter_, object_overhead + items.size() * sizeof(Value));
  uint32_t depth = 0;
  for (const Value& item : items) depth = std::max(depth, item.depth());
  return Value(Value::Payload(std::make_shared<const Sequence>(
      Sequence{type, std::move(items), std::move(label), nest(depth), std::move(charge)})));
}

Value Runtime::dict(std::vector<DictEntry> entries) {
  step(1 + entries.size());
  auto made = std::make_shared<Dict>();
  made->charge = Charge(meter_, object_overhead + 2 * entries.size() * sizeof(DictEntry));
  made->indexed = entries.size() > entries_without_index;
  uint32_t depth = 0;
  for (DictEntry& entry : entries) {
    if (!is_hashable_key(entry.first))
      throw Failure("a " + type_name(entry.first) + " can't be a key of a dict");
    depth = std::max(depth, entry.second.depth());
    if (const Value* present = made->find(*this, entry.first)) {
      *const_cast<Value*>(present) = std::move(entry.second);  // `made` is still ours alone
      continue;
    }
    if (made->indexed && !is_nan(entry.first))
      made->by_hash.emplace(hash_key(entry.first), static_cast<uint32_t>(made->entries.size()));
    made->entries.push_back(std::move(entry));
  }
  made->depth = nest(depth);
  return Value(Value::Payload(std::shared_ptr<const Dict>(std::move(made))));
}

Value Runtime::iterator(Values items) {
  step(1 + items.size() / 8);
  Charge charge(meter_, object_overhead + items.size() * sizeof(Value));
  uint32_t depth = 0;
  for (const Value& item : items) depth = std::max(depth, item.depth());
  return Value(Value::Payload(
      std::make_shared<Iterator>(Iterator{std::move(items), 0, nest(depth), std::move(charge)})));
}

Value Runtime::function(std::string name, Function call, uint32_t depth, bool macro) {
  Charge charge(meter_, 2 * object_overhead + name.size());
  return Value(Value::Payload(std::make_shared<const Callable>(
      Callable{std::move(name), std::move(call), nest(depth), macro, std::move(charge)})));
}

Value Runtime::name_space(const std::vector<std::pair<std::string_view, Value>>& members) {
  namespaces_charge_.grow(4 * object_overhead);
  Namespace& made = namespaces_.emplace_back();
  for (const auto& [name, value] : members) add_member(made, name, value);
  return Value(Value::Payload(&made));
}

void Runtime::add_member(Namespace& names, std::string_view name, const Value& value) {
  step_bytes(name.size());
  namespaces_charge_.grow(object_overhead + name.size());
  names.members.emplace_back(name, value);
}

Nesting::Nesting(Runtime& runtime) : runtime_(runtime) {
  if (runtime.depth_ >= runtime.limits_.depth) {
    throw Failure("the template nests more than " + std::to_string(runtime.limits_.depth) + " levels deep");
  }
  ++runtime.depth_;
}

void TextBuilder::repeat(std::string_view piece, Integer count) {
  if (count <= 0 || piece.empty()) return;
  const auto room = static_cast<Integer>(runtime_.limits().output_bytes / piece.size());
  runtime_.check_length(count > room ? runtime_.limits().output_bytes + 1
                                     : text_.size() + static_cast<uint64_t>(count) * piece.size());
  for (Integer i = 0; i < count; ++i) text_ += piece;
}

bool is_iterable(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
    case Kind::text:
    case Kind::sequence:
    case Kind::dict:
    case Kind::iterator: return true;
    default: return false;
  }
}

Cursor::Cursor(Value source) : source_(std::move(source)) {
  if (!is_iterable(source_)) throw Failure("a " + type_name(source_) + " can't be iterated over");
}

std::optional<size_t> Cursor::known_length() const {
  switch (source_.kind()) {
    case Kind::undefined: return 0;
    case Kind::text: return source_.as_text().code_points;
    case Kind::sequence: return source_.as_sequence().items.size();
    case Kind::dict: return source_.as_dict().entries.size();
    default: return std::nullopt;
  }
}

bool Cursor::next(Runtime& runtime, Value& item) {
  runtime.step();
  switch (source_.kind()) {
    case Kind::text: {
      const std::string_view text = source_.view();
      if (position_ >= text.size()) return false;
      const size_t size = decode_at(text, position_).size;
      item = runtime.text(std::string(text.substr(position_, size)));
      position_ += size;
      return true;
    }
    case Kind::sequence:
      if (position_ >= source_.as_sequence().items.size()) return false;
      item = source_.as_sequence().items[position_++];
      return true;
    case Kind::dict:
      if (position_ >= source_.as_dict().entries.size()) return false;
      item = source_.as_dict().entries[position_++].first;
      return true;
    case Kind::iterator: {
      Iterator& generator = source_.as_iterator();
      if (generator.next >= generator.items.size()) return false;
      item = generator.items[generator.next++];
      return true;
    }
    default: return false;  // undefined
  }
}

Values to_items(Runtime& runtime, const Value& value) {
  Values items;
  Cursor cursor(value);
  for (Value item; cursor.next(runtime, item);) items.push_back(std::move(item));
  return items;
}

}  // namespace reckon::text::jinja
