#include "fuzz/constraint_walk.hpp"

#include "constrain/constraint.hpp"
#include "constrain/forms.hpp"
#include "fuzz/check.hpp"
#include "fuzz/memory_meter.hpp"
#include "fuzz/vocabulary_reader.hpp"
#include "load/metadata.hpp"
#include "text/vocabulary.hpp"

namespace reckon::fuzz {
namespace {

using constrain::Grammar;
using constrain::Matcher;

constexpr int kMostSteps = 40;
constexpr TokenId kThink = 257;                      // in the vocabulary below
constexpr size_t kCompileBytes = size_t{256} << 20;  // of memory, whatever the form

// All bytes, and pieces as real vocabularies have them: words, white space, what JSON is made of, pieces of
// characters, tokens that are no text.
constexpr std::string_view kVocabulary =
    "C<eos>\nE256\nU<think>\nU</think>\nX[PAD]\nY<0x41>\n"
    "NĠ\nNĠĠ\nNĠĠĠĠ\nNĊ\nNĊĊ\nNĊĠĠ\nNčĊ\nN,Ġ\nN:Ġ\nN,Ċ\n"
    "N\"\nN{\"\nN\":\nN\",\nN\"}\nN\"]\nN[\"\nN{}\nN[]\nN},\nN]}\nN\"\"\nN\\\"\nN\\n\nN\\u\nN\\u00\n"
    "Ntrue\nNfalse\nNnull\nN12\nN00\nN-1\nN0.\nN.5\nNe+\nN1e10\nN2024\nN-0\nN99\n"
    "Na\nNab\nNabc\nNthe\nNĠthe\nNroot\nNtype\nNname\nNyes\nNno\nNx\nNxx\nNxxxxxxxxxxxxxxxx\n"
    "Nxxxxxxxxxxxxxxxxx\nNaaaaaaaa\nNA\nNZ\nNÃ©\nNä½ł\nNä½\nNðŁĺĢ\nNðŁĺ\n";

const constrain::TokenTable& table() {
  static const text::Tokenizer tokenizer = [] {
    VocabularyReader reader;
    for (Input lines(kVocabulary); !lines.empty();) reader.line(lines.field('\n'));
    return text::Tokenizer(text::read_vocabulary(reader.metadata("vocabulary")));
  }();
  static const constrain::TokenTable made(tokenizer);
  return made;
}

bool holds(std::span<const uint64_t> set, TokenId token) {
  return set[static_cast<size_t>(token) / 64] >> token % 64 & 1;
}

// The same question answered by the grammar alone.
class Reference {
 public:
  Reference(const Grammar& grammar, const char* form) : matcher_(grammar, form), state_(matcher_.start()) {}

  bool goes_on(std::string_view bytes) { return after(bytes).has_value(); }
  void accept(std::string_view bytes) {
    const Place place = after(bytes).value_or(Place{Matcher::kDead, kNone});
    state_ = place.state;
    newlines_ = place.newlines;
  }
  void begin() { newlines_ = 0; }
  bool can_end() const { return matcher_.can_end(state_); }
  // What it says no to may be of the form all the same.
  bool met_bound() const { return matcher_.met_bound(); }
  bool in_front() const { return newlines_ != kNone; }  // of the form's own text

 private:
  static constexpr int kNone = -1;  // the form has begun: newlines are its own
  struct Place {
    Matcher::State state;
    int newlines;
  };

  // Up to two newlines in front are not the form's.
  std::optional<Place> after(std::string_view bytes) {
    int newlines = newlines_;
    while (newlines != kNone && !bytes.empty() && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      if (++newlines > 2) return std::nullopt;
    }
    if (bytes.empty()) return Place{state_, newlines};
    if (newlines != kNone && bytes.front() == '\r') return std::nullopt;
    const Matcher::State next = matcher_.next(state_, bytes);
    return next == Matcher::kDead ? std::nullopt : std::optional(Place{next, kNone});
  }

  Matcher matcher_;
  Matcher::State state_;
  int newlines_ = 0;
};

// The n-th (modulo their number) of the tokens in the set.
TokenId choose(std::span<const uint64_t> set, size_t n) {
  std::vector<TokenId> tokens;
  for (size_t t = 0; t < table().size(); t++) {
    if (holds(set, static_cast<TokenId>(t))) tokens.push_back(static_cast<TokenId>(t));
  }
  FUZZ_CHECK(!tokens.empty());
  return tokens[n % tokens.size()];
}

// A constraint that reads in fewer ways may lack some of what can follow. It gives up ways before it meets
// the matcher's bound, so that it goes on where the reference does not.
bool agrees(bool has, bool expected, bool in_fewer_ways, const Reference& reference) {
  return has == expected || (in_fewer_ways && (expected || reference.met_bound()));
}

// may_think: kThink begins a thought in front of the answer.
void check_allowed(std::span<const uint64_t> set, Reference& reference, bool may_think, bool in_fewer_ways) {
  const text::Tokenizer& tokenizer = table().tokenizer();
  for (size_t i = 0; i < table().size(); i++) {
    const auto t = static_cast<TokenId>(i);
    const bool expected = t == kThink           ? may_think && reference.in_front()
                          : tokenizer.is_end(t) ? reference.can_end()
                                                : table().is_text(t) && reference.goes_on(tokenizer.bytes(t));
    FUZZ_CHECK(agrees(holds(set, t), expected, in_fewer_ways, reference));
  }
}

std::optional<std::string> walk(const Grammar& grammar, const char* form, Input choices) {
  constrain::Constraint constraint(std::make_shared<constrain::CompiledForm>(grammar, form, table()),
                                   table());
  Reference reference(grammar, form);
  bool may_think = choices.byte() % 2 == 1;
  if (may_think) constraint.begin({.id = kThink, .text = {}});
  std::string text;
  for (int step = 0; step < kMostSteps; step++) {
    const std::span<const uint64_t> set = constraint.allowed();  // until it is asked again
    const std::vector<uint64_t> allowed(set.begin(), set.end());
    const bool fewer = constraint.in_fewer_ways();
    check_allowed(allowed, reference, may_think, fewer);
    FUZZ_CHECK(agrees(constraint.can_end(), reference.can_end(), fewer, reference));
    const bool done = constraint.is_complete();
    FUZZ_CHECK(!done || constraint.can_end());
    if (choices.empty() || done) break;
    const TokenId token = choose(allowed, choices.byte());
    if (table().tokenizer().is_end(token)) break;
    constraint.accept(token);
    if (token == kThink) {  // what is not shown here is the thought
      may_think = false;
      constraint.begin();
      reference.begin();
      text.clear();
    } else {
      const std::string_view bytes = table().tokenizer().bytes(token);
      reference.accept(bytes);
      text += bytes;
    }
  }
  return constraint.can_end() ? std::optional(text) : std::nullopt;
}

}  // namespace

std::optional<std::string> walk(const AnswerForm& form, Input choices) {
  const char* name = constrain::form_name(form.kind);
  std::optional<std::string> text;
  const auto refuses = [&](auto f) { return refusal_of({ErrorCode::invalid_argument}, name, f).has_value(); };
  const MemoryMeter memory;
  std::optional<Grammar> grammar;
  const bool refused = refuses([&] { grammar = constrain::compile_form(form); });
  FUZZ_CHECK(memory.peak() <= kCompileBytes);
  FUZZ_CHECK(refused == refuses([&] { validate(form); }));
  if (!refused) refuses([&] { text = walk(*grammar, name, choices); });
  return text;
}

}  // namespace reckon::fuzz
