// Lines of `reckon batch` and `reckon eval`, and of the results they go on from.
#include <reckon/chat_template.hpp>

#include "fuzz/option_checks.hpp"
#include "fuzz/target.hpp"
#include "tools/reckon/batch_input.hpp"
#include "tools/reckon/result_ledger.hpp"

namespace reckon::fuzz {
namespace {

using namespace cli;

void check(const PromptRequest& request) {
  FUZZ_CHECK(!request.id.empty() && request.id.size() <= kMostIdBytes);
  FUZZ_CHECK(!request.messages.empty());
  FUZZ_CHECK(request.samples >= 1 && request.samples <= kMostSamples);
  FUZZ_CHECK(request.generation.seed == request.generation.generate.sampling.seed);
  GenerationOptions options = request.generation;
  check_ranges(unattended_generation_table(options));
  check_generation_options(options);
}

template <class F>
std::optional<PromptRequest> request_of(F parse) {
  try {
    PromptRequest request = parse();
    check(request);
    return request;
  } catch (const LineError& error) {
    FUZZ_CHECK(!error.code().empty() && std::string_view(error.what()).size() > 0);
    FUZZ_CHECK(!error.id() || error.id()->size() <= kMostIdBytes);
    shortened(error.what());
    return std::nullopt;
  }
}

// Each result once: the same line is refused the second time.
void check_result(ResultLedger& ledger, std::string_view line, uint64_t number) {
  const auto recover = [&] {
    return refusal_of({ErrorCode::malformed_file}, "results.jsonl, line ",
                      [&] { ledger.recover(line, number, "results.jsonl"); });
  };
  if (!recover()) FUZZ_CHECK(recover());
}

void run(Input input) {
  RequestDefaults defaults;
  defaults.generation.system = "Be brief.";
  ResultLedger ledger;
  for (uint64_t number = 1; !input.empty(); number++) {
    const std::string_view line = input.field('\n');
    const auto request = request_of([&] { return parse_request(line, number, defaults); });
    if (request) {
      FUZZ_CHECK(request->messages.front().role == "system");
      ledger.claim(request->id, number);
    }
    const auto question = request_of([&] { return parse_question(line, number, defaults); });
    if (question) FUZZ_CHECK(question->question && question->messages.size() == 2);
    check_result(ledger, line, number);
  }
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
