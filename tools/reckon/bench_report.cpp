#include "bench_report.hpp"

#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "json_output.hpp"
#include "output.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

const char* limit_kind(const LimitShare& limit) { return limit.compute ? "compute" : "bandwidth"; }
const char* limit_unit(const LimitShare& limit) { return limit.compute ? "GOP/s" : "GB/s"; }

Json statistics_json(const std::vector<double>& values) {
  if (values.empty()) return nullptr;
  const Statistics statistics = statistics_of(values);
  return {{"mean", json_number(statistics.mean)},
          {"stddev", json_number(statistics.stddev)},
          {"count", values.size()}};
}

Json row_json(const BenchRow& row) {
  return {{"test", row.test},
          {"threads", row.threads},
          {"isa", row.isa},
          {"tok_s", {{"mean", json_number(row.tok_s.mean)}, {"stddev", json_number(row.tok_s.stddev)}}},
          {"limit",
           {{"kind", limit_kind(row.limit)},
            {"value", json_number(row.limit.value / kGiga)},
            {"unit", limit_unit(row.limit)},
            {"share", json_number(row.limit.share)}}},
          {"peak_rss", row.peak_rss},
          {"logits_hash", fmt::format("{:016x}", row.logits_hash)}};
}

std::string summary(const char* name, const std::vector<double>& values, const char* unit) {
  if (values.empty()) return fmt::format("{}: never came\n", name);
  const Statistics statistics = statistics_of(values);
  const double mean = statistics.mean;
  const int decimals = mean >= 100 ? 0 : mean >= 10 ? 1 : mean >= 1 ? 2 : 3;
  return fmt::format("{}: {:.{}f} ± {:.{}f}{} ({} runs)\n", name, mean, decimals, statistics.stddev, decimals,
                     unit, values.size());
}

std::string csv_metric(const char* name, const std::vector<double>& values) {
  const Statistics statistics = statistics_of(values);
  return fmt::format("{},{:.3f},{:.3f},{}\n", name, statistics.mean, statistics.stddev, values.size());
}

std::string wide_columns() {
  return fmt::format("\n| {:<14} | {:>7} | {:<10} | {:>19} | {:<30} | {:>9} | {:<16} |\n", "test", "threads",
                     "isa", "tok/s", "limit", "peak RSS", "logits hash") +
         fmt::format("| :{0:-<13} | {0:-<6}: | :{0:-<9} | {0:-<18}: | :{0:-<29} | {0:-<8}: | :{0:-<15} |\n",
                     "");
}

// What is the same in every row stands in front; the hash is in the other forms.
std::string narrow_columns(const BenchReport& report) {
  return fmt::format("{}, kernel set {}\n\n", count_text(static_cast<uint64_t>(report.threads), "thread"),
                     report.isa) +
         fmt::format("| {:<16} | {:>19} | {:<19} | {:>9} |\n", "test", "tok/s", "share of the limit",
                     "peak RSS") +
         fmt::format("| :{0:-<15} | {0:-<18}: | :{0:-<18} | {0:-<8}: |\n", "");
}

}  // namespace

Statistics statistics_of(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto count = static_cast<double>(values.size());
  Statistics statistics;
  statistics.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += (value - statistics.mean) * (value - statistics.mean);
  if (values.size() > 1) statistics.stddev = std::sqrt(squares / (count - 1));
  return statistics;
}

std::string table_head(const BenchReport& report, TableForm form) {
  if (form == TableForm::csv) {
    return "test,threads,isa,tok_s_mean,tok_s_stddev,limit_kind,limit_value,limit_unit,limit_share,peak_rss,"
           "logits_hash\n";
  }
  std::string text = fmt::format("Model: {}\n", printable(report.model));
  if (report.bandwidth_bytes > 0) {
    text += fmt::format("Limits, measured now: {:.1f} GB/s read over {}, {:.0f} GOP/s\n",
                        report.limits.bytes_per_s / kGiga, format_bytes(report.bandwidth_bytes),
                        report.limits.operations_per_s / kGiga);
    text += form == TableForm::wide ? wide_columns() : narrow_columns(report);
  }
  return text;
}

std::string table_row(const BenchRow& row, TableForm form) {
  const double value = row.limit.value / kGiga;
  if (form == TableForm::csv) {
    return fmt::format("{},{},{},{:.3f},{:.3f},{},{:.3f},{},{:.4f},{},{:016x}\n", row.test, row.threads,
                       row.isa, row.tok_s.mean, row.tok_s.stddev, limit_kind(row.limit), value,
                       limit_unit(row.limit), row.limit.share, row.peak_rss, row.logits_hash);
  }
  const std::string speed = fmt::format("{:.1f} ± {:.1f}", row.tok_s.mean, row.tok_s.stddev);
  if (form == TableForm::narrow) {
    const std::string share =
        fmt::format("{:.0f} % of {:.0f} {}", 100 * row.limit.share, value, limit_unit(row.limit));
    return fmt::format("| {:<16} | {:>19} | {:<19} | {:>9} |\n", row.test, speed, share,
                       format_bytes(static_cast<double>(row.peak_rss)));
  }
  const std::string limit = fmt::format("{}: {:.1f} {}, {:.0f} %", limit_kind(row.limit), value,
                                        limit_unit(row.limit), 100 * row.limit.share);
  return fmt::format("| {:<14} | {:>7} | {:<10} | {:>19} | {:<30} | {:>9} | {:016x} |\n", row.test,
                     row.threads, row.isa, speed, limit, format_bytes(static_cast<double>(row.peak_rss)),
                     row.logits_hash);
}

std::string table_thinking(const ThinkingMetrics& metrics, TableForm form) {
  if (form == TableForm::csv) {
    return "\nmetric,mean,stddev,runs\n" + csv_metric("first_thought_ms", metrics.first_thought_ms) +
           csv_metric("first_answer_ms", metrics.first_answer_ms) +
           csv_metric("thinking_share", metrics.thinking_share) +
           csv_metric("decode_tok_s", metrics.decode_tok_s);
  }
  return "\n" + summary("First thought after", metrics.first_thought_ms, " ms") +
         summary("First answer after", metrics.first_answer_ms, " ms") +
         summary("Thinking's share of the tokens", metrics.thinking_share, "") +
         summary("Generated", metrics.decode_tok_s, " tok/s");
}

std::string report_json(const BenchReport& report) {
  Json json = {{"model", report.model}};
  json["rows"] = Json::array();
  for (const BenchRow& row : report.rows) json["rows"].push_back(row_json(row));
  if (report.bandwidth_bytes > 0) {
    json["limits"] = {{"bandwidth_gb_s", json_number(report.limits.bytes_per_s / kGiga)},
                      {"bandwidth_over_bytes", static_cast<uint64_t>(report.bandwidth_bytes)},
                      {"compute_gop_s", json_number(report.limits.operations_per_s / kGiga)}};
  }
  if (report.thinking) {
    const ThinkingMetrics& metrics = *report.thinking;
    json["thinking"] = {{"runs", metrics.runs},
                        {"first_thought_ms", statistics_json(metrics.first_thought_ms)},
                        {"first_answer_ms", statistics_json(metrics.first_answer_ms)},
                        {"thinking_share", statistics_json(metrics.thinking_share)},
                        {"decode_tok_s", statistics_json(metrics.decode_tok_s)}};
  }
  return json_text(json);
}

}  // namespace reckon::cli
