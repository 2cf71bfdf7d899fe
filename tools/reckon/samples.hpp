// run --samples: many answers to one prompt, without a vote.
#pragma once

#include <string>

#include "settings.hpp"

namespace reckon::cli {

// Answers in the order of the samples, each as soon as those before it are there; or JSON. The exit status is
// that of the first sample that has one other than 0.
int run_samples(const RunOptions& options, const std::string& prompt);

// What a generation says in the exit status.
int exit_status(const Generation& generation);

}  // namespace reckon::cli
