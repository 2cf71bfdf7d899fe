// reckon bench: its three formats.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/command.hpp"
#include "tools/reckon/bench_report.hpp"
#include "tools/reckon/terminal.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

const std::vector<std::string> kSmall{"bench",      "-p",  "16", "-n", "4",  "-d", "0,8",
                                      "--parallel", "1,3", "-t", "2",  "-r", "2"};
const std::vector<std::string> kNames{"pp16", "tg4", "tg4x3", "pp16@d8", "tg4@d8", "tg4x3@d8"};

Json bench_json(const std::vector<std::string>& options, const Surroundings& around = {}) {
  const Result result = run_command(joined(kSmall, joined({"-o", "json"}, options)), around);
  EXPECT_EQ(result.status, 0) << result.err;
  return Json::parse(result.out);
}

std::vector<std::string> fields_of(const std::string& line, char separator) {
  std::istringstream stream(line);
  std::vector<std::string> fields;
  for (std::string field; std::getline(stream, field, separator);) fields.push_back(field);
  return fields;
}

TEST(Bench, JsonRowsAreComplete) {
  const Json json = bench_json({});
  std::vector<std::string> names;
  for (const Json& row : json.at("rows")) {
    names.push_back(row.at("test"));
    EXPECT_EQ(row.at("threads"), 2);
    EXPECT_FALSE(row.at("isa").get<std::string>().empty());
    EXPECT_GT(row.at("tok_s").at("mean"), 0);
    EXPECT_GE(row.at("tok_s").at("stddev"), 0);
    const std::string kind = row.at("limit").at("kind");
    EXPECT_TRUE(kind == "bandwidth" || kind == "compute");
    EXPECT_GT(row.at("limit").at("value"), 0);
    EXPECT_GE(row.at("limit").at("share"), 0);
    EXPECT_GT(row.at("peak_rss"), 1'000'000);
    EXPECT_EQ(row.at("logits_hash").get<std::string>().size(), 16u);
  }
  EXPECT_EQ(names, kNames);
  EXPECT_GT(json.at("limits").at("bandwidth_gb_s"), 0);
  EXPECT_GT(json.at("limits").at("compute_gop_s"), 0);
}

TEST(Bench, TheTableFitsATerminal) {
  const std::vector<std::string> bench{"bench", "-p", "16", "-n", "4", "-d", "0,4096",     "--parallel",
                                       "3",     "-t", "2",  "-r", "1", "-q", "--no-warmup"};
  const auto shown = [&](unsigned short columns) {
    const Result result = run_command(bench, {.terminal = true, .columns = columns});
    EXPECT_EQ(result.status, 0) << result.out;
    std::vector<std::string> rows;
    for (std::string line : lines_of(result.out)) {
      while (line.ends_with('\r')) line.pop_back();
      EXPECT_LE(cli::columns_of(line), columns) << line;
      if (line.starts_with('|')) rows.push_back(line);
    }
    return rows;
  };
  const std::vector<std::string> narrow = shown(80), wide = shown(140);
  ASSERT_EQ(narrow.size(), 6u);
  ASSERT_EQ(wide.size(), 6u);
  EXPECT_EQ(fields_of(narrow.back(), '|').size(), 5u) << narrow.back();
  EXPECT_EQ(fields_of(wide.back(), '|').size(), 8u) << wide.back();
  EXPECT_NE(narrow.back().find("tg4x3@d4096"), std::string::npos);
}

TEST(Bench, FiguresOfThinkingArePlainNumbers) {
  const std::string text = table_thinking({.runs = 2,
                                           .first_thought_ms = {2.5, 2.75},
                                           .first_answer_ms = {35.25, 35.75},
                                           .thinking_share = {0.5, 0.75},
                                           .decode_tok_s = {2400, 2680}},
                                          TableForm::narrow);
  EXPECT_EQ(text,
            "\nFirst thought after: 2.62 ± 0.18 ms (2 runs)\n"
            "First answer after: 35.5 ± 0.4 ms (2 runs)\n"
            "Thinking's share of the tokens: 0.625 ± 0.177 (2 runs)\n"
            "Generated: 2540 ± 198 tok/s (2 runs)\n");
}

