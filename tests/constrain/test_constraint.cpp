// Sets of tokens: what they allow is what the matcher takes, and texts drawn from them have the form.
#include "constrain/constraint.hpp"

#include <nlohmann/json.hpp>
#include <random>
#include <regex>

#include "tests/constrain/forms.hpp"
#include "tests/text/tokenizer_fixture.hpp"

namespace reckon::constrain {
namespace {

using Kind = AnswerForm::Kind;

// The bytes, tokens of JSON, plain words with and without a blank, pieces of characters, and an end token.
struct Small {
  Small() : tokenizer(make()), table(tokenizer) {}
  static text::Vocabulary make() {
    text::Vocabulary v = text::small_vocabulary("qwen2");
    return v;
  }
  text::Tokenizer tokenizer;
  TokenTable table;
};

const Small& small() {
  static const Small s;
  return s;
}

Constraint constraint_for(Kind kind, const std::string& form, const TokenTable& table) {
  return {std::make_shared<CompiledForm>(compile_form({kind, form}), form_name(kind), table), table};
}

bool has(std::span<const uint64_t> set, TokenId t) {
  return (set[static_cast<size_t>(t) / 64] >> t % 64 & 1) != 0;
}

TokenId end_token() { return small().tokenizer.end_tokens()[0]; }

std::vector<TokenId> members(const TokenTable& table, std::span<const uint64_t> set) {
  std::vector<TokenId> out;
  for (size_t t = 0; t < table.size(); t++)
    if (has(set, static_cast<TokenId>(t))) out.push_back(static_cast<TokenId>(t));
  return out;
}

// Draws until the end comes; towards it once `most` tokens are drawn.
std::string walk(Constraint& constraint, std::mt19937& random, size_t most) {
  std::string text;
  for (size_t n = 0;; n++) {
    const std::vector<TokenId> choice = members(small().table, constraint.allowed());
    EXPECT_FALSE(choice.empty());
    if (choice.empty() || constraint.is_complete()) return text;
    if (constraint.can_end() && (n >= most || random() % 16 == 0)) return text;
    const TokenId token = choice[random() % choice.size()];
    if (token == end_token()) return text;
    text += small().tokenizer.bytes(token);
    constraint.accept(token);
    if (n > 40 * most) return "(no end)";
  }
}

std::string without_leading_newlines(const std::string& text) {
  return text.substr(std::min(text.find_first_not_of('\n'), text.size()));
}

TEST(Constraint, AllowsExactlyTheTokensThatTheMatcherTakes) {
  const std::vector<std::pair<Kind, std::string>> forms{
      {Kind::json_schema, "{}"},
      {Kind::json_schema, R"({"type":"string","minLength":3,"maxLength":9})"},
      {Kind::json_schema, R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"number"}}})"},
      {Kind::regex, "[^x]*|(the |an?swer|\\w)+"},
      {Kind::regex, "[\\p{L} ,]{1,40}"},
      {Kind::regex, "[\\p{L} ,.]{3,9}(?:\\.|ing)[a-z]{2,30}"},
      {Kind::regex, "(?:[a-zA-Z]{1,6} ){2,12}end"},
      {Kind::regex, "[a-z]{3}[A-Zà-ÿ]{0,2}[a-zà-ÿ]{2,30}"},
      {Kind::regex, "[^é]{3,18}é(?:[a-zé]{0,20}|[^a-y]{0,20})"},
      {Kind::json_schema, R"({"type":"string","pattern":"^[a-zà-ÿ ]{2,30}$"})"},
      {Kind::gbnf, "root ::= [^\\n]{0,20} \"\\n\" root | \"(\" root \")\" | [é-ÿ]*"}};
  std::mt19937 random(7);
  for (const auto& [kind, form] : forms) {
    SCOPED_TRACE(form);
    const Grammar grammar = compile_form({kind, form});
    Matcher matcher(grammar, "oracle");
    Constraint constraint = constraint_for(kind, form, small().table);
    Matcher::State state = matcher.start();
    for (int n = 0; n < 40; n++) {
      const auto allowed = constraint.allowed();
      std::vector<TokenId> choice;
      for (size_t i = 0; i < small().table.size(); i++) {
        const auto token = static_cast<TokenId>(i);
        const bool text = small().table.is_text(token);
        const std::string_view bytes = small().tokenizer.bytes(token);
        bool wanted = text && matcher.next(state, bytes) != Matcher::kDead;
        if (token == end_token()) wanted = matcher.can_end(state);
        if (n == 0 && text && (bytes[0] == '\n' || bytes[0] == '\r')) continue;  // in front of the form
        ASSERT_EQ(has(allowed, token), wanted) << token << " after " << n;
        if (wanted && text) choice.push_back(token);
      }
      if (choice.empty()) break;
      const TokenId token = choice[random() % choice.size()];
      constraint.accept(token);
      state = matcher.next(state, small().tokenizer.bytes(token));
    }
  }
}

