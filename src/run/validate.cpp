#include <reckon/generation.hpp>

#include "run/draft_policy.hpp"
#include "run/stop_matcher.hpp"
#include "run/turn.hpp"
#include "support/within_memory.hpp"

void reckon::run::check_all_but_form(const GenerateOptions& options, uint64_t vocab_size) {
  validate(with(options.sampling, options.thinking_sampling), vocab_size);
  validate(with(options.sampling, options.answer_sampling), vocab_size);
  validate(options.thinking);
  const StopMatcher stops(options.stop);
  const DraftPolicy drafts(options.draft_tokens);
}

void reckon::validate(const GenerateOptions& options, uint64_t vocab_size) {
  support::within_memory([&] {
    run::check_all_but_form(options, vocab_size);
    validate(options.answer_form);
  });
}
