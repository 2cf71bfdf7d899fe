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

std::string ids_text(size_t count) {
  Json ids = Json::array();
  for (size_t i = 0; i < count; ++i) ids.push_back(15 + (i * i + i / 7) % 40);
  return ids.dump();
}

// Each window but the first begins with half of the one before, which is not scored again.
TEST(Score, LongTextsAreScoredInWindowsOfTheContext) {
  constexpr size_t kTokens = 50, kContext = 16;
  const std::vector<Json> lines = score({"--ctx", "16", "--tokens", ids_text(kTokens)});
  ASSERT_EQ(lines.size(), kTokens + 1);
  EXPECT_EQ(lines.back().at("context"), kContext);
  EXPECT_EQ(lines.back().at("windows"), 6);  // 16, then 8 more each: 24, 32, 40, 48, 49
  const Json ids = Json::parse(ids_text(kTokens));
  for (size_t i = 1; i < kTokens; ++i) {
    ASSERT_EQ(lines[i].at("pos"), i);
    ASSERT_EQ(lines[i].at("token"), ids[i]);
    // Its window alone gives the same.
    const size_t begin = i <= kContext ? 0 : (i - 1) / 8 * 8 - 8;
    if (i % 5 != 0 && i != 17) continue;
    Json window = Json::array();
    for (size_t j = begin; j <= i; ++j) window.push_back(ids[j]);
    const std::vector<Json> alone = score({"--tokens", window.dump()});
    EXPECT_EQ(alone[i - begin].at("logprob"), lines[i].at("logprob")) << i;
  }
}

TEST(Score, EveryWindowOfATextHasTheBeginToken) {
  const std::string text = "What is 123 + 456? What is 7 * 8? What is 1000 - 1? What is 9 + 9?";
  const std::vector<Json> lines = score({"--ctx", "16", "--file", "-"}, {.input = text});
  ASSERT_GT(lines.size(), 30u);
  // 15 of the text fit a window; the second one begins 7 before the 16 positions of the first end.
  Json window = {lines[0].at("token")};
  for (size_t i = 9; i <= 24; ++i) window.push_back(lines[i].at("token"));
  const std::vector<Json> alone = score({"--tokens", window.dump()});
  for (size_t i = 17; i <= 24; ++i) {
    EXPECT_EQ(alone[i - 8].at("logprob"), lines[i].at("logprob")) << i;
  }
}

TEST(Score, ATextIsScoredWholeUpToTheContext) {
  const std::vector<Json> fits = score({"--ctx", "16", "--tokens", ids_text(17)});
  const std::vector<Json> whole = score({"--tokens", ids_text(17)});
  EXPECT_EQ(fits.back().at("windows"), 1);
  EXPECT_EQ(fits.back().at("perplexity"), whole.back().at("perplexity"));
  EXPECT_EQ(score({"--ctx", "16", "--tokens", ids_text(18)}).back().at("windows"), 2);
}

TEST(Score, TheExampleOfTheHelpWorks) {
  const std::vector<Json> lines = score({"--file", RECKON_SOURCE_DIR "/README.md"});
  EXPECT_GT(lines.back().at("windows"), 2);
  EXPECT_TRUE(lines.back().at("perplexity").is_number());
}

TEST(Score, MistakesAreTold) {
  EXPECT_EQ(run_command({"score"}).status, 2);
  EXPECT_EQ(run_command({"score", "--tokens", "[1]", "--file", "x"}).status, 2);
  // What was typed is wrong usage, what was read is not.
  for (const auto& [wrong, status] :
       std::vector<std::pair<std::vector<std::string>, int>>{{{"--tokens", "[99999999]"}, 2},
                                                             {{"--tokens", "[]"}, 2},
                                                             {{"--tokens", "nonsense"}, 2},
                                                             {{"--tokens", "1,2"}, 2},
                                                             {{"--tokens", "-"}, 1},
                                                             {{"--ctx", "9999999", "--tokens", "[1]"}, 2},
                                                             {{"--ctx", "1", "--tokens", "[1]"}, 2},
                                                             {{"--file", "/nonexistent"}, 1},
                                                             {{"--file", "/"}, 1}}) {
    const Result result = run_command(joined({"score"}, wrong), {.input = "[99999999]"});
    EXPECT_EQ(result.status, status) << wrong.back() << result.err;
    EXPECT_TRUE(Json::parse(result.out).contains("error")) << result.out;
    EXPECT_EQ(result.err.find("reckon: error: "), 0u) << result.err;
  }
  const Result single = run_command({"score", "--tokens", "[15]"});
  EXPECT_EQ(single.status, 0);
  EXPECT_TRUE(Json::parse(lines_of(single.out).back()).at("perplexity").is_null());
}

}  // namespace
}  // namespace reckon::cli::testing
