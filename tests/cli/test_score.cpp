// reckon score: log-probabilities and perplexity.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

std::vector<Json> score(const std::vector<std::string>& options, const Surroundings& around = {}) {
  const Result result = run_command(joined({"score"}, options), around);
  EXPECT_EQ(result.status, 0) << result.err;
  std::vector<Json> lines;
  for (const std::string& line : lines_of(result.out)) lines.push_back(Json::parse(line));
  return lines;
}

TEST(Score, ThePerplexityIsThatOfTheLines) {
  const std::vector<Json> lines = score({"--file", "-"}, {.input = "What is 123 + 456?"});
  ASSERT_GT(lines.size(), 3u);
  double sum = 0;
  for (size_t i = 0; i + 1 < lines.size(); ++i) {
    EXPECT_EQ(lines[i].at("pos"), i);
    EXPECT_TRUE(lines[i].at("top").empty());
    if (i == 0) {
      EXPECT_TRUE(lines[i].at("logprob").is_null());
    } else {
      EXPECT_LE(lines[i].at("logprob"), 0);
      sum += lines[i].at("logprob").get<double>();
    }
  }
  const Json& summary = lines.back();
  EXPECT_EQ(summary.at("tokens"), lines.size() - 1);
  const double mean = sum / static_cast<double>(lines.size() - 2);
  EXPECT_NEAR(summary.at("mean_logprob"), mean, 1e-9);
  EXPECT_NEAR(summary.at("perplexity"), std::exp(-mean), 1e-6 * std::exp(-mean));
}

TEST(Score, TheTextsOfTheLinesAreTheTextScored) {
  const std::string text = "What is 123 + 456?";
  std::string joined_text;
  const std::vector<Json> lines = score({"--file", "-"}, {.input = text});
  for (size_t i = 0; i + 1 < lines.size(); ++i) joined_text += lines[i].at("text").get<std::string>();
  EXPECT_TRUE(joined_text.ends_with(text)) << joined_text;  // after the begin token
}

TEST(Score, TopListsTheMostProbableInOrder) {
  const std::vector<Json> lines = score({"--top", "4", "--tokens", "[15, 16, 17]"});
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_TRUE(lines[0].at("top").empty()) << "nothing precedes the first token";
  for (size_t i = 1; i < 3; ++i) {
    const Json& top = lines[i].at("top");
    ASSERT_EQ(top.size(), 4u);
    for (size_t k = 1; k < 4; ++k) EXPECT_LE(top[k].at("logprob"), top[k - 1].at("logprob"));
    EXPECT_LE(lines[i].at("logprob"), top[0].at("logprob"));
  }
}

TEST(Score, LongTextsAreScoredInStepsWithTheSameResult) {
  // More rows than one step takes. A token's score does not depend on what follows.
  std::string ids = "[";
  for (int i = 0; i < 600; ++i) ids += std::to_string(15 + i % 10) + ",";
  const std::vector<Json> long_lines = score({"--tokens", ids + "15]"});
  const std::vector<Json> short_lines = score({"--tokens", "[15,16,17,18]"});
  ASSERT_EQ(long_lines.size(), 602u);
  for (size_t i = 0; i < 4; ++i) EXPECT_EQ(long_lines[i], short_lines[i]);
}

TEST(Score, WhatGreedyDecodingChoseIsTheMostProbable) {
  const std::string text = "<think>\nI need to add 12 and 34.";
  Json ids = Json::array();
  std::vector<Json> lines = score({"--file", "-"}, {.input = text});
  lines.pop_back();
  for (const Json& line : lines) ids.push_back(line.at("token"));
  const size_t prompt_length = ids.size();
  const Result run = run_command({"run", "--raw", "--events", "--temp", "0", "-n", "12", text});
  for (const std::string& line : lines_of(run.out)) {
    const Json token = Json::parse(line).at("token");
    if (!token.is_null()) ids.push_back(token);
  }
  ASSERT_GT(ids.size(), prompt_length);
  const std::vector<Json> scored = score({"--top", "1", "--tokens", ids.dump()});
  for (size_t i = prompt_length; i < ids.size(); ++i) {
    EXPECT_EQ(scored[i].at("top")[0].at("token"), ids[i]) << "position " << i;
    EXPECT_EQ(scored[i].at("top")[0].at("logprob"), scored[i].at("logprob"));
  }
}

TEST(Score, MistakesAreTold) {
  EXPECT_EQ(run_command({"score"}).status, 2);
  EXPECT_EQ(run_command({"score", "--tokens", "[1]", "--file", "x"}).status, 2);
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--tokens", "[99999999]"},
                                                {"--tokens", "[]"},
                                                {"--tokens", "nonsense"},
                                                {"--file", "/nonexistent"},
                                                {"--file", "/"}}) {
    const Result result = run_command(joined({"score"}, wrong));
    EXPECT_EQ(result.status, 1) << wrong.back();
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err.find("reckon: error: "), 0u) << result.err;
  }
  const Result single = run_command({"score", "--tokens", "[15]"});
  EXPECT_EQ(single.status, 0);
  EXPECT_TRUE(Json::parse(lines_of(single.out).back()).at("perplexity").is_null());
}

}  // namespace
}  // namespace reckon::cli::testing
