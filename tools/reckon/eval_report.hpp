// An evaluation's figures, as Markdown or JSON.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "eval_statistics.hpp"
#include "json_output.hpp"

namespace reckon::cli {

// One answer to a question.
struct EvalSample {
  std::optional<std::string> answer;  // the final one; none: there is none
  bool right = false;
  uint64_t thinking_tokens = 0;
  std::string finish_reason;
};

struct EvalQuestion {
  std::string category;
  std::vector<EvalSample> samples;  // in their order; all questions have as many
};

// Is the majority of `count` samples from `begin` on right? Samples without an answer don't vote; among
// equals the answer that came first wins.
bool majority_is_right(const EvalQuestion& question, size_t begin, size_t count);

struct EvalRow {
  uint64_t questions = 0;
  double pass_at_1 = 0;
  Interval interval;     // of pass_at_1: 95 %, Wilson, over the questions
  double consensus = 0;  // of all samples
};

struct EvalReport {
  std::string model;
  uint64_t samples = 1;  // of each question
  uint64_t failed = 0;   // questions without samples, not counted
  EvalRow all;
  std::map<std::string, EvalRow> categories;      // none if no question has one
  std::vector<std::pair<uint64_t, double>> pass;  // k, pass@k; k: powers of two, and all samples
  // k, cons@k: the mean over the groups of k samples that follow each other
  std::vector<std::pair<uint64_t, double>> consensus;
  double thinking_mean = 0;  // tokens
  double thinking_median = 0;
  double thinking_p95 = 0;
  std::map<std::string, uint64_t> finish_reasons;
  uint64_t generated_tokens = 0;  // in this run
  double seconds = 0;
};

EvalReport eval_report(const std::vector<EvalQuestion>& questions, uint64_t samples);

std::string report_markdown(const EvalReport& report);
Json report_json(const EvalReport& report);

}  // namespace reckon::cli
