#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

#include "input.hpp"

namespace reckon::cli {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

[[noreturn]] void reject(const Option& option, const std::string& text, const std::string& expected) {
  throw UsageError(fmt::format("{}: '{}' is not {}", option.long_name(), text, expected));
}

template <class T>
std::optional<T> parse_number(const std::string& text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// Integer or OptionalInteger.
template <class I>
void store_integer(const Option& option, const I& integer, const std::string& text) {
  const auto value = parse_number<int64_t>(text);
  if (!value || *value < integer.least || *value > integer.most) {
    reject(option, text, "a whole number in " + range_text(option));
  }
  std::visit(
      [&]<class T>(T* target) {
        if constexpr (std::is_integral_v<T>) {
          *target = static_cast<T>(*value);
        } else {
          *target = static_cast<typename T::value_type>(*value);
        }
      },
      integer.target);
}

void store(const Option& option, const Integer& integer, const std::string& text) {
  store_integer(option, integer, text);
}

void store(const Option& option, const OptionalInteger& integer, const std::string& text) {
  store_integer(option, integer, text);
}

void store(const Option& option, const IntegerList& list, const std::string& text) {
  std::vector<uint64_t> values;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const auto value = parse_number<uint64_t>(text.substr(begin, end - begin));
    if (!value || *value < list.least || *value > list.most) {
      reject(option, text, "a list of whole numbers in " + range_text(option) + ", separated by commas");
    }
    values.push_back(*value);
    begin = end + 1;
  }
  *list.target = std::move(values);
}

void store(const Option& option, const NamedInteger& integer, const std::string& text) {
  for (const auto& [name, value] : integer.names) {
    if (text == name) {
      *integer.target = value;
      return;
    }
  }
  const auto value = parse_number<int64_t>(text);
  if (!value || *value < integer.least || *value > integer.most) reject(option, text, range_text(option));
  *integer.target = static_cast<int>(*value);
}

// Number or OptionalNumber.
template <class N>
void store_number(const Option& option, const N& number, const std::string& text) {
  const auto value = parse_number<double>(text);
  const bool inside = value && *value >= number.least && *value <= number.most;  // false for NaN
  const float kept = inside ? static_cast<float>(*value) : NAN;                  // 1e-50 becomes 0
  if (!inside || (number.above_least && kept <= static_cast<float>(number.least))) {
    reject(option, text, (number.above_least ? "a number " : "a number in ") + range_text(option));
  }
  *number.target = kept;
}

void store(const Option& option, const Number& number, const std::string& text) {
  store_number(option, number, text);
}

void store(const Option& option, const OptionalNumber& number, const std::string& text) {
  store_number(option, number, text);
}

void store(const Option& option, const LogitBias& bias, const std::string& text) {
  const size_t equals = text.find('=');
  const auto id = parse_number<TokenId>(text.substr(0, equals));
  const auto value =
      equals == std::string::npos ? std::nullopt : parse_number<float>(text.substr(equals + 1));
  if (!id || *id < 0 || !value || std::isnan(*value)) {
    reject(option, text, "a token id, '=' and a number ('-inf' forbids the token)");
  }
  bias.target->emplace_back(*id, *value);
}

// Words of other programs for the actions of a command.
std::string meant_choice(const std::string& text, const std::vector<std::string>& values) {
  constexpr std::pair<const char*, const char*> kOthers[] = {
      {"rm", "remove"}, {"delete", "remove"}, {"del", "remove"}, {"ls", "list"},
      {"cat", "show"},  {"get", "show"},      {"cp", "fork"},    {"copy", "fork"}};
  std::string near = nearest(text, values);
  for (const auto& [other, meant] : kOthers) {
    if (text == other && std::ranges::find(values, meant) != values.end()) near = meant;
  }
  return near.empty() ? "" : "; did you mean " + near + "?";
}

void store(const Option& option, const Choice& choice, const std::string& text) {
  if (std::find(choice.values.begin(), choice.values.end(), text) == choice.values.end()) {
    reject(option, text, range_text(option) + meant_choice(text, choice.values));
  }
  *choice.target = text;
}

void store(const Option& option, const Seed& seed, const std::string& text) {
  const auto value = parse_number<uint64_t>(text);
  if (!value) reject(option, text, "a whole number in " + range_text(option));
  *seed.target = *value;
}

// Flag (where chat sets it) or Switch.
template <class F>
void store_truth(const Option& option, const F& flag, const std::string& text) {
  if (text != "on" && text != "off") reject(option, text, "on or off");
  *flag.target = text == "on";
}

void store(const Option& option, const Flag& flag, const std::string& text) {
  store_truth(option, flag, text);
}

void store(const Option& option, const Switch& flag, const std::string& text) {
  store_truth(option, flag, text);
}

// Refused here, so that it costs nothing: no model is loaded for a value with a mistake in it.
template <class Check>
void refuse_what_fails(const std::string& place, Check check) {
  try {
    check();
  } catch (const Error& error) {
    throw UsageError(fmt::format("{}: {}", place, error.what()));
  }
}

void store(const Option& option, const Text& value, const std::string& text) {
  if (value.check != nullptr) refuse_what_fails(option.long_name(), [&] { value.check(text); });
  *value.target = text;
}

void store(const Option&, const OptionalText& value, const std::string& text) { *value.target = text; }

void store(const Option& option, const TextList& list, const std::string& text) {
  if (text.empty()) throw UsageError(fmt::format("{}: the text is empty", option.long_name()));
  list.target->push_back(text);
}

std::string read_named(const Option& option, const std::string& file) {
  try {
    return read_all(file);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: {}", option.long_name(), error.what()));
  }
}

void store(const Option& option, const Form& form, const std::string& text) {
  AnswerForm& target = *form.target;
  if (text == "none") {
    if (target.kind == form.kind) target = {};
    return;
  }
  if (target.kind != AnswerForm::Kind::none && target.kind != form.kind) {
    throw UsageError(
        option.long_name() +
        " can't be combined with another form of the answer (--json-schema, --regex, --grammar)");
  }
  const AnswerForm value{form.kind, form.in_file ? read_named(option, text) : text};
  refuse_what_fails(option.long_name() + (form.in_file ? " " + text : ""), [&] { validate(value); });
  target = value;
}

std::string join(const std::vector<std::string>& words, const char* between) {
  return fmt::format("{}", fmt::join(words, between));
}

template <class N>
std::string number_range(const N& n) {
  return n.above_least ? fmt::format("above {:g}, at most {:g}", n.least, n.most)
                       : fmt::format("{:g} to {:g}", n.least, n.most);
}

}  // namespace

