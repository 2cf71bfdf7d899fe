// reckon bench --roofline: what the machine reaches at most, in the three formats of bench.
#pragma once

#include "settings.hpp"

namespace reckon::cli {

int bench_roofline(const BenchOptions& options);  // the exit status

}  // namespace reckon::cli