TEST(Constraint, WalksGiveJsonThatParses) {
  std::mt19937 random(1);
  Constraint constraint = constraint_for(Kind::json_schema, "{}", small().table);
  size_t n_ended = 0;
  for (int i = 0; i < 150; i++) {
    constraint.begin();
    const std::string text = walk(constraint, random, 30);
    if (text == "(no end)") continue;  // drawn deeper and deeper
    n_ended++;
    EXPECT_TRUE(nlohmann::json::accept(text)) << text;
  }
  EXPECT_GT(n_ended, 60u);
}

TEST(Constraint, WalksGiveWhatTheSchemaSays) {
  std::mt19937 random(2);
  const std::string schema =
      R"({"type":"object","properties":{"n":{"type":"integer","minimum":-20,"maximum":300},"s":{"type":"string","maxLength":5},)"
      R"("k":{"enum":["a","bc"]},"l":{"type":"array","items":{"type":"boolean"},"minItems":1,"maxItems":4}},"required":["n","l"]})";
  Constraint constraint = constraint_for(Kind::json_schema, schema, small().table);
  for (int i = 0; i < 200; i++) {
    constraint.begin();
    const std::string text = walk(constraint, random, 1000);
    const auto json = nlohmann::json::parse(text, nullptr, false);
    ASSERT_TRUE(json.is_object()) << text;
    ASSERT_TRUE(json["n"].is_number_integer()) << text;
    EXPECT_GE(json["n"], -20);
    EXPECT_LE(json["n"], 300);
    ASSERT_TRUE(json["l"].is_array() && !json["l"].empty() && json["l"].size() <= 4) << text;
    for (const auto& b : json["l"]) EXPECT_TRUE(b.is_boolean());
    if (json.contains("k")) {
      EXPECT_TRUE(json["k"] == "a" || json["k"] == "bc") << text;
    }
    for (const auto& [key, value] : json.items()) EXPECT_NE(std::string("nskl").find(key), std::string::npos);
  }
}

TEST(Constraint, WalksMatchTheRegex) {
  std::mt19937 random(3);
  const std::string pattern = "(?:[a-c]{2,5}|x[0-9]+)(?:, (?:yes|no))*";
  Constraint constraint = constraint_for(Kind::regex, pattern, small().table);
  const std::regex oracle(pattern);
  for (int i = 0; i < 200; i++) {
    constraint.begin();
    const std::string text = without_leading_newlines(walk(constraint, random, 20));
    EXPECT_TRUE(std::regex_match(text, oracle)) << text;
  }
}

TEST(Constraint, EndsWhereNothingElseCanFollow) {
  Constraint constraint = constraint_for(Kind::regex, "ab?", small().table);
  EXPECT_FALSE(has(constraint.allowed(), end_token()));
  constraint.accept("a");
  EXPECT_TRUE(has(constraint.allowed(), end_token()));
  EXPECT_FALSE(constraint.is_complete());
  constraint.accept("b");
  EXPECT_TRUE(constraint.is_complete());
  EXPECT_EQ(members(small().table, constraint.allowed()), std::vector<TokenId>{end_token()});
}

TEST(Constraint, UpToTwoNewlinesMayStandInFront) {
  Constraint constraint = constraint_for(Kind::regex, "a\n*", small().table);
  constraint.accept("\n");
  constraint.accept("\n");
  EXPECT_THROW(constraint.accept("\n"), Error);
  constraint.begin();
  constraint.accept("\n\na\n\n\n");
  EXPECT_TRUE(constraint.can_end());
  EXPECT_THROW(constraint_for(Kind::regex, "\na|\n\n", small().table), Error);
  constraint_for(Kind::regex, "\na|b", small().table).accept("b");
}

TEST(Constraint, AddedTokensAreNeverAllowed) {
  Constraint constraint = constraint_for(Kind::regex, "(.|\n)*", small().table);
  const auto allowed = constraint.allowed();
  size_t n_added = 0;
  for (size_t i = 0; i < small().table.size(); i++) {
    const auto token = static_cast<TokenId>(i);
    const text::TokenKind kind = small().tokenizer.kind(token);
    if (kind != text::TokenKind::control && kind != text::TokenKind::user_defined) continue;
    n_added++;
    EXPECT_EQ(has(allowed, token), token == end_token()) << token;
    EXPECT_THROW(constraint.accept(token), Error);
  }
  EXPECT_GT(n_added, 1u);
}

