#include "text/chat_template.hpp"

#include <gtest/gtest.h>
#include <reckon/error.hpp>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

namespace reckon::text {
namespace {

using Json = nlohmann::ordered_json;

const std::filesystem::path golden = std::filesystem::path(RECKON_SOURCE_DIR) / "tests/golden";

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// The moment that tests/golden/make_template_goldens.py renders at.
RenderLimits golden_limits() {
  using namespace std::chrono;
  RenderLimits limits;
  limits.now = local_days(2025y / 3 / 7) + hours(9) + minutes(5) + seconds(3) + microseconds(42);
  return limits;
}

// The text, or nothing when the template is refused; `why` then says so.
std::optional<std::string> try_render(const std::string& source, const Json& variables, std::string& why,
                                      const RenderLimits& limits = golden_limits()) {
  try {
    return ChatTemplate(source).render(variables, limits);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::template_error);
    why = error.what();
    return std::nullopt;
  }
}

std::string render(const std::string& source, const Json& variables = Json::object()) {
  return ChatTemplate(source).render(variables, golden_limits());
}

std::string failure(const std::string& source, const Json& variables = Json::object()) {
  std::string why;
  const auto text = try_render(source, variables, why);
  EXPECT_FALSE(text) << "rendered: " << text.value_or("");
  return why;
}

void expect_golden(const Json& expected, const std::string& source, const Json& variables,
                   const std::string& name) {
  std::string why;
  const auto text = try_render(source, variables, why);
  if (expected.contains("error")) {
    EXPECT_FALSE(text) << name << "\n" << source << "\nrendered: " << text.value_or("");
  } else {
    EXPECT_EQ(text.value_or("refused: " + why), expected["output"].get<std::string>()) << name << "\n"
                                                                                       << source;
  }
}

TEST(ChatTemplate, RendersEveryFeatureAsJinjaDoes) {
  const Json cases = Json::parse(read_file(golden / "template_features.json"));
  ASSERT_GE(cases.size(), 1000u);
  for (const Json& expected : cases) {
    expect_golden(expected, expected["template"].get<std::string>(), expected["variables"],
                  expected["name"].get<std::string>());
  }
}

TEST(ChatTemplate, RendersConversationsAsJinjaDoes) {
  const Json cases = Json::parse(read_file(golden / "template_conversations.json"));
  ASSERT_GE(cases.size(), 50u);
  for (const Json& conversation : cases) {
    ASSERT_GE(conversation["results"].size(), 7u);
    for (const auto& [file, expected] : conversation["results"].items()) {
      expect_golden(expected, read_file(golden / "templates" / file), conversation["variables"],
                    file + ": " + conversation["name"].get<std::string>());
    }
  }
}

TEST(ChatTemplate, RendersTheR1Template) {
  const auto path = std::filesystem::path(RECKON_SOURCE_DIR) / "../shared/tokenizers/r1.jinja";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is missing";
  const Json variables = {{"bos_token", "<bos>"},
                          {"add_generation_prompt", true},
                          {"messages",
                           {{{"role", "system"}, {"content", "Be brief."}},
                            {{"role", "user"}, {"content", "1+1?"}},
                            {{"role", "assistant"}, {"content", "<think>\nadd\n</think>\n\n2"}},
                            {{"role", "user"}, {"content", "And 2+2?"}}}}};
  EXPECT_EQ(render(read_file(path), variables),
            "<bos>Be brief.<｜User｜>1+1?<｜Assistant｜>\n\n2<｜end▁of▁sentence｜><｜User｜>And "
            "2+2?<｜Assistant｜><think>\n");
}

TEST(ChatTemplate, RefusesASubscriptWithoutItsBeginning) {
  for (const char* source :
       {"{{ x[,] }}", "{{ x[, 1, 2] }}", "{{ 3[, 1]|min }}", "{{ x[1,] }}", "{{ x[:, 1] }}"}) {
    EXPECT_THROW(ChatTemplate(source, "test").render({{"x", "abc"}}), Error) << source;
  }
}

TEST(ChatTemplate, NamesTemplateLineAndReason) {
  const auto message = [](const std::string& source) {
    try {
      ChatTemplate(source, "model.gguf: tokenizer.chat_template").render(Json::object());
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message("a\nb\n{% if %}"),
            "model.gguf: tokenizer.chat_template, line 3: an expression is expected, not '%}'");
  EXPECT_EQ(message("a\n{{ missing.x }}"),
            "model.gguf: tokenizer.chat_template, line 2: 'missing' is undefined");
  EXPECT_EQ(message("\n\n{{ raise_exception('roles must alternate') }}"),
            "model.gguf: tokenizer.chat_template, line 3: roles must alternate");
  EXPECT_EQ(message("{% for x in [1] %}\n{{ x|nosuch }}\n{% endfor %}"),
            "model.gguf: tokenizer.chat_template, line 2: there is no filter named 'nosuch'");
  EXPECT_EQ(message("{% macro f(x) %}\n\n{{ x.y.z }}{% endmacro %}\n{{ f({}) }}"),
            "model.gguf: tokenizer.chat_template, line 3: a dict has no attribute 'y'");
}

// A file must not be able to send escape sequences to a terminal, by whatever of a template a message
// repeats.
TEST(ChatTemplate, ShowsNoControlCharactersOfATemplate) {
  const auto message = [](const std::string& source) {
    try {
      ChatTemplate(source, "model").render({{"invalid", "a\xFFz\xC2"}});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(message("{{ raise_exception('\x1b[2J\x7f\n\u009b中') }}"),
            "model, line 1: \\x1b[2J\\x7f\\x0a\\xc2\\x9b中");
  for (const char* source :
       {"{{ 1|a\x1b }}", "{{ {}['\x1b'].x }}", "{{ x\x1b }}", "{% \x1b %}", "{{ ''.x['\x1b'] }}",
        "{{ '%\x1b' % 1 }}", "{{ '{!\x1b}'.format(1) }}", "{{ '{:\x1b}'.format(1) }}",
        "{{ '%(\x1b)s' % {} }}", "{{ raise_exception(invalid) }}", "{{ '{\x1b}'.format(1) }}",
        "{{ namespace(**{'_\x1b': 1}) }}", "{{ strftime_now('%\x1b') }}"}) {
    const std::string text = message(source);
    EXPECT_TRUE(text.starts_with("model, line 1: ")) << text;
    for (const char c : text) EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << text;
  }
  const std::string endless = message("{{ raise_exception('é' * 1000000) }}");
  EXPECT_LT(endless.size(), 1100u);
  EXPECT_TRUE(endless.ends_with("é... (2000000 bytes)")) << endless;
}

TEST(ChatTemplate, NamesWhatItDoesNotSupport) {
  for (const auto& [source, name] : std::initializer_list<std::pair<const char*, const char*>>{
           {"{% for x in [] recursive %}{% endfor %}", "recursive"},
           {"{% block a %}{% endblock %}", "'block'"},
           {"{% include 'a' %}", "'include'"},
           {"{% autoescape true %}{% endautoescape %}", "'autoescape'"},
           {"{{ [1]|random }}", "'random'"},
           {"{{ 'a'|wordwrap }}", "'wordwrap'"},
           {"{{ 1|pprint }}", "'pprint'"},
           {"{{ 'a'.encode() }}", "'encode'"},
           {"{{ 'a'.translate({}) }}", "'translate'"},
           {"{{ (1).bit_length() }}", "'bit_length'"},
           {"{{ cycler(1) }}", "'cycler'"},
           {"{{ lipsum() }}", "'lipsum'"},
           {"{{ '\\N{BULLET}' }}", "\\N"},
           {"{{ strftime_now('%Q') }}", "'%Q'"}}) {
    EXPECT_NE(failure(source).find(name), std::string::npos) << source << ": " << failure(source);
  }
}

TEST(ChatTemplate, TellsTheDate) {
  RenderLimits limits;
  limits.now = std::chrono::local_days(std::chrono::year(2024) / 12 / 30);
  EXPECT_EQ(ChatTemplate("{{ strftime_now('%d %b %Y, week %V of %G') }}").render(Json::object(), limits),
            "30 Dec 2024, week 01 of 2025");
  EXPECT_EQ(ChatTemplate("{{ strftime_now('%Y')|length }}").render(Json::object()), "4");
}

TEST(ChatTemplate, KeepsIntegersExactAndRefusesOverflow) {
  EXPECT_EQ(render("{{ x + 1 }}", {{"x", UINT64_MAX}}), "18446744073709551616");
  EXPECT_EQ(render("{{ 2 ** 126 + (2 ** 126 - 1) }}"), "170141183460469231731687303715884105727");
  for (const char* source :
       {"{{ 2 ** 127 }}", "{{ 2 ** 126 * 2 }}", "{{ 2 ** 126 + 2 ** 126 }}", "{{ -(2 ** 126) * 2 - 1 }}",
        "{{ 999999999999999999999999999999999999999999 }}", "{{ '9' * 50 }}{{ ('9' * 50)|int }}",
        "{{ (-(2 ** 126) * 2) // -1 }}", "{{ (-(2 ** 126) * 2)|abs }}", "{{ 10 ** 40 }}"}) {
    failure(source);
  }
}

// -2^127 has no magnitude, and nothing can be taken from it.
TEST(ChatTemplate, TakesTheLeastIntegerForWidthsAndCounts) {
  const auto with_least = [](const std::string& source) { return "{% set n = -(2 ** 126) * 2 %}" + source; };
  for (const auto& [source, expected] : std::vector<std::pair<std::string, std::string>>{
           {"{{ 'ab'.ljust(n) }}{{ 'ab'.rjust(n) }}{{ 'ab'.center(n) }}", "ababab"},
           {"{{ '-1'.zfill(n) }}", "-1"},
           {"{{ 'aXbXc'.replace('X', '-', n) }}", "a-b-c"},
           {"{{ 'ab'.replace('', '-', n) }}", "-a-b-"},
           {"{{ 'ab'|replace('b', 'c', n) }}", "ac"},
           {"{{ 'aXbXc'.split('X', n)|join(' ') }}", "a b c"},
           {"{{ 'aXbXc'.rsplit('X', n)|join(' ') }}", "a b c"},
           {"{{ 'a b'.split(none, n)|join(',') }}", "a,b"}}) {
    EXPECT_EQ(render(with_least(source)), expected) << source;
  }
  for (const char* source :
       {"{{ '%*d' % (n, 1) }}", "{{ '%.*f' % (n, 1.5) }}", "{{ '%*d' % (-(n + 1), 1) }}"})
    failure(with_least(source));
}

TEST(ChatTemplate, PassesInvalidUtf8OfVariablesOn) {
  EXPECT_EQ(render("{{ x }}{{ x|length }}{{ x[1] }}", {{"x",
                                                        "a\xFF"
                                                        "b"}}),
            "a\xFF"
            "b3\xFF");
  EXPECT_NE(failure("a\xFF").find("UTF-8"), std::string::npos);
}

TEST(ChatTemplate, NeedsAnObjectOfVariables) {
  try {
    ChatTemplate("x").render(Json::array());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  }
}

TEST(ChatTemplate, AChatIsRenderedAsItsVariablesAre) {
  const std::vector<Message> messages = {{"system", "Be brief."}, {"user", "1 + 1 = ä?"}, {"assistant", ""}};
  Json list = Json::array();
  for (const Message& m : messages) list.push_back({{"role", m.role}, {"content", m.content}});
  const Json variables = {
      {"messages", list}, {"bos_token", "<b>"}, {"eos_token", "<e>"}, {"add_generation_prompt", true}};
  for (const std::string& source :
       {read_file(golden / "templates/r1.jinja"), read_file(golden / "templates/plain_lines.jinja"),
        std::string("{{ messages|tojson }}{{ bos_token ~ eos_token }}{{ add_generation_prompt }}"
                    "{{ tools is none }}{{ other is defined }}")}) {
    const ChatTemplate chat(source);
    EXPECT_EQ(chat.render_chat(messages, "<b>", "<e>"), chat.render(variables)) << source;
  }
}

TEST(ChatTemplate, RendersInSeveralThreadsAtOnce) {
  const ChatTemplate shared(
      "{% set ns = namespace(n=0) %}{% for i in range(500) %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n ~ "
      "'ä' }}");
  std::vector<std::string> results(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = shared.render({{"x", i}}); });
  }
  for (std::thread& thread : threads) thread.join();
  for (size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i], std::to_string(500 * i) + "ä");
}

}  // namespace
}  // namespace reckon::text
