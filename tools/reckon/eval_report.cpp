#include "eval_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <reckon/vote.hpp>

#include "output.hpp"

namespace reckon::cli {
namespace {

uint64_t right_samples(const EvalQuestion& question) {
  return static_cast<uint64_t>(std::count_if(question.samples.begin(), question.samples.end(),
                                             [](const EvalSample& sample) { return sample.right; }));
}

// The mean over the questions of what `value` gives.
template <class F>
double mean_over(const std::vector<const EvalQuestion*>& questions, F value) {
  std::vector<double> values;
  values.reserve(questions.size());
  for (const EvalQuestion* question : questions) values.push_back(value(*question));
  return mean(values);
}

double pass(const std::vector<const EvalQuestion*>& questions, uint64_t k) {
  return mean_over(questions, [&](const EvalQuestion& question) {
    return pass_at_k(question.samples.size(), right_samples(question), k);
  });
}

double consensus(const std::vector<const EvalQuestion*>& questions, uint64_t k) {
  return mean_over(questions, [&](const EvalQuestion& question) {
    std::vector<double> groups;
    for (size_t begin = 0; begin + k <= question.samples.size(); begin += k) {
      groups.push_back(majority_is_right(question, begin, k) ? 1 : 0);
    }
    return mean(groups);
  });
}

EvalRow row_of(const std::vector<const EvalQuestion*>& questions, uint64_t samples) {
  const double pass_at_1 = pass(questions, 1);
  return {.questions = questions.size(),
          .pass_at_1 = pass_at_1,
          .interval = wilson_interval(pass_at_1, questions.size()),
          .consensus = consensus(questions, samples)};
}

// 1, 2, 4, ... and `samples` itself.
std::vector<uint64_t> group_sizes(uint64_t samples) {
  std::vector<uint64_t> sizes;
  for (uint64_t k = 1; k < samples; k *= 2) sizes.push_back(k);
  sizes.push_back(samples);
  return sizes;
}

void add_samples(EvalReport& report, const std::vector<EvalQuestion>& questions) {
  std::vector<double> thinking;
  for (const EvalQuestion& question : questions) {
    for (const EvalSample& sample : question.samples) {
      thinking.push_back(static_cast<double>(sample.thinking_tokens));
      ++report.finish_reasons[sample.finish_reason];
    }
  }
  report.thinking_mean = mean(thinking);
  report.thinking_median = quantile(thinking, 0.5);
  report.thinking_p95 = quantile(thinking, 0.95);
}

double tok_s(const EvalReport& report) {
  return report.seconds > 0 ? static_cast<double>(report.generated_tokens) / report.seconds : 0;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

// A category as a table's cell: it may be any text.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const char c : printable(text)) {
    if (c == '|' || c == '\\') escaped += '\\';
    escaped += c == '\n' || c == '\t' ? ' ' : c;
  }
  return escaped.empty() ? "(none)" : escaped;
}

std::string table_line(const std::string& name, const EvalRow& row, uint64_t samples) {
  std::string line = fmt::format("| {} | {} | {} | {} to {} |", name, row.questions, percent(row.pass_at_1),
                                 percent(row.interval.low), percent(row.interval.high));
  if (samples > 1) line += fmt::format(" {} |", percent(row.consensus));
  return line + "\n";
}

std::string accuracy_table(const EvalReport& report) {
  const bool many = report.samples > 1;
  std::string table = "| category | questions | pass@1 | 95 % interval (Wilson) |";
  if (many) table += fmt::format(" cons@{} |", report.samples);
  table += many ? "\n|---|---:|---:|---:|---:|\n" : "\n|---|---:|---:|---:|\n";
  for (const auto& [name, row] : report.categories) table += table_line(cell(name), row, report.samples);
  return table + table_line("**all**", report.all, report.samples);
}

Json row_json(const EvalRow& row) {
  return {
      {"questions", row.questions},
      {"pass_at_1",
       {{"value", row.pass_at_1},
        {"interval",
         {{"method", "wilson"}, {"level", 0.95}, {"low", row.interval.low}, {"high", row.interval.high}}}}},
      {"consensus", row.consensus}};
}

Json by_k(const std::vector<std::pair<uint64_t, double>>& values) {
  Json json = Json::object();
  for (const auto& [k, value] : values) json[std::to_string(k)] = value;
  return json;
}

}  // namespace

