#include "text/jinja/value.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "text/hashing.hpp"
#include "text/jinja/loop_state.hpp"

namespace reckon::text::jinja {
namespace {

// 2^127: every Integer lies in [-integer_bound, integer_bound).
constexpr double integer_bound = 170141183460469231731687303715884105728.0;

int sign_of_difference(Integer a, Integer b) { return a < b ? -1 : a > b ? 1 : 0; }

int compare_integer_to_double(Integer a, double b) {
  if (b >= integer_bound) return -1;
  if (b < -integer_bound) return 1;
  const double whole = std::floor(b);
  const int order = sign_of_difference(a, static_cast<Integer>(whole));
  return order == 0 && b > whole ? -1 : order;
}

// Templates choose their keys: without a seed they could choose such as share a hash.
uint64_t hash_seed() {
  static const uint64_t seed = random_seed();
  return seed;
}

size_t hash_text(std::string_view text) { return hash_bytes(text, hash_seed()); }

// Equal numbers hash alike, whatever their type; integers that one double stands for do not.
size_t hash_number(const Value& number) {
  const double value = number.is(Kind::floating) ? number.as_floating() : 0.0;
  const bool whole = value == std::floor(value) && value >= -integer_bound && value < integer_bound;
  if (!whole) return hash_integer(std::bit_cast<uint64_t>(value), hash_seed());
  const Integer integer = number.is_integral() ? number.as_integer() : static_cast<Integer>(value);
  const uint64_t high = hash_integer(static_cast<uint64_t>(integer >> 64), hash_seed());
  return hash_integer(static_cast<uint64_t>(integer) ^ std::rotl(high, 29), hash_seed());
}

// Keys that share a hash are compared one by one, at a step each.
template <class Hash, class Matches>
const Value* find_entry(Runtime& runtime, const Dict& dict, const Hash& hash, const Matches& matches) {
  if (!dict.indexed) {
    const auto found = std::find_if(dict.entries.begin(), dict.entries.end(),
                                    [&](const DictEntry& entry) { return matches(entry.first); });
    return found == dict.entries.end() ? nullptr : &found->second;
  }
  for (auto [it, end] = dict.by_hash.equal_range(hash()); it != end; ++it) {
    runtime.step();
    const DictEntry& entry = dict.entries[it->second];
    if (matches(entry.first)) return &entry.second;
  }
  return nullptr;
}

}  // namespace

Charge::Charge(Meter& meter, uint64_t bytes) : meter_(&meter) { grow(bytes); }

Charge::~Charge() {
  if (meter_ != nullptr) meter_->used -= bytes_;
}

void Charge::grow(uint64_t bytes) {
  if (meter_ == nullptr) return;
  if (bytes > meter_->limit - meter_->used) {
    throw Failure("the template's values need more than " + std::to_string(meter_->limit) +
                  " bytes of memory");
  }
  meter_->used += bytes;
  bytes_ += bytes;
}

Integer Value::as_integer() const {
  return is(Kind::boolean) ? Integer{std::get<bool>(payload_)} : std::get<Integer>(payload_);
}

double Value::as_floating() const {
  return is(Kind::floating) ? std::get<double>(payload_) : static_cast<double>(as_integer());
}

std::string_view Value::view() const { return as_text().bytes; }

std::string Value::undefined_reason() const {
  const auto& reason = std::get<Undefined>(payload_).reason;
  return reason ? reason->text : "a value is undefined";
}

bool Value::same_object(const Value& other) const {
  if (kind() != other.kind()) return false;
  switch (kind()) {
    case Kind::undefined:
      return std::get<Undefined>(payload_).reason == std::get<Undefined>(other.payload_).reason;
    case Kind::none: return true;
    case Kind::boolean: return as_boolean() == other.as_boolean();
    // Python keeps one object per small integer; of other numbers it makes new ones.
    case Kind::integer:
      return as_integer() == other.as_integer() && as_integer() >= -5 && as_integer() <= 256;
    case Kind::floating: return false;
    case Kind::text: return &as_text() == &other.as_text();
    case Kind::sequence: return &as_sequence() == &other.as_sequence();
    case Kind::dict: return &as_dict() == &other.as_dict();
    case Kind::iterator: return &as_iterator() == &other.as_iterator();
    case Kind::name_space: return &as_namespace() == &other.as_namespace();
    case Kind::callable: return &as_callable() == &other.as_callable();
    case Kind::loop: return as_loop() == other.as_loop();
  }
  return false;
}

uint32_t Value::depth() const {
  switch (kind()) {
    case Kind::sequence: return as_sequence().depth;
    case Kind::dict: return as_dict().depth;
    case Kind::iterator: return as_iterator().depth;
    case Kind::callable: return as_callable().depth;
    case Kind::loop: return as_loop()->nesting();
    default: return 0;
  }
}

const Value* Dict::find(Runtime& runtime, const Value& key) const {
  if (key.is(Kind::text)) return find(runtime, key.view());
  if (is_nan(key)) return nullptr;  // equals nothing, not even itself
  return find_entry(
      runtime, *this, [&] { return hash_key(key); },
      [&key](const Value& candidate) {
        if (candidate.is_number() && key.is_number()) return equal_numbers(candidate, key);
        return candidate.is(Kind::none) && key.is(Kind::none);
      });
}

const Value* Dict::find(Runtime& runtime, std::string_view key) const {
  return find_entry(
      runtime, *this,
      [&] {
        runtime.step(key.size() / 64);
        return hash_text(key);
      },
      [&](const Value& candidate) {
        return candidate.is(Kind::text) && equal_texts(runtime, candidate.view(), key);
      });
}

Value* Namespace::find(Runtime& runtime, std::string_view name) {
  const auto found = std::find_if(members.begin(), members.end(), [&](const auto& member) {
    return equal_texts(runtime, member.first, name);
  });
  runtime.step(static_cast<uint64_t>(found - members.begin()) / 8);
  return found == members.end() ? nullptr : &found->second;
}

bool is_sequence(const Value& value, SequenceType type) {
  return value.is(Kind::sequence) && value.as_sequence().type == type;
}

bool is_hashable_key(const Value& value) {
  return value.is(Kind::text) || value.is_number() || value.is(Kind::none);
}

bool is_true(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined:
    case Kind::none: return false;
    case Kind::boolean: return value.as_boolean();
    case Kind::integer: return value.as_integer() != 0;
    case Kind::floating: return value.as_floating() != 0.0;
    case Kind::text: return !value.view().empty();
    case Kind::sequence: return !value.as_sequence().items.empty();
    case Kind::dict: return !value.as_dict().entries.empty();
    case Kind::loop: return value.as_loop()->length() != 0;
    default: return true;
  }
}