TEST(Bench, HashesDoNotDependOnThreadsKernelsBatchesOrHowTheTextIsCut) {
  const Json rows = bench_json({}).at("rows");
  const auto hash = [](const Json& list, const std::string& test) {
    for (const Json& row : list) {
      if (row.at("test") == test) return row.at("logits_hash").get<std::string>();
    }
    ADD_FAILURE() << test << " is missing";
    return std::string();
  };
  EXPECT_EQ(hash(rows, "tg4"), hash(rows, "tg4x3"));
  EXPECT_NE(hash(rows, "tg4"), hash(rows, "tg4@d8"));
  const Json one_thread = bench_json({"-t", "1"}).at("rows");
  const Json scalar = bench_json({}, {.environment = {{"RECKON_ISA", "scalar"}}}).at("rows");
  for (const std::string& name : kNames) {
    EXPECT_EQ(hash(rows, name), hash(one_thread, name)) << name;
    EXPECT_EQ(hash(rows, name), hash(scalar, name)) << name;
  }
  const Json cut = bench_json({"-p", "12", "-n", "4", "-d", "8"}).at("rows");  // 12 tokens at once; 4 after 8
  const Json whole = bench_json({"-p", "12", "-n", "12", "-d", "0"}).at("rows");
  EXPECT_EQ(hash(cut, "tg4@d8"), hash(whole, "pp12"));
  EXPECT_EQ(hash(whole, "tg12"), hash(whole, "pp12"));
}

// The second test would take minutes.
TEST(Bench, StopsWhenNobodyReadsIt) {
  Command command({"bench", "-p", "0", "-n", "1,3000000", "-r", "1", "-q", "--no-warmup"});
  command.close_output();
  const Result result = command.finish();
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "");
}

TEST(Bench, CsvHasAHeadAndARowPerTest) {
  const Result result = run_command(joined(kSmall, {"-o", "csv"}));
  const std::vector<std::string> lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 1 + kNames.size()) << result.out;
  EXPECT_EQ(lines[0],
            "test,threads,isa,tok_s_mean,tok_s_stddev,limit_kind,limit_value,limit_unit,limit_share,peak_rss,"
            "logits_hash");
  for (size_t i = 0; i < kNames.size(); ++i) {
    const std::vector<std::string> fields = fields_of(lines[i + 1], ',');
    ASSERT_EQ(fields.size(), 11u) << lines[i + 1];
    EXPECT_EQ(fields[0], kNames[i]);
    EXPECT_GT(std::stod(fields[3]), 0);
  }
}

TEST(Bench, MarkdownIsATable) {
  const Result result = run_command(kSmall);
  std::vector<std::string> rows;
  for (const std::string& line : lines_of(result.out)) {
    if (line.starts_with("|")) rows.push_back(line);
  }
  ASSERT_EQ(rows.size(), 2 + kNames.size()) << result.out;
  for (const std::string& row : rows) EXPECT_EQ(std::count(row.begin(), row.end(), '|'), 8) << row;
  for (size_t i = 0; i < kNames.size(); ++i)
    EXPECT_EQ(rows[i + 2].find("| " + kNames[i] + " "), 0u) << rows[i + 2];
}

TEST(Bench, APromptMeasuresTheThinking) {
  const Result result =
      run_command({"bench", "-p", "0", "-n", "0", "-r", "2", "-o", "json", "--prompt", "What is 12 + 13?"});
  ASSERT_EQ(result.status, 0) << result.err;
  const Json json = Json::parse(result.out);
  EXPECT_TRUE(json.at("rows").empty());
  const Json& thinking = json.at("thinking");
  EXPECT_EQ(thinking.at("runs"), 2);
  EXPECT_GT(thinking.at("first_thought_ms").at("mean"), 0);
  EXPECT_GT(thinking.at("first_answer_ms").at("mean"), thinking.at("first_thought_ms").at("mean"));
  EXPECT_GT(thinking.at("thinking_share").at("mean"), 0);
  EXPECT_LT(thinking.at("thinking_share").at("mean"), 1);
}

