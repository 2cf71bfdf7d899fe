// The rows of `reckon bench` in its three formats.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench_plan.hpp"

namespace reckon::cli {

inline constexpr double kGiga = 1e9;  // rates are shown in billions a second

struct Statistics {
  double mean = 0;
  double stddev = 0;  // of the sample; 0 for one value
};
Statistics statistics_of(const std::vector<double>& values);

struct BenchRow {
  std::string test;
  int threads = 0;
  std::string isa;
  Statistics tok_s;
  LimitShare limit;
  uint64_t peak_rss = 0;
  uint64_t logits_hash = 0;
};

// Of the answers to --prompt. The first_* are of the runs that came so far; `count` says how many.
struct ThinkingMetrics {
  uint64_t runs = 0;
  std::vector<double> first_thought_ms;
  std::vector<double> first_answer_ms;
  std::vector<double> thinking_share;  // of the generated tokens
  std::vector<double> decode_tok_s;
};

struct BenchReport {
  std::string model;
  int threads = 0;
  std::string isa;  // kernel set
  Limits limits;
  double bandwidth_bytes = 0;  // over which the bandwidth was measured
  std::vector<BenchRow> rows;
  std::optional<ThinkingMetrics> thinking;
};

// wide: a table of all columns; narrow: of those that fit a terminal of 80 columns.
enum class TableForm { wide, narrow, csv };
constexpr int kWideColumns = 129;

// The parts of a table that is written as it grows; json is written at the end in one piece.
std::string table_head(const BenchReport& report, TableForm form);
std::string table_row(const BenchRow& row, TableForm form);
std::string table_thinking(const ThinkingMetrics& metrics, TableForm form);
std::string report_json(const BenchReport& report);

}  // namespace reckon::cli
