// What `reckon batch` and `reckon eval` have in common.
#pragma once

#include "prompt_runner.hpp"
#include "settings.hpp"

namespace reckon::cli {

// Runs the prompts of options.input through the model, results to options.results if there is one, and tells
// on standard error how it went. Throws UsageError, Error.
RunCounts run_prompts(const PromptsOptions& options, LineHandler& handler);

// The exit status after them.
int exit_status(const RunCounts& counts);

RequestDefaults request_defaults(const PromptsOptions& options);

}  // namespace reckon::cli