TEST(Bench, WrongUsageIsTold) {
  EXPECT_EQ(run_command({"bench", "-p", "0", "-n", "0"}).status, 2);
  EXPECT_EQ(run_command({"bench", "-o", "xml"}).status, 2);
  EXPECT_EQ(run_command({"bench", "--parallel", "0"}).status, 2);
  EXPECT_EQ(run_command({"bench", "-d", "1,,2"}).status, 2);
  EXPECT_EQ(run_command({"bench", "--prompt", ""}).status, 2);
  EXPECT_EQ(run_command({"bench", "extra"}).status, 2);
}

TEST(Bench, DepthsBeyondTheContextAreMeasuredAndSaid) {
  const Result result = run_command({"bench", "-p", "0", "-n", "1", "-d", "2100", "-r", "1", "-o", "csv"});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_NE(result.err.find("beyond the model's context"), std::string::npos) << result.err;
}

// Beyond the first 1,024 tokens the cache holds copies of them: quick to make, the same for every kernel set.
// The scalar one takes ten seconds to read those.
TEST(Bench, ADeepCacheIsFilledTheSameWithEveryKernelSet) {
  const auto bench = [](const Surroundings& around) {
    return run_command({"bench", "-p", "0", "-n", "2", "-d", "1500,3000", "-r", "1", "-o", "json"}, around);
  };
  const Json best = Json::parse(bench({}).out).at("rows");
  ASSERT_EQ(best.size(), 2u);
  EXPECT_NE(best[0].at("logits_hash"), best[1].at("logits_hash"));
  Result other = bench({.environment = {{"RECKON_ISA", best[0].at("isa") == "avx2" ? "scalar" : "avx2"}}});
  if (other.status == 2)
    other = bench({.environment = {{"RECKON_ISA", "scalar"}}});  // this machine has no AVX2
  const Json rows = Json::parse(other.out).at("rows");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_NE(rows[0].at("isa"), best[0].at("isa"));
  for (const size_t i : {0u, 1u}) EXPECT_EQ(rows[i].at("logits_hash"), best[i].at("logits_hash")) << i;
}

TEST(Bench, WithoutWarmupEveryRunIsMeasured) {
  const Json rows = bench_json({"--no-warmup", "-r", "1"}).at("rows");
  ASSERT_EQ(rows.size(), kNames.size());
  EXPECT_EQ(rows[0].at("logits_hash"), bench_json({}).at("rows")[0].at("logits_hash"));
}

// ---- --roofline ----

struct LimitRow {
  std::string limit, of;
  int threads = 0;
  double bytes = 0, value = 0;
  std::string unit;
};

std::vector<LimitRow> roofline_rows() {
  const Result result = run_command({"bench", "--roofline", "-t", "2", "-o", "json"});
  EXPECT_EQ(result.status, 0) << result.err;
  const Json json = Json::parse(result.out);
  std::vector<LimitRow> rows;
  for (const Json& row : json.at("roofline")) {
    const Json& bytes = row.at("bytes");
    rows.push_back({row.at("limit"), row.at("of"), row.at("threads"),
                    bytes.is_null() ? 0 : bytes.get<double>(), row.at("value"), row.at("unit")});
  }
  return rows;
}

std::vector<LimitRow> limits_of(const std::vector<LimitRow>& all, const std::string& limit, int threads) {
  std::vector<LimitRow> found;
  for (const LimitRow& row : all) {
    if (row.limit == limit && row.threads == threads) found.push_back(row);
  }
  return found;
}