TEST(Constraint, AThoughtMayBeginInsteadOfTheAnswer) {
  Constraint constraint = constraint_for(Kind::regex, "[0-9]+", small().table);
  const TokenId one = small().tokenizer.encode("1")[0], tag_begin = small().tokenizer.encode("<")[0];
  EXPECT_FALSE(has(constraint.allowed(), tag_begin));
  constraint.begin({std::nullopt, "<think>"});
  EXPECT_TRUE(has(constraint.allowed(), tag_begin));
  EXPECT_TRUE(has(constraint.allowed(), one));
  constraint.accept("<th");
  EXPECT_FALSE(has(constraint.allowed(), one));
  constraint.accept("ink>");
  constraint.begin();
  constraint.accept(one);
  EXPECT_FALSE(has(constraint.allowed(), tag_begin));
  constraint.begin({end_token() - 1, ""});
  EXPECT_TRUE(has(constraint.allowed(), end_token() - 1));
  constraint.accept(one);
  EXPECT_FALSE(has(constraint.allowed(), end_token() - 1));
}

// A vocabulary of words of three letters, many of them.
text::Vocabulary words() {
  std::vector<std::string> tokens;
  for (char a = 'a'; a <= 'z'; a++)
    for (char b = 'a'; b <= 'z'; b++)
      for (char c = 'a'; c <= 'z'; c++) tokens.push_back({a, b, c});
  return text::byte_vocabulary(tokens, {});
}

