// The functions every template can call.
#include <time.h>

#include <algorithm>

#include "text/jinja/builtins.hpp"
#include "text/jinja/params.hpp"
#include "text/jinja/printing.hpp"

namespace reckon::text::jinja {
namespace {

constexpr Integer longest_range = 100'000;  // the sandbox's own limit

Integer range_length(Integer start, Integer stop, Integer step) {
  Integer distance = 0;
  const bool overflow = step > 0 ? __builtin_sub_overflow(stop, start, &distance)
                                 : __builtin_sub_overflow(start, stop, &distance);
  if (overflow) return longest_range + 1;
  if (distance <= 0) return 0;
  const Integer last = distance - 1;
  return (step > 0 ? last / step : -(last / step)) + 1;
}

Value range(Runtime& runtime, CallArguments& arguments) {
  const Params params("range", arguments, {"", "", ""}, 1);
  const bool from_zero = params.get(1) == nullptr;
  const Integer start = from_zero ? 0 : params.integer(0, 0);
  const Integer stop = params.integer(from_zero ? 0 : 1, 0);
  const Integer step = params.integer(2, 1);
  if (step == 0) throw Failure("range() needs a step that is not zero");
  const Integer length = range_length(start, stop, step);
  if (length > longest_range) {
    throw Failure("range() of more than " + integer_digits(longest_range) + " items is not allowed");
  }
  Values items;
  items.reserve(static_cast<size_t>(length));
  runtime.step(static_cast<uint64_t>(length));
  Integer at = start;
  for (Integer i = 0; i < length; ++i) {
    items.push_back(Value::integer(at));
    if (i + 1 < length) at += step;
  }
  std::string label = "range(" + integer_digits(start) + ", " + integer_digits(stop);
  if (step != 1) label += ", " + integer_digits(step);
  return runtime.sequence(SequenceType::range, std::move(items), label + ")");
}

// What Python's dict() makes of its arguments: a mapping or pairs, then names.
std::vector<DictEntry> dict_entries(Runtime& runtime, CallArguments& arguments) {
  if (arguments.positional.size() > 1) throw Failure("dict() takes at most one argument without a name");
  std::vector<DictEntry> entries;
  if (!arguments.positional.empty() && arguments.positional[0].is(Kind::dict)) {
    entries = arguments.positional[0].as_dict().entries;
  } else if (!arguments.positional.empty()) {
    for (const Value& item : to_items(runtime, arguments.positional[0])) {
      Values pair = to_items(runtime, item);
      if (pair.size() != 2) throw Failure("dict() needs pairs of key and value");
      entries.emplace_back(std::move(pair[0]), std::move(pair[1]));
    }
  }
  for (auto& [name, value] : arguments.keyword) entries.emplace_back(runtime.text(name), std::move(value));
  return entries;
}

Value make_dict(Runtime& runtime, CallArguments& arguments) {
  return runtime.dict(dict_entries(runtime, arguments));
}

Value make_namespace(Runtime& runtime, CallArguments& arguments) {
  const Value dict = make_dict(runtime, arguments);
  std::vector<std::pair<std::string_view, Value>> members;
  for (const auto& [key, value] : dict.as_dict().entries) {
    if (!key.is(Kind::text)) throw Failure("the names in a namespace must be strings");
    if (key.view().substr(0, 1) == "_") {
      throw Failure("a namespace can't hold the name '" + std::string(key.view()) +
                    "', which begins with an underscore");
    }
    members.emplace_back(key.view(), value);
  }
  return runtime.name_space(members);
}

Value make_joiner(Runtime& runtime, CallArguments& arguments) {
  const Params params("joiner", arguments, {"sep"});
  const Value separator = params.get(0) != nullptr ? *params.get(0) : runtime.text(", ");
  return runtime.function(
      "joiner",
      [separator, used = std::make_shared<bool>(false)](Runtime& rt, CallArguments& call) {
        const Params none("a joiner", call, {});
        return std::exchange(*used, true) ? separator : rt.text("");
      },
      separator.depth());
}

Value raise_exception(Runtime& runtime, CallArguments& arguments) {
  const Params params("raise_exception", arguments, {"message"}, 1);
  throw Failure(to_text(runtime, *params.get(0)));
}

LocalTime local_now() {
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const time_t clock = std::chrono::system_clock::to_time_t(seconds);
  tm civil{};
  if (localtime_r(&clock, &civil) == nullptr) throw Failure("the local time is unknown");
  return LocalTime((now + std::chrono::seconds(civil.tm_gmtoff)).time_since_epoch());
}

Value strftime_now(Runtime& runtime, CallArguments& arguments) {
  const Params params("strftime_now", arguments, {"format"}, 1);
  return runtime.text(
      format_time(runtime.limits().now ? *runtime.limits().now : local_now(), params.text(0)));
}

template <bool Cycler>
Value unsupported(Runtime&, CallArguments&) {
  throw Failure(std::string("the function '") + (Cycler ? "cycler" : "lipsum") + "' is not supported");
}

}  // namespace

std::optional<Value> find_global(Runtime& runtime, std::string_view name) {
  using Global = Value (*)(Runtime&, CallArguments&);
  static constexpr std::pair<std::string_view, Global> globals[] = {
      {"cycler", unsupported<true>},
      {"dict", make_dict},
      {"joiner", make_joiner},
      {"lipsum", unsupported<false>},
      {"namespace", make_namespace},
      {"raise_exception", raise_exception},
      {"range", range},
      {"strftime_now", strftime_now},
  };
  const auto* found = std::find_if(std::begin(globals), std::end(globals),
                                   [name](const auto& entry) { return entry.first == name; });
  if (found == std::end(globals)) return std::nullopt;
  return runtime.function(std::string(name), found->second);
}

}  // namespace reckon::text::jinja
