#include "loading.hpp"

#include <fmt/format.h>

#include <random>

#include "session_folder.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

const std::string& checked_name(const std::string& file) {
  if (file.empty()) throw UsageError("--model: the file's name is empty");
  return file;
}

}  // namespace

Model load_model(const ModelOptions& options, bool quiet) {
  StatusLine status(quiet);
  LoadOptions load;
  load.threads = static_cast<int>(options.threads);
  load.progress = [&](const LoadProgress& progress) {
    const double share = static_cast<double>(progress.done_bytes) /
                         static_cast<double>(std::max<uint64_t>(progress.total_bytes, 1));
    const std::string size = format_bytes(static_cast<double>(progress.total_bytes));
    status.update(fmt::format("packing weights: {:.0f} % of {}", 100 * share, size),
                  fmt::format("packing weights of {}", size));
    return !signals::interrupted();
  };
  try {
    return options.file ? Model::load(checked_name(*options.file), load) : Model::embedded(load);
  } catch (const Error& error) {
    // The command line's own values are in range: this is RECKON_ISA.
    if (error.code() == ErrorCode::invalid_argument) throw UsageError(error.what());
    throw;
  }
}

Tokenizer load_tokenizer(const std::optional<std::string>& file) {
  return file ? Tokenizer::load(checked_name(*file)) : Tokenizer::embedded();
}

std::string selected_isa() {
  try {
    for (const InstructionSet& set : instruction_sets()) {
      if (set.selected) return set.name;
    }
  } catch (const Error& error) {  // RECKON_ISA names no kernel set
    if (error.code() == ErrorCode::invalid_argument) throw UsageError(error.what());
    throw;
  }
  throw Error(ErrorCode::unsupported, "this processor runs none of the kernel sets");
}

int thread_count(const ModelOptions& options) {
  return options.threads > 0 ? static_cast<int>(options.threads) : system_info().usable_cores;
}

CacheType cache_type(const ModelOptions& options) {
  return options.cache == "q8_0" ? CacheType::q8_0 : CacheType::f16;
}

SessionOptions session_options(const ModelOptions& model, const GenerationOptions& generation) {
  SessionOptions session;
  session.context = generation.context;
  if (generation.prompt_cache == "off" && generation.given.contains("--prompt-cache-size")) {
    throw UsageError("--prompt-cache-size: there is no --prompt-cache");
  }
  session.cache_type = cache_type(model);
  if (generation.prompt_cache == "on") {
    session.prompt_cache = data_folder() + "/prompts";
  } else if (generation.prompt_cache != "off") {
    session.prompt_cache = generation.prompt_cache;
  }
  session.prompt_cache_bytes = generation.prompt_cache_gib << 30;
  return session;
}

ModelDescription describe_model(const ModelOptions& options) {
  return options.file ? Model::describe(checked_name(*options.file)) : Model::describe_embedded();
}

namespace {

// The only one whose range is the model's: "logit_bias token 99999; expected 0 to 511".
std::string as_option(const std::string& message) {
  constexpr std::string_view kField = "logit_bias ";
  return message.starts_with(kField) ? "--logit-bias: " + message.substr(kField.size()) : message;
}

}  // namespace

void check_context(const ModelOptions& options, uint64_t context) {
  if (context == 0) return;
  const uint64_t most = describe_model(options).info.context_length;
  if (context >= 2 && context <= most) return;
  throw UsageError(fmt::format("--ctx: a context of {}; the model has 2 to {} positions", context, most));
}

GenerateOptions generate_options(const GenerationOptions& options, const Model& model) {
  GenerateOptions generate = options.generate;
  // 32 bits: short enough to type again, and exact in every JSON reader.
  generate.sampling.seed = options.seed ? *options.seed : std::random_device()();
  try {
    validate(generate.sampling, model.info().vocab_size);
    validate(generate.thinking);
  } catch (const Error& error) {
    throw UsageError(as_option(error.what()));
  }
  return generate;
}

}  // namespace reckon::cli
