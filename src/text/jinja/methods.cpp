// Methods of lists, tuples, ranges and dicts, and the lookup of methods by type.

#include "support/contains.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/params.hpp"
#include "text/jinja/text_methods.hpp"

namespace reckon::text::jinja {
namespace {

using Arguments = const CallArguments&;
using Names = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view name, Names names) { return support::contains(names, name); }

Value bind(Runtime& runtime, const Value& self, std::string_view name, Method method) {
  return runtime.function(
      std::string(name),
      [self, method](Runtime& rt, CallArguments& arguments) {
        rt.step_text(self);
        return method(rt, self, arguments);
      },
      self.depth());
}

Value count_items(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("count", arguments, {""}, 1);
  Integer times = 0;
  for (const Value& item : self.as_sequence().items) times += equal(runtime, item, *params.get(0)) ? 1 : 0;
  return Value::integer(times);
}

Value index_of_item(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("index", arguments, {"", "", ""}, 1);
  const Values& items = self.as_sequence().items;
  const auto length = static_cast<Integer>(items.size());
  const auto bound = [&](size_t i, Integer otherwise) {
    const Integer at = params.integer(i, otherwise);
    return std::clamp<Integer>(at < 0 ? at + length : at, 0, length);
  };
  const Integer end = bound(2, length);
  for (Integer i = bound(1, 0); i < end; ++i) {
    if (equal(runtime, items[static_cast<size_t>(i)], *params.get(0))) return Value::integer(i);
  }
  throw Failure("index() found no such item");
}

Value copy(Runtime&, const Value& self, Arguments arguments) {
  const Params params("copy", arguments, {});
  return self;  // values don't change, so a copy is the value
}

Value dict_get(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("get", arguments, {"", ""}, 1);
  const Value& key = *params.get(0);
  const Value* found = nullptr;
  if (is_hashable_key(key)) {
    found = self.as_dict().find(runtime, key);
  } else if (!key.is(Kind::undefined)) {
    throw Failure("a " + type_name(key) + " can't be a key of a dict");
  }
  if (found != nullptr) return *found;
  return params.get(1) != nullptr ? *params.get(1) : Value::none();
}

Value dict_keys(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("keys", arguments, {});
  Values keys;
  for (const auto& entry : self.as_dict().entries) keys.push_back(entry.first);
  return runtime.sequence(SequenceType::view, std::move(keys), "dict_keys");
}

Value dict_values(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("values", arguments, {});
  Values values;
  for (const auto& entry : self.as_dict().entries) values.push_back(entry.second);
  return runtime.sequence(SequenceType::view, std::move(values), "dict_values");
}

Value dict_items(Runtime& runtime, const Value& self, Arguments arguments) {
  const Params params("items", arguments, {});
  Values items;
  for (const auto& [key, value] : self.as_dict().entries) items.push_back(runtime.tuple({key, value}));
  return runtime.sequence(SequenceType::view, std::move(items), "dict_items");
}

Method find_sequence_method(const Sequence& sequence, std::string_view name) {
  if (sequence.type == SequenceType::view) return nullptr;
  if (name == "count") return count_items;
  if (name == "index") return index_of_item;
  return name == "copy" && sequence.type == SequenceType::list ? copy : nullptr;
}

Method find_dict_method(std::string_view name) {
  if (name == "get") return dict_get;
  if (name == "items") return dict_items;
  if (name == "keys") return dict_keys;
  if (name == "values") return dict_values;
  return name == "copy" ? copy : nullptr;
}

// The sandbox hides what would change a list or dict: the name is there, using it fails.
bool changes_object(const Value& object, std::string_view name) {
  if (is_sequence(object, SequenceType::list)) {
    return is_one_of(name, {"append", "clear", "pop", "reverse", "insert", "sort", "extend", "remove"});
  }
  return object.is(Kind::dict) && is_one_of(name, {"clear", "pop", "popitem", "setdefault", "update"});
}

bool is_unsupported(const Value& object, std::string_view name) {
  switch (object.kind()) {
    case Kind::text: return is_unsupported_text_method(name);
    case Kind::dict: return name == "fromkeys";
    case Kind::sequence:
      switch (object.as_sequence().type) {
        case SequenceType::range: return is_one_of(name, {"start", "stop", "step"});
        case SequenceType::view: return is_one_of(name, {"isdisjoint", "mapping"});
        default: return false;
      }
    case Kind::boolean:
    case Kind::integer:
      return is_one_of(name, {"as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator",
                              "from_bytes", "imag", "numerator", "real", "to_bytes"});
    case Kind::floating:
      return is_one_of(name,
                       {"as_integer_ratio", "conjugate", "fromhex", "hex", "imag", "is_integer", "real"});
    case Kind::iterator: return is_one_of(name, {"close", "send", "throw"});
    default: return false;
  }
}

}  // namespace

std::optional<Value> find_method(Runtime& runtime, const Value& object, std::string_view name) {
  if (changes_object(object, name)) {
    return runtime.undefined("access to attribute '" + std::string(name) + "' of '" + type_name(object) +
                             "' object is unsafe");
  }
  if (is_unsupported(object, name)) {
    throw Failure("the attribute '" + std::string(name) + "' of " + type_name(object) + " is not supported");
  }
  Method method = nullptr;
  if (object.is(Kind::text)) method = find_text_method(name);
  if (object.is(Kind::sequence)) method = find_sequence_method(object.as_sequence(), name);
  if (object.is(Kind::dict)) method = find_dict_method(name);
  if (method == nullptr) return std::nullopt;
  return bind(runtime, object, name, method);
}

}  // namespace reckon::text::jinja
