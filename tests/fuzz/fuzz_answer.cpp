// What a model answers: its final answer, in the form in which equal answers are equal; and stop strings in
// it. Fields that end with a zero byte: the answer, then the stop strings; \x01 cuts the answer into tokens.
#include <reckon/answer.hpp>

#include "fuzz/target.hpp"
#include "run/stop_matcher.hpp"
#include "text/utf8_tail.hpp"

namespace reckon::fuzz {
namespace {

void check_utf8(const std::string& text) {
  text::Utf8Tail tail;
  FUZZ_CHECK(tail.feed(text) == text && tail.empty());
}

void check_answer(std::string_view text) {
  for (const bool whole : {true, false}) {
    const auto answer = final_answer(text, whole);
    FUZZ_CHECK(!answer || !answer->empty());
    check_utf8(normalised_answer(answer.value_or("")));
  }
  check_utf8(normalised_answer(text));
  FUZZ_CHECK(final_answer(std::string(text) + "\n\\boxed{7}", false) == "7");
}

// Where the first stop string ends, and of those that end there, the longest's beginning.
size_t end_of(const std::string& text, const std::vector<std::string>& stops) {
  for (size_t end = 1; end <= text.size(); end++) {
    size_t longest = 0;
    for (const std::string& stop : stops) {
      if (std::string_view(text).substr(0, end).ends_with(stop)) longest = std::max(longest, stop.size());
    }
    if (longest > 0) return end - longest;
  }
  return text.size();
}

void check_stops(std::string_view answer, const std::vector<std::string>& stops) {
  std::optional<run::StopMatcher> matcher;
  if (refusal_of({ErrorCode::invalid_argument}, "stop", [&] { matcher.emplace(stops); })) return;
  std::string text, shown;
  for (Input pieces(answer); !pieces.empty();) {
    const std::string_view piece = pieces.field('\x01');
    shown += matcher->feed(piece);
    text += piece;
  }
  shown += matcher->finish();
  const size_t end = end_of(text, stops);
  FUZZ_CHECK(shown == text.substr(0, end));
  FUZZ_CHECK(matcher->matched() || end == text.size());
}

void run(Input input) {
  const std::string_view answer = input.field();
  std::vector<std::string> stops;
  while (!input.empty()) stops.emplace_back(input.field());
  check_answer(answer);
  check_stops(answer, stops);
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
