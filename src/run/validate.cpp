#include <reckon/generation.hpp>

#include <string>

#include <reckon/error.hpp>

#include "run/draft_policy.hpp"
#include "run/stop_matcher.hpp"
#include "run/turn.hpp"
#include "support/within_memory.hpp"

namespace {

// What is thrown then is wrong with the phase's own values.
void check_phase(const char* name, const reckon::GenerateOptions& options, const reckon::PhaseSampling& phase,
                 uint64_t vocab_size) {
  try {
    validate(with(options.sampling, phase), vocab_size);
  } catch (const reckon::Error& error) {
    throw reckon::Error(error.code(), std::string(name) + ": " + error.what());
  }
}

}  // namespace

void reckon::run::check_all_but_form(const GenerateOptions& options, uint64_t vocab_size) {
  validate(options.sampling, vocab_size);
  check_phase("thinking_sampling", options, options.thinking_sampling, vocab_size);
  check_phase("answer_sampling", options, options.answer_sampling, vocab_size);
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
