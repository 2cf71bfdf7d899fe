// What `reckon bench` measures: its tests, and the bytes and products each of them cannot do without.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <reckon/reckon.hpp>

#include "settings.hpp"

namespace reckon::cli {

struct BenchTest {
  bool generates = false;  // tokens one after the other, else a prompt at once
  uint64_t tokens = 0;     // per sequence
  uint64_t depth = 0;      // tokens already in the cache
  uint64_t parallel = 1;   // sequences

  std::string name() const;  // "pp512", "tg64@d4096", "tg64x8"
  uint64_t total_tokens() const { return tokens * parallel; }
};

// All combinations, in order. Throws UsageError if there is nothing to measure.
std::vector<BenchTest> plan_tests(const BenchOptions& options);

// What a model's steps must move and compute.
struct ModelCost {
  double weight_bytes = 0;       // packed weights, all read in every step
  double layer_parameters = 0;   // of matrices every token is multiplied with
  double output_parameters = 0;  // of the matrix that gives logits
  double kv_bytes_per_token = 0;
};
ModelCost model_cost(const ModelDescription& description, CacheType cache_type);

// Bytes read from memory and operations (multiply and add counted as two) of one run of a test.
struct TestCost {
  double bytes = 0;
  double operations = 0;
};
TestCost test_cost(const BenchTest& test, const ModelCost& model);

struct Limits {
  double bytes_per_s = 0;
  double operations_per_s = 0;
};

// How near a run of `seconds` came to the limit that binds it.
struct LimitShare {
  bool compute = false;  // else bandwidth
  double value = 0;      // reached: operations or bytes per second
  double share = 0;      // of the measured limit
};
LimitShare share_of_limit(const TestCost& cost, const Limits& limits, double seconds);

}  // namespace reckon::cli
