// Loading the model a command was asked for, with progress.
#pragma once

#include <reckon/model.hpp>

#include "settings.hpp"

namespace reckon::cli {

// Throws UsageError for options load() refuses, else what Model::load throws.
Model load_model(const ModelOptions& options, bool quiet);
// The tokenizer alone: no weights are read.
Tokenizer load_tokenizer(const std::optional<std::string>& file);
CacheType cache_type(const ModelOptions& options);
SessionOptions session_options(const ModelOptions& model, const GenerationOptions& generation);
ModelDescription describe_model(const ModelOptions& options);
// Before a large model is packed: throws UsageError for a --ctx (0: none was given) that it has not.
void check_context(const ModelOptions& options, uint64_t context);

// The kernel set and the threads that a model loaded now would get. selected_isa throws UsageError for an
// unknown RECKON_ISA.
std::string selected_isa();
int thread_count(const ModelOptions& options);

// The options a session is to run with: validated against the model, with a seed.
GenerateOptions generate_options(const GenerationOptions& options, const Model& model);

}  // namespace reckon::cli
