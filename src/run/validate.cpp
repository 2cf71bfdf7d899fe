#include <reckon/generation.hpp>

#include "run/draft_policy.hpp"
#include "run/stop_matcher.hpp"
#include "support/within_memory.hpp"

void reckon::validate(const GenerateOptions& options, uint64_t vocab_size) {
  support::within_memory([&] {
    validate(with(options.sampling, options.thinking_sampling), vocab_size);
    validate(with(options.sampling, options.answer_sampling), vocab_size);
    validate(options.thinking);
    const run::StopMatcher stops(options.stop);
    validate(options.answer_form);
    const run::DraftPolicy drafts(options.draft_tokens);
  });
}
