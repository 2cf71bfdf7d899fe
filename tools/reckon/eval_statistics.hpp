// The figures of an evaluation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace reckon::cli {

struct Interval {
  double low = 0;
  double high = 0;
};

// The 95 % interval of a share `p` of `trials`, by Wilson's score (E. B. Wilson, "Probable inference, the law
// of succession, and statistical inference", 1927), without a correction for continuity. It holds its level
// also near 0 and 1 and for few trials. [0, 1] for none.
Interval wilson_interval(double p, uint64_t trials);

// The probability that k samples drawn without replacement from `samples`, of which `right` are right, hold a
// right one: the unbiased estimate of pass@k (Chen et al., "Evaluating large language models trained on
// code", 2021). k is 1 to `samples`.
double pass_at_k(uint64_t samples, uint64_t right, uint64_t k);

// The value below which the share `q` in [0, 1] of the values lies, linear between the two nearest of them (0
// for none). `values` need not be sorted.
double quantile(std::vector<double> values, double q);

double mean(std::span<const double> values);  // 0 for none

}  // namespace reckon::cli
