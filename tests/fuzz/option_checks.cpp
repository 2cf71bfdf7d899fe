#include "fuzz/option_checks.hpp"

#include <reckon/answer_form.hpp>
#include <reckon/thinking.hpp>

#include "fuzz/check.hpp"
#include "tools/reckon/saved_settings.hpp"

namespace reckon::fuzz {
namespace {

using namespace cli;

template <class N>
bool within(const N& number, double value) {
  return value >= static_cast<float>(number.least) && value <= static_cast<float>(number.most) &&
         !(number.above_least && value == number.least);
}

// What is there without the option may lie outside ("0: all").
struct InRange {
  bool operator()(const OptionalInteger& i) const {
    return std::visit(
        [&](const auto* v) {
          return !*v || (static_cast<int64_t>(**v) >= i.least && static_cast<int64_t>(**v) <= i.most);
        },
        i.target);
  }
  bool operator()(const Number& n) const { return within(n, *n.target); }
  bool operator()(const OptionalNumber& n) const { return !*n.target || within(n, **n.target); }
  bool operator()(const Integer& i) const {
    return std::visit([&](const auto* v) { return static_cast<int64_t>(*v) <= i.most; }, i.target);
  }
  bool operator()(const IntegerList& l) const {
    return std::ranges::all_of(*l.target, [&](uint64_t v) { return v >= l.least && v <= l.most; });
  }
  bool operator()(const Choice& c) const {
    return std::ranges::find(c.values, *c.target) != c.values.end() || c.target->empty();
  }
  template <class T>
  bool operator()(const T&) const {
    return true;
  }
};

}  // namespace

void check_ranges(const std::vector<Option>& table) {
  for (const Option& option : table) FUZZ_CHECK(std::visit(InRange{}, option.target));
}

void check_generation_options(const GenerationOptions& options) {
  FUZZ_CHECK(!refusal_of({}, "", [&] {
    validate(options.generate.thinking);
    validate(options.generate.answer_form);
  }));
  const SavedSettings saved = saved_settings(options);
  GenerationOptions restored;
  FUZZ_CHECK(apply_settings(saved, restored).empty());
  FUZZ_CHECK(saved_settings(restored) == saved);
}

}  // namespace reckon::fuzz
