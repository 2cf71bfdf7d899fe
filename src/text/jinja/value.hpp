// What a template's expressions work on: Python's values, as far as templates use them. Everything but
// namespaces, iterators and loops is immutable once made, so containers can't contain themselves; how deep
// they nest is recorded and bounded (Runtime), so walking and destroying one needs bounded stack.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace reckon::text::jinja {

// Python's integers have no limit; these do, and leaving it is an error. Wide enough for any number JSON
// holds.
__extension__ typedef __int128 Integer;

// What went wrong, without the place: ChatTemplate adds its name and the line.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The bytes that values of one rendering hold at the moment.
struct Meter {
  uint64_t used = 0;
  uint64_t limit = 0;
};

// A share of a Meter, given back when the value that holds it dies.
class Charge {
 public:
  Charge() = default;
  Charge(Meter& meter, uint64_t bytes);  // throws Failure beyond the limit
  Charge(Charge&& other) noexcept : meter_(std::exchange(other.meter_, nullptr)), bytes_(other.bytes_) {}
  Charge& operator=(Charge&& other) noexcept {
    std::swap(meter_, other.meter_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Charge();
  void grow(uint64_t bytes);

 private:
  Meter* meter_ = nullptr;
  uint64_t bytes_ = 0;
};

struct Text;
struct Sequence;
struct Dict;
struct Iterator;
struct Namespace;
struct Callable;
class LoopState;
class Runtime;

struct Reason {
  std::string text;  // the message of the error that using the value raises
  Charge charge;
};
struct Undefined {
  std::shared_ptr<const Reason> reason;
};
struct None {};

enum class Kind : uint8_t {
  undefined,
  none,
  boolean,
  integer,
  floating,
  text,
  sequence,
  dict,
  iterator,
  name_space,
  callable,
  loop
};

class Value {
 public:
  // In the order of Kind. Namespaces belong to the Runtime, since only they can form cycles.
  using Payload =
      std::variant<Undefined, None, bool, Integer, double, std::shared_ptr<const Text>,
                   std::shared_ptr<const Sequence>, std::shared_ptr<const Dict>, std::shared_ptr<Iterator>,
                   Namespace*, std::shared_ptr<const Callable>, std::shared_ptr<LoopState>>;

  Value() = default;  // undefined
  Value(Payload payload) : payload_(std::move(payload)) {}
  static Value none() { return Value(Payload(None{})); }
  static Value boolean(bool value) { return Value(Payload(value)); }
  static Value integer(Integer value) { return Value(Payload(value)); }
  static Value floating(double value) { return Value(Payload(value)); }

  Kind kind() const { return static_cast<Kind>(payload_.index()); }
  bool is(Kind k) const { return kind() == k; }
  bool is_number() const { return is(Kind::boolean) || is(Kind::integer) || is(Kind::floating); }
  bool is_integral() const { return is(Kind::boolean) || is(Kind::integer); }

  // Each needs the matching kind.
  bool as_boolean() const { return std::get<bool>(payload_); }
  Integer as_integer() const;  // also of a boolean, as in Python
  double as_floating() const;  // of any number
  const Text& as_text() const { return *std::get<std::shared_ptr<const Text>>(payload_); }
  std::string_view view() const;  // of a text
  const Sequence& as_sequence() const { return *std::get<std::shared_ptr<const Sequence>>(payload_); }
  const Dict& as_dict() const { return *std::get<std::shared_ptr<const Dict>>(payload_); }
  Iterator& as_iterator() const { return *std::get<std::shared_ptr<Iterator>>(payload_); }
  Namespace& as_namespace() const { return *std::get<Namespace*>(payload_); }
  const Callable& as_callable() const { return *std::get<std::shared_ptr<const Callable>>(payload_); }
  const std::shared_ptr<LoopState>& as_loop() const { return std::get<std::shared_ptr<LoopState>>(payload_); }
  std::string undefined_reason() const;

  bool same_object(const Value& other) const;  // Python's `is`
  uint32_t depth() const;                      // levels of containers: 0 for a scalar

 private:
  Payload payload_;
};

using Values = std::vector<Value>;

struct Text {
  std::string bytes;
  size_t code_points;
  bool markup;  // made by `safe` or `escape`: text added to it is escaped for HTML
  Charge charge;

  bool ascii() const { return code_points == bytes.size(); }
};

enum class SequenceType : uint8_t { list, tuple, range, view };

struct Sequence {
  SequenceType type;
  Values items;
  std::string label;  // of a range: how it prints; of a view: its type's name
  uint32_t depth;
  Charge charge;
};

using DictEntry = std::pair<Value, Value>;

struct Dict {
  std::vector<DictEntry> entries;                     // in order of insertion
  bool indexed = false;                               // made so for more than a few entries
  std::unordered_multimap<size_t, uint32_t> by_hash;  // of an indexed one
  uint32_t depth = 1;
  Charge charge;

  const Value* find(Runtime& runtime, const Value& key) const;  // key: hashable
  const Value* find(Runtime& runtime, std::string_view key) const;
};

// Python's generators: can be walked once.
struct Iterator {
  Values items;
  size_t next = 0;
  uint32_t depth;
  Charge charge;
};

struct Namespace {
  std::vector<std::pair<std::string, Value>> members;

  Value* find(Runtime& runtime, std::string_view name);
};

struct CallArguments {
  Values positional;
  std::vector<std::pair<std::string, Value>> keyword;
  Charge charge{};  // of what a template does not spell out
};

using Function = std::function<Value(Runtime&, CallArguments&)>;

struct Callable {
  std::string name;
  Function call;
  uint32_t depth;  // of what it is bound to
  bool macro;
  Charge charge;
};

bool is_sequence(const Value& value, SequenceType type);
bool is_hashable_key(const Value& value);
bool is_nan(const Value& value);
bool is_true(const Value& value);
std::string type_name(const Value& value);  // as Python calls it, for messages
size_t hash_key(const Value& key);          // differs from process to process
// Charges for the bytes it compares.
bool equal_texts(Runtime& runtime, std::string_view a, std::string_view b);
bool equal_numbers(const Value& a, const Value& b);
int compare_numbers(const Value& a, const Value& b);  // -1, 0, 1; 2 when a NaN is involved

}  // namespace reckon::text::jinja