std::string type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::undefined: return "Undefined";
    case Kind::none: return "NoneType";
    case Kind::boolean: return "bool";
    case Kind::integer: return "int";
    case Kind::floating: return "float";
    case Kind::text: return "str";
    case Kind::sequence:
      switch (value.as_sequence().type) {
        case SequenceType::list: return "list";
        case SequenceType::tuple: return "tuple";
        case SequenceType::range: return "range";
        case SequenceType::view: return value.as_sequence().label;
      }
      return "sequence";
    case Kind::dict: return "dict";
    case Kind::iterator: return "generator";
    case Kind::name_space: return "Namespace";
    case Kind::callable: return value.as_callable().macro ? "Macro" : "function";
    case Kind::loop: return "LoopContext";
  }
  return "object";
}

size_t hash_key(const Value& key) {
  if (key.is(Kind::text)) return hash_text(key.view());
  if (key.is(Kind::none)) return 0x6e6f6e65;
  return hash_number(key);
}

bool equal_texts(Runtime& runtime, std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  runtime.step(a.size() / 64);
  return a == b;
}

bool is_nan(const Value& value) { return value.is(Kind::floating) && std::isnan(value.as_floating()); }

int compare_numbers(const Value& a, const Value& b) {
  if (a.is_integral() && b.is_integral()) return sign_of_difference(a.as_integer(), b.as_integer());
  const double x = a.as_floating();
  const double y = b.as_floating();
  if (std::isnan(x) || std::isnan(y)) return 2;
  if (a.is_integral()) return compare_integer_to_double(a.as_integer(), y);
  if (b.is_integral()) return -compare_integer_to_double(b.as_integer(), x);
  return x < y ? -1 : x > y ? 1 : 0;
}

bool equal_numbers(const Value& a, const Value& b) { return compare_numbers(a, b) == 0; }

}  // namespace reckon::text::jinja
