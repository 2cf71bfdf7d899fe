#include "bench_roofline.hpp"

#include <fmt/format.h>

#include <reckon/reckon.hpp>

#include "bench_report.hpp"
#include "json_output.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr double kSeconds = 0.3;  // of each measurement
constexpr double kPackingSeconds = 1.0;

// One limit: of reading, of computing or of packing.
struct LimitRow {
  std::string limit;  // "read", "compute", "packing"
  std::string of;     // what is read from, computed with or packed
  int threads = 0;
  uint64_t bytes = 0;  // read per pass or packed; 0 for arithmetic
  double value = 0;    // per second
  const char* unit = "GB/s";
};

struct Roofline {
  ModelInfo model;
  std::string processor;
  std::string isa;
  std::vector<LimitRow> rows;
};

// One thread, and as many as a model would get.
std::vector<int> thread_counts(const ModelOptions& options) {
  const int all = thread_count(options);
  return all > 1 ? std::vector<int>{1, all} : std::vector<int>{1};
}

std::string threads_text(int threads) { return fmt::format("{} thread{}", threads, threads == 1 ? "" : "s"); }

void measure_reading(Roofline& roofline, int threads, StatusLine& status) {
  for (const ReadSize& size : read_sizes(threads)) {
    if (signals::interrupted()) throw Error(ErrorCode::cancelled, "interrupted");
    status.update(fmt::format("reading {} with {}", size.name, threads_text(threads)));
    roofline.rows.push_back(
        {"read", size.name, threads, size.bytes, measure_read_bandwidth(threads, size.bytes, kSeconds)});
  }
}

void measure_computing(Roofline& roofline, int threads, StatusLine& status) {
  status.update(fmt::format("computing on {} with {}", roofline.isa, threads_text(threads)));
  roofline.rows.push_back({"compute", roofline.isa + " int8", threads, 0,
                           measure_compute_peak(roofline.isa, threads, kSeconds), "GOP/s"});
}

void measure_packing_of(Roofline& roofline, const ModelOptions& options, int threads, StatusLine& status) {
  LoadOptions load;
  load.threads = threads;
  load.progress = [&](const LoadProgress&) {
    status.update("packing weights");
    return !signals::interrupted();
  };
  const PackingSpeed speed = options.file ? measure_packing(*options.file, load, kPackingSeconds)
                                          : measure_embedded_packing(load, kPackingSeconds);
  roofline.rows.push_back({"packing", roofline.model.file_type, threads, speed.bytes, speed.bytes_per_s()});
}

Roofline measure(const BenchOptions& options) {
  StatusLine status(options.quiet);
  Roofline roofline{describe_model(options.model).info, system_info().processor, selected_isa(), {}};
  const std::vector<int> counts = thread_counts(options.model);
  for (const int threads : counts) measure_reading(roofline, threads, status);
  for (const int threads : counts) measure_computing(roofline, threads, status);
  measure_packing_of(roofline, options.model, counts.back(), status);
  return roofline;
}

std::string json_of(const Roofline& roofline) {
  Json rows = Json::array();
  for (const LimitRow& row : roofline.rows) {
    rows.push_back({{"limit", row.limit},
                    {"of", row.of},
                    {"threads", row.threads},
                    {"bytes", row.bytes > 0 ? Json(row.bytes) : Json(nullptr)},
                    {"value", json_number(row.value / kGiga)},
                    {"unit", row.unit}});
  }
  return json_text({{"model", roofline.model.name},
                    {"processor", roofline.processor},
                    {"isa", roofline.isa},
                    {"roofline", std::move(rows)}});
}

std::string csv(const Roofline& roofline) {
  std::string text = "limit,of,threads,bytes,value,unit\n";
  for (const LimitRow& row : roofline.rows) {
    // What is packed has commas in its name: "Q4_K (68 %), Q6_K (32 %)".
    text += fmt::format("{},\"{}\",{},{},{:.3f},{}\n", row.limit, row.of, row.threads,
                        row.bytes > 0 ? std::to_string(row.bytes) : "", row.value / kGiga, row.unit);
  }
  return text;
}

std::string markdown(const Roofline& roofline) {
  std::string text = fmt::format("Machine: {}; kernel set {}\nModel: {}\n\n", roofline.processor,
                                 roofline.isa, roofline.model.name);
  text += fmt::format("| {:<7} | {:<28} | {:>8} | {:>7} | {:>13} |\n", "limit", "of", "bytes", "threads",
                      "reached");
  text += fmt::format("| :{0:-<6} | :{0:-<27} | {0:-<7}: | {0:-<6}: | {0:-<12}: |\n", "");
  for (const LimitRow& row : roofline.rows) {
    const std::string bytes = row.bytes > 0 ? format_bytes(static_cast<double>(row.bytes)) : "";
    text += fmt::format("| {:<7} | {:<28} | {:>8} | {:>7} | {:>13} |\n", row.limit, row.of, bytes,
                        row.threads, fmt::format("{:.1f} {}", row.value / kGiga, row.unit));
  }
  return text;
}

}  // namespace

int bench_roofline(const BenchOptions& options) {
  if (options.prompt) throw UsageError("--roofline measures no answers: give --prompt in a run of its own");
  if (options.model.file && options.model.file->empty())
    throw UsageError("--model: the file's name is empty");
  const Roofline roofline = measure(options);
  const std::string text = options.output == "json"  ? json_of(roofline)
                           : options.output == "csv" ? csv(roofline)
                                                     : markdown(roofline);
  // The model's name comes from the file.
  standard_output().write_foreign(text);
  return 0;
}

}  // namespace reckon::cli