bool majority_is_right(const EvalQuestion& question, size_t begin, size_t count) {
  Tally tally(static_cast<uint32_t>(count));
  for (uint32_t i = 0; i < count; ++i) tally.add(i, question.samples[begin + i].answer);
  const std::vector<AnswerCount> ranking = tally.ranking();
  return !ranking.empty() && question.samples[begin + ranking.front().first_sample].right;
}

EvalReport eval_report(const std::vector<EvalQuestion>& questions, uint64_t samples) {
  EvalReport report;
  report.samples = samples;
  std::vector<const EvalQuestion*> all;
  std::map<std::string, std::vector<const EvalQuestion*>> categories;
  for (const EvalQuestion& question : questions) {
    all.push_back(&question);
    categories[question.category].push_back(&question);
  }
  report.all = row_of(all, samples);
  const bool named = categories.size() > 1 || (categories.size() == 1 && !categories.begin()->first.empty());
  if (named) {
    for (const auto& [name, members] : categories) report.categories[name] = row_of(members, samples);
  }
  for (const uint64_t k : group_sizes(samples)) {
    report.pass.emplace_back(k, pass(all, k));
    report.consensus.emplace_back(k, consensus(all, k));
  }
  add_samples(report, questions);
  return report;
}

std::string report_markdown(const EvalReport& report) {
  std::string text =
      fmt::format("# {}: {} question{}, {} sample{} each\n\n", cell(report.model), report.all.questions,
                  report.all.questions == 1 ? "" : "s", report.samples, report.samples == 1 ? "" : "s");
  if (report.failed > 0) {
    text += fmt::format("{} line{} failed and {} not counted.\n\n", report.failed,
                        report.failed == 1 ? "" : "s", report.failed == 1 ? "is" : "are");
  }
  text += accuracy_table(report);
  if (report.samples > 1) {
    text += "\n| k | pass@k | cons@k |\n|---:|---:|---:|\n";
    for (size_t i = 0; i < report.pass.size(); ++i) {
      text += fmt::format("| {} | {} | {} |\n", report.pass[i].first, percent(report.pass[i].second),
                          percent(report.consensus[i].second));
    }
  }
  text += fmt::format("\nThinking tokens: mean {:.1f}, median {:.1f}, 95th percentile {:.1f}.\n",
                      report.thinking_mean, report.thinking_median, report.thinking_p95);
  std::vector<std::string> reasons;
  for (const auto& [reason, count] : report.finish_reasons) {
    reasons.push_back(fmt::format("{} {}", cell(reason), count));
  }
  text += fmt::format("Finish reasons: {}.\n", fmt::join(reasons, ", "));
  if (report.generated_tokens == 0) return text;  // all is of earlier runs
  return text + fmt::format("Speed: {} tokens in {:.1f} s, {:.0f} tok/s.\n", report.generated_tokens,
                            report.seconds, tok_s(report));
}

Json report_json(const EvalReport& report) {
  Json json = {{"model", report.model}, {"samples", report.samples}, {"failed", report.failed}};
  json.update(row_json(report.all));
  json["pass_at_k"] = by_k(report.pass);
  json["cons_at_k"] = by_k(report.consensus);
  json["thinking_tokens"] = {
      {"mean", report.thinking_mean}, {"median", report.thinking_median}, {"p95", report.thinking_p95}};
  json["finish_reasons"] = report.finish_reasons;
  json["speed"] = {{"generated_tokens", report.generated_tokens},
                   {"seconds", json_number(report.seconds)},
                   {"tok_s", json_number(tok_s(report))}};
  json["categories"] = Json::object();
  for (const auto& [name, row] : report.categories) json["categories"][name] = row_json(row);
  return json;
}

}  // namespace reckon::cli
