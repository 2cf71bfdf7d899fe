#include "text/think_splitter.hpp"

#include <gtest/gtest.h>

#include <random>

namespace reckon::text {
namespace {

constexpr int32_t plain = 7, open_id = 100, close_id = 101;

ThinkTags text_tags() { return {}; }
ThinkTags id_tags() { return {"<think>", "</think>", open_id, close_id}; }

struct Token {
  int32_t id;
  std::string bytes;
};

struct Split {
  std::string thinking, answer;
  uint64_t thinking_tokens = 0, answer_tokens = 0;
  bool operator==(const Split&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Split& split) {
  return out << "thinking \"" << split.thinking << "\" (" << split.thinking_tokens << "), answer \""
             << split.answer << "\" (" << split.answer_tokens << ")";
}

bool is_whole_utf8(const std::string& text) {
  Utf8Tail tail;
  return tail.feed(text) == text && tail.empty();
}

Split split(const std::vector<Token>& tokens, ThinkTags tags, Phase start) {
  ThinkSplitter splitter(std::move(tags), start);
  Split result;
  const auto collect = [&](const std::vector<ThinkSplitter::Piece>& pieces) {
    for (const auto& piece : pieces) {
      EXPECT_FALSE(piece.text.empty());
      EXPECT_TRUE(is_whole_utf8(piece.text));
      (piece.phase == Phase::thinking ? result.thinking : result.answer) += piece.text;
    }
  };
  for (const Token& token : tokens) collect(splitter.feed(token.id, token.bytes));
  collect(splitter.finish());
  result.thinking_tokens = splitter.thinking_tokens();
  result.answer_tokens = splitter.answer_tokens();
  EXPECT_EQ(result.thinking_tokens + result.answer_tokens, tokens.size());
  return result;
}

// Thinking and answer of a text that comes as one token, tags as text.
std::pair<std::string, std::string> split_text(const std::string& text, Phase start) {
  const Split result = split({{plain, text}}, text_tags(), start);
  return {result.thinking, result.answer};
}

using Pair = std::pair<std::string, std::string>;

TEST(StartPhase, IsReadOffTheEndOfThePrompt) {
  EXPECT_EQ(start_phase("<User>hi<Assistant><think>\n", {}), Phase::thinking);
  EXPECT_EQ(start_phase("<think>", {}), Phase::thinking);
  EXPECT_EQ(start_phase("<think> \r\n\n", {}), Phase::thinking);
  EXPECT_EQ(start_phase("<User>hi<Assistant>", {}), Phase::answer);
  EXPECT_EQ(start_phase("<Assistant><think>\n\n</think>\n\n", {}), Phase::answer);
  EXPECT_EQ(start_phase("<User>what is <think>?<Assistant>", {}), Phase::answer);
  EXPECT_EQ(start_phase("", {}), Phase::answer);
  EXPECT_EQ(start_phase("think>", {}), Phase::answer);
  ThinkTags other;
  other.open = "◁think▷";
  EXPECT_EQ(start_phase("...◁think▷\n", other), Phase::thinking);
}

TEST(ThinkSplitter, SplitsAtTheClosingTag) {
  EXPECT_EQ(split_text("\nadd\n</think>\n\n5", Phase::thinking), Pair("add", "5"));
  EXPECT_EQ(split_text("a\n\nb\n\n\n</think>x\n", Phase::thinking), Pair("a\n\nb", "x\n"));
  EXPECT_EQ(split_text("\n\n</think>\n\nx", Phase::thinking), Pair("", "x"));
  EXPECT_EQ(split_text("</think>", Phase::thinking), Pair("", ""));
}

TEST(ThinkSplitter, NeverTurnsPartialThinkingIntoAnswer) {
  EXPECT_EQ(split_text("still adding", Phase::thinking), Pair("still adding", ""));
  EXPECT_EQ(split_text("still </thin", Phase::thinking), Pair("still </thin", ""));
  EXPECT_EQ(split_text("a\n\n", Phase::thinking), Pair("a", ""));
}

TEST(ThinkSplitter, FindsOutWhetherTheModelThinksWhenThePromptDoesNotSay) {
  EXPECT_EQ(split_text("<think>\na\n</think>\n\nb", Phase::answer), Pair("a", "b"));
  EXPECT_EQ(split_text("\n \n<think>a</think>b", Phase::answer), Pair("a", "b"));
  EXPECT_EQ(split_text("just an answer", Phase::answer), Pair("", "just an answer"));
  EXPECT_EQ(split_text("\n\nanswer", Phase::answer), Pair("", "answer"));
  EXPECT_EQ(split_text("  answer", Phase::answer), Pair("", "  answer"));
  EXPECT_EQ(split_text("<thin air", Phase::answer), Pair("", "<thin air"));
  EXPECT_EQ(split_text("<thi", Phase::answer), Pair("", "<thi"));
}

TEST(ThinkSplitter, DropsAnOpeningTagThatRepeatsThePrompts) {
  EXPECT_EQ(split_text("<think>\na</think>b", Phase::thinking), Pair("a", "b"));
  EXPECT_EQ(split_text("\n<think>a</think>b", Phase::thinking), Pair("a", "b"));
}

TEST(ThinkSplitter, TakesTagsInTheMiddleOfTextAsText) {
  EXPECT_EQ(split_text("use <think> here</think>b", Phase::thinking), Pair("use <think> here", "b"));
  EXPECT_EQ(split_text("a</think>write <think> and </think> so", Phase::thinking),
            Pair("a", "write <think> and </think> so"));
  EXPECT_EQ(split_text("answer <think>x", Phase::answer), Pair("", "answer <think>x"));
}

TEST(ThinkSplitter, DropsAClosingTagThatNothingOpened) {
  EXPECT_EQ(split_text("</think>\n\nb", Phase::answer), Pair("", "b"));
  EXPECT_EQ(split_text("thought</think>b", Phase::answer), Pair("", "thoughtb"));
  EXPECT_EQ(split({{close_id, "</think>"}, {plain, "b"}}, id_tags(), Phase::answer).answer, "b");
}

TEST(ThinkSplitter, ThinksAgainWhenTheAnswerBeginsWithTheTag) {
  EXPECT_EQ(split_text("a</think>\n<think>b</think>c", Phase::thinking), Pair("ab", "c"));
}

TEST(ThinkSplitter, RecognisesTagsByIdAloneWhereTheyHaveOne) {
  const Split quoted = split({{plain, "\nprint(\""},
                              {plain, "</think>"},
                              {plain, "\") <think>\n"},
                              {close_id, "</think>"},
                              {plain, "\n\n<think>5"}},
                             id_tags(), Phase::thinking);
  EXPECT_EQ(quoted, (Split{"print(\"</think>\") <think>", "<think>5", 4, 1}));
  const Split whole =
      split({{open_id, "<think>"}, {plain, "\n"}, {plain, "a"}, {close_id, "</think>"}, {plain, "b"}},
            id_tags(), Phase::answer);
  EXPECT_EQ(whole, (Split{"a", "b", 4, 1}));
}

TEST(ThinkSplitter, NeverShowsATagToken) {
  const Split again = split({{plain, "a"},
                             {open_id, "<think>"},
                             {plain, "b"},
                             {close_id, "</think>"},
                             {plain, "c"},
                             {close_id, "</think>"},
                             {plain, "d"},
                             {open_id, "<think>"},
                             {plain, "e"}},
                            id_tags(), Phase::thinking);
  EXPECT_EQ(again, (Split{"abe", "cd", 7, 2}));
}

TEST(ThinkSplitter, TakesEachTagByItsOwnId) {
  ThinkTags tags = id_tags();
  tags.open_id.reset();
  const Split mixed =
      split({{plain, " <thi"}, {plain, "nk>\nx</think>\n"}, {close_id, "</think>"}, {plain, "y"}}, tags,
            Phase::answer);
  EXPECT_EQ(mixed.thinking, "x</think>");
  EXPECT_EQ(mixed.answer, "y");
}

TEST(ThinkSplitter, EndsAnUnfinishedCharacterAtATag) {
  const Split cut =
      split({{plain, "a\xF0\x9F"}, {close_id, ""}, {plain, "\x98\x80 b\xC3"}}, id_tags(), Phase::thinking);
  EXPECT_EQ(cut.thinking, "a\uFFFD");
  EXPECT_EQ(cut.answer, "\uFFFD\uFFFD b\uFFFD");
}

TEST(ThinkSplitter, ShowsTextAsSoonAsItIsSure) {
  ThinkSplitter splitter(text_tags(), Phase::thinking);
  const auto shown = [&](const std::string& bytes) {
    std::string text;
    for (const auto& piece : splitter.feed(plain, bytes)) text += piece.text;
    return text;
  };
  EXPECT_EQ(shown("abc"), "abc");
  EXPECT_EQ(shown(" <"), " ");
  EXPECT_EQ(shown("b"), "<b");
  EXPECT_EQ(shown("\n"), "");
  EXPECT_EQ(shown("</think"), "");
  EXPECT_EQ(splitter.phase(), Phase::thinking);
  EXPECT_EQ(shown(">\n"), "");
  EXPECT_EQ(splitter.phase(), Phase::answer);
  EXPECT_EQ(shown("\nx\n"), "x\n");
  EXPECT_EQ(shown("<th"), "<th");
}

TEST(ThinkSplitter, CountsEveryToken) {
  const std::vector<Token> undecided = {{plain, "\n"},   {plain, "<thi"}, {plain, "nk>"},
                                        {plain, "a"},    {plain, "</"},   {plain, "think>"},
                                        {plain, "\n\n"}, {plain, "b"},    {plain, "c"}};
  const Split counted = split(undecided, text_tags(), Phase::answer);
  EXPECT_EQ(counted.thinking_tokens, 6u);
  EXPECT_EQ(counted.answer_tokens, 3u);
  EXPECT_EQ(split({{plain, "\n"}, {plain, "<th"}}, text_tags(), Phase::answer).answer_tokens, 2u);
  EXPECT_EQ(split({{plain, "a"}, {plain, "b"}}, text_tags(), Phase::thinking).thinking_tokens, 2u);
}

// Streams whose phases may not depend on how tokens cut them.
const char* const streams[] = {
    "\nLet me add.\n</think>\n\nThe answer is 5.\n",
    "<think>\nadd ä€😀\n\n</think>\n\n\\boxed{5}",
    "  \n<think> </think> x",
    "no tags at all\n",
    "</think>stray",
    "a</think>b</think>c<think>d",
    "<think><think></think></think>",
    "a\n\n\nb\n\n</think>\n\n\nc\n\n",
    "<thi</thi<think></th</think>ink>",
    "😀</think>😀<think>",
    "\n\n\n",
    "<",
    "</think",
    "x\xFFy\xF0\x9F</think>\xE2\x82z\xC3",
    "a</think>\n<think>b</think>\n<think>c",
    "\r\n<think>\r\na\r\n</think>\r\n\r\nb\r\n",
    "t < u </ v </t w</think>t < u",
    "",
};

TEST(ThinkSplitter, GivesTheSamePhasesForEveryCutInTwoOrThree) {
  for (const std::string text : streams) {
    for (const Phase start : {Phase::thinking, Phase::answer}) {
      const Pair expected = split_text(text, start);
      for (size_t a = 0; a <= text.size(); ++a) {
        for (size_t b = a; b <= text.size(); ++b) {
          const Split cut =
              split({{plain, text.substr(0, a)}, {plain, text.substr(a, b - a)}, {plain, text.substr(b)}},
                    text_tags(), start);
          ASSERT_EQ(Pair(cut.thinking, cut.answer), expected) << text << " cut at " << a << " and " << b;
        }
      }
    }
  }
}

TEST(ThinkSplitter, GivesTheSamePhasesForRandomCutsAndBytes) {
  std::mt19937 random(20250307);
  const std::string parts[] = {"<think>", "</think>", "<", "</", "think",    ">",    "\n",
                               " ",       "a",        "é", "😀",  "\xF0\x9F", "\x80", "\r\n"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (size_t i = random() % 12; i > 0; --i) text += parts[random() % std::size(parts)];
    const Phase start = random() % 2 == 0 ? Phase::thinking : Phase::answer;
    const Pair expected = split_text(text, start);
    std::vector<Token> tokens;
    for (size_t at = 0; at < text.size();) {
      const size_t size = 1 + random() % 3;
      tokens.push_back({plain, text.substr(at, size)});
      at += size;
    }
    const Split cut = split(tokens, text_tags(), start);
    ASSERT_EQ(Pair(cut.thinking, cut.answer), expected) << text;
  }
}

TEST(ThinkSplitter, GivesTheSamePhasesForEveryCutBetweenTagTokens) {
  for (const std::string before : {"\na\n", "", "\n\n", "x</think>\n", " \n é"}) {
    for (const std::string after : {"\n\nb\n", "", "</think>", "\n \n<think>"}) {
      for (const Phase start : {Phase::thinking, Phase::answer}) {
        const Split expected = split({{plain, before}, {close_id, ""}, {plain, after}}, id_tags(), start);
        for (size_t a = 0; a <= before.size(); ++a) {
          for (size_t b = 0; b <= after.size(); ++b) {
            const Split cut = split({{plain, before.substr(0, a)},
                                     {plain, before.substr(a)},
                                     {close_id, "</think>"},
                                     {plain, after.substr(0, b)},
                                     {plain, after.substr(b)}},
                                    id_tags(), start);
            ASSERT_EQ(Pair(cut.thinking, cut.answer), Pair(expected.thinking, expected.answer))
                << before << "|" << after;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace reckon::text
