#include "bench_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reckon::cli {
namespace {

bool is_output(const TensorInfo& tensor, bool tied) {
  return tensor.name == (tied ? "token_embd.weight" : "output.weight");
}

}  // namespace

std::string BenchTest::name() const {
  std::string text = fmt::format("{}{}", generates ? "tg" : "pp", tokens);
  if (parallel > 1) text += fmt::format("x{}", parallel);
  if (depth > 0) text += fmt::format("@d{}", depth);
  return text;
}

std::vector<BenchTest> plan_tests(const BenchOptions& options) {
  std::vector<BenchTest> tests;
  for (const uint64_t depth : options.depths) {
    for (const uint64_t tokens : options.prompt_tokens) {
      if (tokens > 0) tests.push_back({.generates = false, .tokens = tokens, .depth = depth, .parallel = 1});
    }
    for (const uint64_t tokens : options.generated_tokens) {
      if (tokens == 0) continue;
      for (const uint64_t parallel : options.parallel) {
        tests.push_back({.generates = true, .tokens = tokens, .depth = depth, .parallel = parallel});
      }
    }
  }
  if (tests.empty() && !options.prompt)
    throw UsageError("nothing to measure: -p and -n are 0 and there is no --prompt");
  return tests;
}

ModelCost model_cost(const ModelDescription& description, CacheType cache_type) {
  ModelCost cost;
  cost.weight_bytes = static_cast<double>(Model::estimate_memory(description, 1).weights);
  cost.kv_bytes_per_token = static_cast<double>(Model::cache_bytes_per_token(description.info, cache_type));
  for (const TensorInfo& tensor : description.tensors) {
    if (tensor.shape.size() < 2 || !tensor.name.ends_with(".weight")) continue;
    double parameters = 1;
    for (const uint64_t extent : tensor.shape) parameters *= static_cast<double>(extent);
    if (is_output(tensor, description.info.tied_output)) {
      cost.output_parameters += parameters;
    } else if (tensor.name != "token_embd.weight") {  // a row of it is read per token, nothing is multiplied
      cost.layer_parameters += parameters;
    }
  }
  return cost;
}

TestCost test_cost(const BenchTest& test, const ModelCost& model) {
  const auto tokens = static_cast<double>(test.tokens);
  const auto depth = static_cast<double>(test.depth);
  const auto parallel = static_cast<double>(test.parallel);
  TestCost cost;
  if (!test.generates) {  // weights once, logits of the last row only
    cost.bytes = model.weight_bytes + depth * model.kv_bytes_per_token;
    cost.operations = 2 * (tokens * model.layer_parameters + model.output_parameters);
    return cost;
  }
  // A step reads the weights once, the common prefix once and each sequence's own positions.
  const double own_positions = parallel * tokens * (tokens - 1) / 2;
  cost.bytes = tokens * model.weight_bytes + (tokens * depth + own_positions) * model.kv_bytes_per_token;
  cost.operations = 2 * tokens * parallel * (model.layer_parameters + model.output_parameters);
  return cost;
}

LimitShare share_of_limit(const TestCost& cost, const Limits& limits, double seconds) {
  const double reading = cost.bytes / limits.bytes_per_s;
  const double computing = cost.operations / limits.operations_per_s;
  if (computing > reading)
    return {.compute = true, .value = cost.operations / seconds, .share = computing / seconds};
  return {.compute = false, .value = cost.bytes / seconds, .share = reading / seconds};
}

}  // namespace reckon::cli