std::string Option::long_name() const {
  const size_t comma = names.rfind(',');
  return comma == std::string::npos ? names : names.substr(comma + 1);
}

std::string Option::short_name() const {
  const size_t comma = names.find(',');
  if (comma != std::string::npos) return names.substr(0, comma);
  return names.size() == 2 && names.front() == '-' ? names : "";
}

void assign(const Option& option, const std::string& text) {
  std::visit([&](const auto& target) { store(option, target, text); }, option.target);
}

bool is_list(const Option& option) {
  return std::holds_alternative<TextList>(option.target) || std::holds_alternative<LogitBias>(option.target);
}

// A system message and a pattern may be any text; forms are taken back by "none".
bool takes_default(const Option& option) {
  return option.given != nullptr && !option.flag() && !std::holds_alternative<OptionalText>(option.target) &&
         !std::holds_alternative<Form>(option.target);
}

void clear_list(const Option& option) {
  if (const auto* list = std::get_if<TextList>(&option.target)) list->target->clear();
  if (const auto* bias = std::get_if<LogitBias>(&option.target)) bias->target->clear();
}

std::string setting_of(const Option& option) {
  return std::holds_alternative<Form>(option.target) ? "the form of the answer" : option.long_name();
}

void mark_given(const Option& option) {
  if (option.given != nullptr) option.given->insert(setting_of(option));
}

void copy_value(const Option& from, const Option& to) {
  std::visit(
      [&](const auto& source) {
        const auto& destination = std::get<std::decay_t<decltype(source)>>(to.target);
        using Source = std::decay_t<decltype(source)>;
        if constexpr (std::is_same_v<Source, Integer> || std::is_same_v<Source, OptionalInteger>) {
          std::visit([&](auto* value) { *value = *std::get<std::decay_t<decltype(value)>>(source.target); },
                     destination.target);
        } else {
          *destination.target = *source.target;
        }
      },
      from.target);
}

std::string range_text(const Option& option) {
  return std::visit(
      Overloaded{
          [](const Integer& i) { return fmt::format("{} to {}", i.least, i.most); },
          [](const OptionalInteger& i) { return fmt::format("{} to {}", i.least, i.most); },
          [](const IntegerList& l) { return fmt::format("{} to {}", l.least, l.most); },
          [](const NamedInteger& i) {
            std::string names;
            for (const auto& [name, value] : i.names) names += name + " or ";
            return fmt::format("{}{} to {}", names, i.least, i.most);
          },
          [](const Number& n) { return number_range(n); },
          [](const OptionalNumber& n) { return number_range(n); },
          [](const Seed&) { return fmt::format("0 to {}", std::numeric_limits<uint64_t>::max()); },
          [](const Choice& c) { return join(c.values, " or "); },
          [](const Switch&) { return std::string("on or off"); },
          [](const auto&) { return std::string(); },
      },
      option.target);
}

std::string default_text(const Option& option) {
  return std::visit(
      Overloaded{
          [](const Integer& i) {
            const auto value =
                std::visit([](auto* target) { return static_cast<int64_t>(*target); }, i.target);
            return value < i.least ? std::string() : std::to_string(value);
          },
          [](const IntegerList& l) { return fmt::format("{}", fmt::join(*l.target, ",")); },
          [](const NamedInteger& i) {
            for (const auto& [name, value] : i.names) {
              if (value == *i.target) return name;
            }
            return std::to_string(*i.target);
          },
          [](const Number& n) { return fmt::format("{:g}", *n.target); },
          [](const OptionalInteger& i) {
            const auto text = [](auto* v) { return *v ? std::to_string(**v) : std::string(); };
            return std::visit(text, i.target);
          },
          [](const OptionalNumber& n) { return *n.target ? fmt::format("{:g}", **n.target) : std::string(); },
          [](const Choice& c) { return *c.target; },
          [](const Switch& s) { return std::string(*s.target ? "on" : "off"); },
          [](const Text& t) {
            return t.target->find(' ') == std::string::npos ? *t.target : '"' + *t.target + '"';
          },
          [](const auto&) { return std::string(); },
      },
      option.target);
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  size_t best_distance = 3;  // further off is no help
  for (const std::string& candidate : candidates) {
    std::vector<size_t> row(candidate.size() + 1);  // Levenshtein distance, a row at a time
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 0; i < word.size(); ++i) {
      size_t diagonal = std::exchange(row[0], i + 1);
      for (size_t j = 0; j < candidate.size(); ++j) {
        const size_t replaced = diagonal + (word[i] == candidate[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
      }
    }
    if (row.back() < best_distance) {
      best_distance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace reckon::cli
