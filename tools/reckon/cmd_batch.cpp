// reckon batch: a file of prompts to a file of results.
#include "prompts_command.hpp"

namespace reckon::cli {
namespace {

class BatchLines : public LineHandler {
 public:
  explicit BatchLines(const PromptsOptions& options) : defaults_(request_defaults(options)) {}
  PromptRequest parse(std::string_view text, uint64_t line) override {
    return parse_request(text, line, defaults_);
  }

 private:
  RequestDefaults defaults_;
};

}  // namespace

int batch(const PromptsOptions& options) {
  if (!options.input) throw UsageError("IN.jsonl is missing");
  if (!options.results) throw UsageError("OUT.jsonl is missing");
  if (options.results == "-")
    throw UsageError("OUT.jsonl is a file, which can be resumed; standard output is not");
  BatchLines lines(options);
  return exit_status(run_prompts(options, lines));
}

}  // namespace reckon::cli
