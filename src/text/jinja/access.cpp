// Subscripts and attributes: Python's lookup, with what the sandbox hides hidden.
#include "text/jinja/code_points.hpp"
#include "text/jinja/loop_state.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/printing.hpp"

namespace reckon::text::jinja {
namespace {

Value unsafe(Runtime& runtime, const Value& object, std::string_view name) {
  return runtime.undefined("access to attribute '" + std::string(name) + "' of '" + type_name(object) +
                           "' object is unsafe");
}

Value missing(Runtime& runtime, const Value& object, const std::string& what) {
  return runtime.undefined("a " + type_name(object) + " has no " + what);
}

// An index counted from either end; empty when it is out of range.
std::optional<size_t> resolve_index(Integer index, size_t size) {
  const auto length = static_cast<Integer>(size);
  if (index < 0) index += length;
  if (index < 0 || index >= length) return std::nullopt;
  return static_cast<size_t>(index);
}

std::optional<Value> find_item(Runtime& runtime, const Value& object, const Value& key) {
  if (object.is(Kind::dict) && is_hashable_key(key)) {
    const Value* found = object.as_dict().find(runtime, key);
    return found != nullptr ? std::optional<Value>(*found) : std::nullopt;
  }
  if (!key.is_integral()) return std::nullopt;
  if (object.is(Kind::sequence) && object.as_sequence().type != SequenceType::view) {
    const Values& items = object.as_sequence().items;
    const auto index = resolve_index(key.as_integer(), items.size());
    return index ? std::optional<Value>(items[*index]) : std::nullopt;
  }
  if (object.is(Kind::text)) {
    const Text& text = object.as_text();
    const auto index = resolve_index(key.as_integer(), text.code_points);
    if (!index) return std::nullopt;
    if (!text.ascii()) runtime.step_bytes(text.bytes.size());
    const size_t at = text.ascii() ? *index : byte_offset(text.bytes, *index);
    return runtime.text(text.bytes.substr(at, decode_at(text.bytes, at).size), text.markup);
  }
  return std::nullopt;
}

struct Slice {
  Integer start, step;
  size_t count;
};

Integer slice_bound(const Value& value, const char* what) {
  if (value.is_integral()) return value.as_integer();
  if (value.is(Kind::undefined)) throw Failure(value.undefined_reason());
  throw Failure(std::string("the ") + what + " of a slice must be an integer or none, not " +
                type_name(value));
}

Slice resolve_slice(size_t size, const Value& start, const Value& stop, const Value& step) {
  const auto length = static_cast<Integer>(size);
  const Integer by = step.is(Kind::none) ? 1 : slice_bound(step, "step");
  if (by == 0) throw Failure("the step of a slice can't be zero");
  const Integer lowest = by < 0 ? -1 : 0;
  const Integer highest = by < 0 ? length - 1 : length;
  const auto clamp = [&](const Value& bound, const char* what, Integer otherwise) {
    if (bound.is(Kind::none)) return otherwise;
    Integer at = slice_bound(bound, what);
    if (at < 0) at += length;
    return std::clamp(at, lowest, highest);
  };
  const Integer from = clamp(start, "start", by < 0 ? highest : lowest);
  const Integer to = clamp(stop, "stop", by < 0 ? lowest : highest);
  const Integer distance = by < 0 ? from - to : to - from;
  const Integer stride = by < 0 ? (by < -length ? length + 1 : -by) : (by > length ? length + 1 : by);
  const Integer count = distance <= 0 ? 0 : (distance + stride - 1) / stride;
  return {from, by < 0 ? -stride : stride, static_cast<size_t>(count)};
}

Value slice_text(Runtime& runtime, const Text& text, const Slice& slice) {
  runtime.step_bytes(text.bytes.size());
  if (slice.step == 1) {
    const auto first = static_cast<size_t>(slice.start);
    const size_t begin = text.ascii() ? first : byte_offset(text.bytes, first);
    const std::string_view rest = std::string_view(text.bytes).substr(begin);
    const size_t size = text.ascii() ? slice.count : byte_offset(rest, slice.count);
    return runtime.text(std::string(rest.substr(0, size)), text.markup);
  }
  const std::u32string points = to_code_points(text.bytes);
  std::string out;
  Integer at = slice.start;
  for (size_t i = 0; i < slice.count; ++i, at += slice.step)
    append_code_point(out, points[static_cast<size_t>(at)]);
  return runtime.text(std::move(out), text.markup);
}

}  // namespace

std::optional<Value> find_attribute(Runtime& runtime, const Value& object, std::string_view name) {
  runtime.step(name.size() / 64);
  if (name.substr(0, 2) == "__") return unsafe(runtime, object, name);
  switch (object.kind()) {
    case Kind::name_space: {
      const Value* member = object.as_namespace().find(runtime, name);
      return member != nullptr ? std::optional<Value>(*member) : std::nullopt;
    }
    case Kind::loop: return loop_attribute(runtime, object.as_loop(), name);
    case Kind::callable:
      if (object.as_callable().macro && name == "name") return runtime.text(object.as_callable().name);
      if (object.as_callable().macro)
        throw Failure("the attribute '" + std::string(name) + "' of macros is not supported");
      return std::nullopt;
    case Kind::sequence:
      if (object.as_sequence().label == "group" && (name == "grouper" || name == "list")) {
        return object.as_sequence().items[name == "list" ? 1 : 0];
      }
      return find_method(runtime, object, name);
    default: return find_method(runtime, object, name);
  }
}

Value get_attribute(Runtime& runtime, const Value& object, std::string_view name) {
  if (object.is(Kind::undefined)) throw Failure(object.undefined_reason());
  if (auto found = find_attribute(runtime, object, name)) return *std::move(found);
  if (object.is(Kind::dict)) {
    if (const Value* item = object.as_dict().find(runtime, name)) return *item;
  }
  return missing(runtime, object, "attribute '" + std::string(name) + "'");
}

Value get_item(Runtime& runtime, const Value& object, const Value& key) {
  if (object.is(Kind::undefined)) throw Failure(object.undefined_reason());
  if (auto found = find_item(runtime, object, key)) return *std::move(found);
  if (!key.is(Kind::text)) {
    TextBuilder shown(runtime);
    append_repr(shown, key);
    return missing(runtime, object, "element " + shown.take());
  }
  if (auto found = find_attribute(runtime, object, key.view())) return *std::move(found);
  return missing(runtime, object, "element '" + std::string(key.view()) + "'");
}

Value get_slice(Runtime& runtime, const Value& object, const Value& start, const Value& stop,
                const Value& step) {
  if (object.is(Kind::undefined)) throw Failure(object.undefined_reason());
  if (object.is(Kind::text)) {
    const Text& text = object.as_text();
    return slice_text(runtime, text, resolve_slice(text.code_points, start, stop, step));
  }
  if (!object.is(Kind::sequence) || object.as_sequence().type == SequenceType::view) {
    throw Failure("a " + type_name(object) + " can't be sliced");
  }
  const Sequence& sequence = object.as_sequence();
  const Slice slice = resolve_slice(sequence.items.size(), start, stop, step);
  Values items;
  items.reserve(slice.count);
  Integer at = slice.start;
  for (size_t i = 0; i < slice.count; ++i, at += slice.step)
    items.push_back(sequence.items[static_cast<size_t>(at)]);
  return runtime.sequence(sequence.type, std::move(items));
}

}  // namespace reckon::text::jinja