// Each place in a bounded repetition is a state of its own; the tokens of a set need no walk in any of them.
TEST(Constraint, ALongRepetitionOfASetCostsLittle) {
  const text::Tokenizer tokenizer(words());
  const TokenTable table(tokenizer);
  for (const auto& [kind, form] : std::vector<std::pair<Kind, std::string>>{
           {Kind::regex, "[\\p{L} ,]{1,400}"},
           {Kind::regex, "[a-z]{1,400}"},
           {Kind::regex, "[\\p{L} ,]{1,400}!"},
           {Kind::json_schema, R"({"type":"string","maxLength":400})"}}) {
    SCOPED_TRACE(form);
    Constraint constraint = constraint_for(kind, form, table);
    constraint.accept(kind == Kind::json_schema ? "\"x" : "x");
    const uint64_t before = constraint.nodes_walked();
    constexpr int kTokens = 100;
    for (int i = 0; i < kTokens; i++) {
      const auto allowed = constraint.allowed();
      EXPECT_GT(members(table, allowed).size(), 17'000u) << i;
      constraint.accept("abc");
    }
    EXPECT_LT(constraint.nodes_walked() - before, kTokens * table.trie().size() / 20);
  }
}

TEST(FormCache, CompilesAFormOnceAndKeepsTheLastOnes) {
  FormCache cache(small().table);
  const AnswerForm first{Kind::regex, "[0-9]+"};
  const auto compiled = cache.get(first);
  for (size_t i = 1; i < FormCache::kKept; i++) {
    cache.get({Kind::regex, std::string(i, 'a')});
    EXPECT_EQ(cache.get(first), compiled);
  }
  EXPECT_NE(cache.get({Kind::gbnf, "root ::= [0-9]+"}), compiled);
  for (size_t i = 1; i < FormCache::kKept; i++) cache.get({Kind::regex, std::string(i, 'b')});
  EXPECT_NE(cache.get(first), compiled) << "the one used longest ago is given up";
  EXPECT_THROW(cache.get({Kind::regex, "("}), Error);
  EXPECT_EQ(cache.get(first)->name, "regex");
}

// After n letters there are 2^n ways to go on.
TEST(Constraint, AmbiguityWithoutBoundIsReadInFewerWays) {
  Constraint constraint =
      constraint_for(Kind::gbnf, "root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"d\"", small().table);
  const auto take = [&](const char* text) {
    const TokenId token = small().tokenizer.encode(text)[0];
    const bool is_allowed = has(constraint.allowed(), token);
    if (is_allowed) constraint.accept(token);
    return is_allowed;
  };
  constexpr int kLetters = 200;
  ASSERT_TRUE(take("a"));
  EXPECT_FALSE(constraint.in_fewer_ways());
  for (int i = 1; i < kLetters; i++) ASSERT_TRUE(take("a")) << i;
  EXPECT_TRUE(constraint.in_fewer_ways());
  ASSERT_TRUE(take("d"));
  for (int i = 0; i < kLetters; i++) ASSERT_TRUE(take("b") || take("c")) << i;
  EXPECT_TRUE(constraint.is_complete());
}

// What is repeated may be empty: each parenthesis can be read as the first item and as a later one.
TEST(Constraint, ARepetitionOfWhatMayBeEmptyIsReadInFewerWays) {
  Constraint constraint =
      constraint_for(Kind::gbnf, "root ::= ( \"a\" | group )+\ngroup ::= \"(\" root \")\" |", small().table);
  const TokenId open = small().tokenizer.encode("(")[0], close = small().tokenizer.encode(")")[0];
  size_t depth = 0;
  for (; depth < 20 && has(constraint.allowed(), open); depth++) constraint.accept(open);
  EXPECT_TRUE(constraint.in_fewer_ways());
  for (; depth > 0; depth--) {
    ASSERT_FALSE(constraint.can_end()) << depth;
    ASSERT_TRUE(has(constraint.allowed(), close)) << depth;
    constraint.accept(close);
  }
  EXPECT_TRUE(constraint.can_end());
  EXPECT_FALSE(has(constraint.allowed(), close));
  constraint.begin();
  EXPECT_FALSE(constraint.in_fewer_ways());
}

TEST(Matcher, SaysWhereATextCanBeReadInTooManyWays) {
  const Grammar grammar = compile_gbnf("root ::= \"a\" root \"b\" | \"a\" root \"c\" | \"d\"");
  Matcher matcher(grammar, "grammar");
  EXPECT_EQ(matcher.next(matcher.start(), "b"), Matcher::kDead);
  EXPECT_NE(matcher.next(matcher.start(), "aaaadbcbc"), Matcher::kDead);
  EXPECT_FALSE(matcher.met_bound());
  EXPECT_EQ(matcher.next(matcher.start(), repeated("a", 20)), Matcher::kDead);
  EXPECT_TRUE(matcher.met_bound());
}

TEST(Constraint, DepthIsBoundedAndTheTextCanStillEnd) {
  Constraint constraint = constraint_for(Kind::gbnf, "root ::= \"(\" root \")\" | \"x\"", small().table);
  const TokenId open = small().tokenizer.encode("(")[0];
  size_t depth = 0;
  for (; depth < 10'000 && has(constraint.allowed(), open); depth++) constraint.accept("(");
  EXPECT_EQ(depth, Matcher::kMaxDepth);
  constraint.accept("x" + repeated(")", depth));
  EXPECT_TRUE(constraint.is_complete());
}

TEST(Constraint, ForgetsWhatItDoesNotNeedInLongTexts) {
  Constraint constraint = constraint_for(Kind::regex, "[\\p{L} ]{1,20000}", small().table);
  for (int i = 0; i < 3000; i++) {
    constraint.allowed();
    constraint.accept(i % 2 == 0 ? "word" : " ");
  }
  constraint.accept(repeated("a", 20'000 - 7500));
  EXPECT_TRUE(constraint.is_complete());
}

// Any text that encodes must be allowed token by token where the form takes it.
// A token is as long as a file makes it; the tries take many times as much.
TEST(Constraint, AVocabularyOfHugeTokensIsRefused) {
  const std::vector<std::string> huge(9, std::string(1 << 20, 'x'));
  const text::Tokenizer tokenizer(text::byte_vocabulary(huge, {}));
  try {
    const TokenTable table(tokenizer);
    ADD_FAILURE() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find("8388608"), std::string::npos) << error.what();
  }
}

TEST(Constraint, TakesRealTextInRealVocabularies) {
  for (const char* name : {"r1-qwen", "r1-llama"}) {
    auto vocabulary = text::shared_vocabulary(name);
    if (!vocabulary) GTEST_SKIP() << text::shared_vocabulary_path(name) << " is not there";
    const text::Tokenizer tokenizer(std::move(*vocabulary));
    const TokenTable table(tokenizer);
    for (const std::string text :
         {R"({"name": "Ada \"Lovelace\" 𝄞 naïve", "n": [1, -2.5e3, null, true]})", "\"\"", "[\n  {}\n]"}) {
      Constraint constraint = constraint_for(Kind::json_schema, "{}", table);
      for (TokenId t : tokenizer.encode(text)) {
        ASSERT_TRUE(has(constraint.allowed(), t)) << name << ": " << tokenizer.bytes(t);
        constraint.accept(t);
      }
      EXPECT_TRUE(constraint.can_end());
    }
  }
}

}  // namespace
}  // namespace reckon::constrain