void expect_reading(const std::vector<LimitRow>& rows, int threads) {
  ASSERT_EQ(rows.size(), 4u);
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].unit, "GB/s");
    EXPECT_GT(rows[i].bytes, i > 0 ? rows[i - 1].bytes : 0);
  }
  EXPECT_LE(rows[0].bytes, threads * 1048576.0);
  EXPECT_EQ(rows[1].bytes, 16777216);
  EXPECT_EQ(rows[2].bytes, 67108864);
  EXPECT_GE(rows[3].bytes, 536870912);
  // What fits a core's own cache is read faster than memory, on any machine; instrumented, the loop is the
  // limit.
  if (!kSanitized) {
    EXPECT_GT(rows[0].value, rows[3].value);
  }
  EXPECT_GT(rows[3].value, 0.2);
}

void expect_computing(const std::vector<LimitRow>& rows) {
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].unit, "GOP/s");
  EXPECT_NE(rows[0].of.find(" int8"), std::string::npos) << rows[0].of;
  EXPECT_GT(rows[0].value, 0.5);
}

void expect_packing(const std::vector<LimitRow>& rows) {
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].unit, "GB/s");
  const Json model = Json::parse(run_command({"inspect", "--json"}).out).at("model");
  EXPECT_LE(rows[0].bytes, model.at("file_bytes").get<double>());
  EXPECT_GT(rows[0].bytes, model.at("file_bytes").get<double>() / 2);
  EXPECT_GT(rows[0].value, 0.01);
}

TEST(BenchRoofline, ReadsComputesAndPacksWithOneThreadAndWithAll) {
  const std::vector<LimitRow> rows = roofline_rows();
  for (const int threads : {1, 2}) {
    expect_reading(limits_of(rows, "read", threads), threads);
    expect_computing(limits_of(rows, "compute", threads));
  }
  expect_packing(limits_of(rows, "packing", 2));
}

TEST(BenchRoofline, FollowsTheKernelSetAndWritesAllFormats) {
  const Surroundings scalar{.environment = {{"RECKON_ISA", "scalar"}}};
  const Result csv = run_command({"bench", "--roofline", "-t", "1", "-o", "csv"}, scalar);
  ASSERT_EQ(csv.status, 0) << csv.err;
  const std::vector<std::string> lines = lines_of(csv.out);
  ASSERT_EQ(lines.size(), 1u + 4 + 1 + 1) << csv.out;
  EXPECT_EQ(lines[0], "limit,of,threads,bytes,value,unit");
  EXPECT_EQ(lines[5].find("compute,\"scalar int8\",1,,"), 0u) << lines[5];
  EXPECT_GT(std::stod(fields_of(lines[5], ',')[4]), 0);

  const Result markdown = run_command({"bench", "--roofline", "-t", "1"}, scalar);
  size_t rows = 0;
  for (const std::string& line : lines_of(markdown.out)) {
    if (!line.starts_with("|")) continue;
    EXPECT_EQ(std::count(line.begin(), line.end(), '|'), 6) << line;
    rows++;
  }
  EXPECT_EQ(rows, 2u + 6) << markdown.out;
}

TEST(BenchRoofline, WrongUsageIsTold) {
  EXPECT_EQ(run_command({"bench", "--roofline", "--prompt", "x"}).status, 2);
  EXPECT_EQ(run_command({"bench", "--roofline"}, {.environment = {{"RECKON_ISA", "abacus"}}}).status, 2);
  EXPECT_EQ(run_command({"bench", "--roofline", "-m", "/nowhere.gguf"}).status, 1);
}

TEST(BenchRoofline, StopsWhenInterrupted) {
  Command command({"bench", "--roofline", "-t", "1"});
  ASSERT_TRUE(command.wait_for("reading", true));
  command.signal(SIGINT);
  const Result result = command.finish();
  EXPECT_EQ(result.status, 130) << result.err;
  EXPECT_EQ(result.out, "");
}

}  // namespace
}  // namespace reckon::cli::testing
