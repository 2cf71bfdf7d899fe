// Hostile templates: each ends quickly, with a template_error, whatever it tries.
#include <gtest/gtest.h>
#include <reckon/error.hpp>

#include <nlohmann/json.hpp>

#include "tests/cpu_stopwatch.hpp"
#include "text/chat_template.hpp"
#include "text/jinja/builtins.hpp"

namespace reckon::text {
namespace {

using Json = nlohmann::ordered_json;

std::string repeat(const std::string& text, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += text;
  return out;
}

#ifdef RECKON_SANITIZED
constexpr double kMostSeconds = 90;  // some 20 alone
#else
constexpr double kMostSeconds = 20;
#endif

// Runs with small limits and expects a refusal within seconds.
std::string expect_refused(const std::string& source,
                           RenderLimits limits = {
                               .steps = 500'000, .output_bytes = 1 << 20, .memory_bytes = 32 << 20}) {
  const test::CpuStopwatch watch;
  std::string message;
  try {
    const std::string text = ChatTemplate(source).render(Json::object(), limits);
    ADD_FAILURE() << "rendered " << text.size() << " bytes: " << source.substr(0, 200);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::template_error);
    message = error.what();
  }
  EXPECT_LT(watch.seconds(), kMostSeconds) << source.substr(0, 200);
  return message;
}

TEST(TemplateLimits, RefuseHugeRanges) {
  EXPECT_NE(expect_refused("{% for i in range(10**9) %}{% endfor %}").find("range"), std::string::npos);
  expect_refused("{{ range(100001)|list }}");
  expect_refused("{{ range(-10**37, 10**37, 3) }}");
  expect_refused("{{ range(-2**126 - 2**125, 2**126) }}");
}

TEST(TemplateLimits, BoundSteps) {
  const std::string nested =
      "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
  EXPECT_NE(expect_refused(nested).find("steps"), std::string::npos);
  expect_refused(
      "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}");
  expect_refused(
      "{% set l = range(1000)|list %}{% for a in l %}{% for b in l %}{{ l == l[:] }}{% endfor %}{% endfor "
      "%}");
  expect_refused("{% for a in range(1000) %}{{ range(1000)|map('string')|sort|join }}{% endfor %}");
}

TEST(TemplateLimits, EndWithTheDefaultLimitsToo) {
  expect_refused("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", {});
  expect_refused("{% set s = 'x' * 1000000 %}{% for a in range(100000) %}{{ s in s ~ 'y' }}{% endfor %}", {});
}

TEST(TemplateLimits, BoundTextGrowth) {
  expect_refused(
      "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}");
  expect_refused(
      "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}");
  expect_refused(
      "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s|replace('a', ns.s) %}{% "
      "endfor %}");
  expect_refused(
      "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = [ns.s, ns.s]|join(ns.s) %}{% "
      "endfor %}");
  expect_refused(
      "{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s %}{{ ns.s }}{{ ns.s }}{% endset "
      "%}{% endfor %}");
  for (const char* expression : {"'x' * 10**12",
                                 "10**30 * 'x'",
                                 "'x'.ljust(10**12)",
                                 "'x'.center(10**12)",
                                 "'1'.zfill(10**15)",
                                 "'%1000000000000d' % 1",
                                 "'%*d' % (10**12, 1)",
                                 "'%.1000000000f' % 1.5",
                                 "'{:1000000000000}'.format(1)",
                                 "'{:.1000000000f}'.format(1.5)",
                                 "'a\nb'|indent(10**12)",
                                 "'a'|center(10**12)",
                                 "[1]|tojson(indent=10**12)",
                                 "('x' * 1000000).replace('', 'y' * 1000)",
                                 "'%s%s' % ('x' * 1000000, 'y' * 1000000)",
                                 "('x' * 1000)|list|join('y' * 10000)",
                                 "'{0}{0}{0}{0}'.format('x' * 1000000)",
                                 "'&' * 1000000|e",
                                 "('&' * 1000000)|e",
                                 "('é' * 500000)|urlencode"}) {
    expect_refused(std::string("{{ ") + expression + " }}");
  }
}

TEST(TemplateLimits, BoundMemory) {
  expect_refused(
      "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = ns.l + ['x' * 100000 ~ i] "
      "%}{% endfor %}");
  expect_refused("{{ [1] * 10**12 }}");
  expect_refused("{{ [[1] * 1000000, [2] * 1000000]|string }}");
  expect_refused("{{ [1]|batch(10**12, 0)|list }}");
  expect_refused("{{ [1]|slice(10**12)|list }}");
  expect_refused("{% for i in range(100000) %}{% set n = namespace(a=i, b='x' * 1000) %}{% endfor %}");
  expect_refused(
      "{% for i in range(100000) %}{% macro f() %}{% endmacro %}{% set s = 'x' * 1000 ~ i %}{% endfor %}");
  // What is said of undefined values, were they used, is kept with each.
  EXPECT_NE(expect_refused("{{ range(20000)|map(attribute='x' * 150)|list|length }}",
                           {.steps = 500'000, .output_bytes = 1 << 20, .memory_bytes = 3 << 20})
                .find("memory"),
            std::string::npos);
  const std::string captures = repeat("{% set x %}{{ 'y' * 1000000 }}", 60) + repeat("{% endset %}", 60);
  expect_refused(captures);
}

void expect_out_of_memory(const std::string& source) {
  const std::string message =
      expect_refused(source, {.steps = 20'000'000, .output_bytes = 1 << 20, .memory_bytes = 64 << 20});
  EXPECT_NE(message.find("memory"), std::string::npos) << message;
}

TEST(TemplateLimits, BoundTheMemoryOfNames) {
  expect_out_of_memory(
      "{% set b = 'x' * 1000000 %}{% for i in range(100) %}{% set n = namespace({b: 1}) %}{% endfor %}");
  expect_out_of_memory("{% for i in range(100000) %}{% macro " + std::string(1000, 'm') +
                       "() %}{% endmacro %}{% endfor %}");
}

TEST(TemplateLimits, BoundTheMemoryOfArgumentsThatAreKept) {
  const std::string begin = "{% set big = range(100000)|list %}", keep = "{% set x = loop.changed(*big) %}";
  expect_out_of_memory(begin + repeat("{% for i in [1] %}" + keep, 40) + repeat("{% endfor %}", 40));
  // Variables of the scopes that macros keep.
  std::string sets;
  for (int i = 0; i < 100; i++) sets += "{% set v" + std::to_string(i) + " = 1 %}";
  expect_out_of_memory("{% for i in range(20000) %}{% macro f() %}{% endmacro %}" + sets + "{% endfor %}");
}

// Whatever is done with a text, and wherever in a call it stands, looking through it counts.
TEST(TemplateLimits, ChargeForEveryTextOfACall) {
  std::vector<std::string> calls;
  const auto add = [&calls](const std::string& before, const std::string& behind) {
    calls.push_back("b" + before + "()" + behind);
    for (const char* arguments : {"(b)", "('a', b)", "('a', 'b', b)", "(1, b)", "(1, 1, b)", "(1, 1, 1, b)"})
      calls.push_back("''" + before + arguments + behind);
  };
  for (const auto table : {jinja::text_filters(), jinja::number_filters(), jinja::sequence_filters(),
                           jinja::selection_filters()}) {
    for (const jinja::FilterEntry& entry : table) add("|" + std::string(entry.name), "");
  }
  for (const char* name :
       {"capitalize", "center",  "count",   "endswith",     "find",         "format",  "format_map",
        "index",      "isalnum", "isalpha", "isascii",      "isdecimal",    "isdigit", "islower",
        "isspace",    "isupper", "join",    "ljust",        "lower",        "lstrip",  "partition",
        "replace",    "rfind",   "rindex",  "removeprefix", "removesuffix", "rjust",   "rpartition",
        "rsplit",     "rstrip",  "split",   "splitlines",   "startswith",   "strip",   "swapcase",
        "title",      "upper",   "zfill"}) {
    add("." + std::string(name), "");
  }
  for (const char* name : {"defined", "string", "equalto", "in", "lower", "upper", "number", "sameas"})
    add(" is " + std::string(name), "");
  for (const char* call :
       {"strftime_now('%z' * 50000)", "strftime_now(b)", "('%' ~ 'h' * 99990 ~ 'd') % 1",
        "('%(' ~ b[:99990] ~ ')s') % {}", "b.startswith((b ~ '',) * 100)", "('0' * 100000)|int",
        "('0' * 100000)|float", "joiner(b)", "dict(a=b)", "namespace(a=b)", "f(b)",
        "['']|map('replace', b, '')|list", "['']|select('equalto', b)|list"}) {
    calls.emplace_back(call);
  }
  const RenderLimits limits = {.steps = 50'000, .output_bytes = 1 << 20, .memory_bytes = 32 << 20};
  for (const std::string& call : calls) {
    expect_refused(
        "{% set b = 'x' * 100000 %}{% macro f(a) %}{% endmacro %}{% for i in range(1000) %}{% set x = " +
            call + " %}{% endfor %}",
        limits);
  }
}

// Short ones of letters that the text is made of are the slow ones.
TEST(TemplateLimits, ChargeForTheLengthOfWhatIsLookedFor) {
  for (const char* call :
       {"('a' * 31 ~ 'b') in t", "t.find('a' * 31 ~ 'b')", "t.rfind('b' ~ 'a' * 31)",
        "t.count('a' * 31 ~ 'b')", "t.split('a' * 31 ~ 'b')", "t.replace('a' * 31 ~ 'b', '')"}) {
    const std::string source = std::string("{% set t = 'a' * 1000000 %}{% for i in range(7) %}{% set x = ") +
                               call + " %}{% endfor %}";
    expect_refused(source);
  }
}

TEST(TemplateLimits, BoundValuesThatShareParts) {
  // Twice the list before, 60 times: few objects, 2^60 of them to walk.
  const std::string shared =
      "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}";
  expect_refused(shared + "{{ ns.l }}");
  expect_refused(shared + "{{ ns.l|tojson }}");
  expect_refused(shared + "{{ ns.l|string|length }}");
  const std::string other =
      "{% set m = namespace(l=[1]) %}{% for i in range(60) %}{% set m.l = [m.l, m.l] %}{% endfor %}";
  expect_refused(shared + other + "{{ ns.l == m.l }}");
  expect_refused(shared + other + "{{ ns.l < m.l }}");
  expect_refused(shared + other + "{{ ns.l in [m.l] }}");
}

TEST(TemplateLimits, BoundNesting) {
  const auto deep = [](const std::string& open, const std::string& close) {
    return "{{ " + repeat(open, 100'000) + "1" + repeat(close, 100'000) + " }}";
  };
  expect_refused(deep("(", ")"));
  expect_refused(deep("[", "]"));
  expect_refused(deep("{1:", "}"));
  expect_refused(deep("-", ""));
  expect_refused(deep("not ", ""));
  expect_refused(deep("f(", ")"));
  expect_refused(deep("1 if x else ", ""));
  expect_refused(deep("a[", "]"));
  expect_refused(deep("1|default(", ")"));
  for (const char* chain : {" + 1", " * 1", " ** 1", " and 1", " or 1", "|abs", ".x", "[0]", "()", " if 1",
                            " is defined and 1"}) {
    expect_refused("{{ 1" + repeat(chain, 100'000) + " }}");
  }
  expect_refused(repeat("{% if 1 %}", 100'000) + repeat("{% endif %}", 100'000));
  expect_refused(repeat("{% for x in [1] %}", 100'000) + repeat("{% endfor %}", 100'000));
  expect_refused(repeat("{% macro f() %}", 100'000) + repeat("{% endmacro %}", 100'000));
  expect_refused("{% set " + repeat("(", 100'000) + "a" + repeat(")", 100'000) + " = 1 %}");
}

TEST(TemplateLimits, BoundRecursion) {
  const RenderLimits limits;
  EXPECT_NE(expect_refused("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", limits).find("levels deep"),
            std::string::npos);
  expect_refused(
      "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{% call f() %}{% endcall %}{% endmacro %}{{ f() "
      "}}",
      limits);
  expect_refused("{% macro f() %}{% set x %}{{ f() }}{% endset %}{% endmacro %}{{ f() }}", limits);
  expect_refused(
      "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l] %}{% endfor %}",
      limits);
  expect_refused(
      "{% set ns = namespace(l={}) %}{% for i in range(100000) %}{% set ns.l = {'a': ns.l} %}{% endfor %}",
      limits);
  expect_refused(
      "{% set ns = namespace(l=[]) %}{% for i in range(100000) %}{% set ns.l = [ns.l]|map('list') %}{% "
      "endfor %}",
      limits);
  expect_refused("{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}", limits);
  expect_refused("{% set a = namespace() %}{% set b = namespace(a=a) %}{% set a.b = [b] %}{{ a }}", limits);
  expect_refused("{{ 'a'|map('map'" + repeat(", 'map'", 10'000) + ")|list }}", limits);
}

TEST(TemplateLimits, LetGoOfValuesThatReferToEachOther) {
  // Must neither leak nor crash: the sanitizers watch.
  const ChatTemplate cycles(
      "{% set a = namespace() %}{% set b = namespace(a=a) %}{% set a.b = [b] %}"
      "{% for x in [1, 2] %}{% set a.l = loop %}{% set c = loop.changed([loop]) %}"
      "{% macro f() %}{{ x }}{% endmacro %}{% set a.f = f %}{% set a.g = a.l.cycle %}{% endfor %}{{ a.f() "
      "}}{{ a.l.index }}");
  EXPECT_EQ(cycles.render(Json::object()), "22");
  const ChatTemplate chain(
      "{% set ns = namespace(head=none) %}{% for i in range(20000) %}{% set n = namespace(next=ns.head) %}"
      "{% set ns.head = n %}{% endfor %}done");
  EXPECT_EQ(chain.render(Json::object()), "done");
}

TEST(TemplateLimits, HideInternals) {
  for (const char* expression :
       {"''.__class__.__mro__", "''['__class__']['__mro__']", "(''|attr('__class__')).x",
        "'{0.__class__.__mro__}'.format('')", "'{0[__class__].x}'.format('')", "range.__globals__.x",
        "namespace.__init__.x", "raise_exception.__code__.x", "[].append(1)", "{}.update({})",
        "{}.setdefault(1, 2)", "dict().pop('a')", "([]|attr('append'))(1)",
        "[''.__class__]|map(attribute='x')|list", "['']|map(attribute='__class__.x')|list"}) {
    expect_refused(std::string("{{ ") + expression + " }}");
  }
}

// Each ends only because looking a name or key up is charged for; everything else in it is cheap.
TEST(TemplateLimits, ChargeForLookingThingsUp) {
  const auto expect_out_of_steps = [](const std::string& source, uint64_t steps) {
    const std::string message = expect_refused(source, {.steps = steps});
    EXPECT_NE(message.find("steps"), std::string::npos) << message;
  };
  const std::string big = "{% set k = 'x' * 1000000 %}{% set l = 'x' * 999999 ~ 'y' %}";
  const std::string often = "{% for i in range(100) %}", end = "{% endfor %}";
  expect_out_of_steps(big + "{% set d = {k: 1} %}" + often + "{{ d[l] }}" + end, 100'000);
  expect_out_of_steps(big + "{% set d = dict(range(100)|batch(2)) %}" + often + "{{ k in d }}" + end,
                      100'000);
  expect_out_of_steps(big + often + "{{ (1|attr(k)) is defined }}" + end, 100'000);
  std::string variables;
  for (int i = 0; i < 2000; ++i) variables += "{% set a" + std::to_string(i) + " = 1 %}";
  expect_out_of_steps(variables, 100'000);
  const std::string members =
      "{% set ns = namespace(p=[]) %}{% for i in range(1000) %}{% set ns.p = ns.p + [['k' ~ i, i]] %}{% "
      "endfor %}{% set d = dict(ns.p) %}";
  expect_out_of_steps(
      members + "{% set n = namespace(**d) %}" + "{% for i in range(1000) %}{{ n.k999 }}{% endfor %}",
      250'000);
  expect_out_of_steps(members + "{{ ('{k999}' * 1000).format(**d) }}", 250'000);
  expect_out_of_steps(members + "{% for i in range(1000) %}{{ '{k0}'.format_map(d) }}{% endfor %}", 250'000);
}

TEST(TemplateLimits, SpreadNumbersThatDoublesCanNotTellApart) {
  const test::CpuStopwatch watch;
  const ChatTemplate integers(
      "{% set d = dict(range(2**100, 2**100 + 100000)|batch(2)) %}{{ d|length }} {{ d[2**100 + 99998] - "
      "2**100 }} {{ d[2**100] - 2**100 }} {{ 2**100 + 1 in d }}");
  EXPECT_EQ(integers.render(Json::object()), "50000 99999 1 False");
  ChatTemplate("{{ dict([['nan'|float, 1]] * 50000)[1] }}").render(Json::object());
  EXPECT_LT(watch.seconds(), 5);
}

TEST(TemplateLimits, FindNumbersByTheirValue) {
  const ChatTemplate found(
      "{% set d = dict([[0, 'a'], [1, 'b'], [2**60, 'c'], [2**60 + 1, 'd'], [0.5, 'e'], [-3, 'f'], [2**100, "
      "'g'], ['1', 'h'], [none, 'i']]) %}{{ d[-0.0] ~ d[false] ~ d[true] ~ d[1.0] ~ d[2.0**60] ~ d[2**60 + "
      "1] ~ "
      "d[1/2] ~ d[-3.0] ~ d[2.0**100] ~ d['1'] ~ d[none] }}{{ 'nan'|float in d }}");
  EXPECT_EQ(found.render(Json::object()), "aabbcdefghiFalse");
}

TEST(TemplateLimits, BoundTheTemplateItself) {
  std::string names, parameters;
  for (int i = 0; i < 255; ++i) {
    names += (i == 0 ? "a" : ", a") + std::to_string(i) + "=1";
    parameters += (i == 0 ? "a" : ", a") + std::to_string(i);
  }
  EXPECT_EQ(ChatTemplate("{{ dict(" + names + ")|length }}").render(Json::object()), "255");
  EXPECT_NE(expect_refused("{{ dict(" + names + ", b=1) }}").find("more than 255 arguments by name"),
            std::string::npos);
  ChatTemplate("{% macro f(" + parameters + ") %}{% endmacro %}");
  EXPECT_NE(expect_refused("{% macro f(" + parameters + ", b) %}{% endmacro %}").find("255 parameters"),
            std::string::npos);
  ChatTemplate("{{ " + std::string(1000, 'x') + " }}");
  EXPECT_NE(expect_refused("{{ x." + std::string(1001, 'x') + " }}").find("a name of 1001 bytes"),
            std::string::npos);
  EXPECT_EQ(ChatTemplate(std::string(1 << 20, 'x')).render(Json::object()).size(), size_t{1} << 20);
  const std::string message = expect_refused(std::string((1 << 20) + 1, 'x'));
  EXPECT_EQ(message, "chat template: a template of 1048577 bytes; expected at most 1048576");
}

TEST(TemplateLimits, KeepShortWhyAValueIsUndefined) {
  EXPECT_LT(expect_refused("{{ (1|attr('x' * 100000)).y }}").size(), 300u);
}

TEST(TemplateLimits, SearchInLinearTime) {
  const std::string texts = "{% set hay = 'a' * 900000 %}{% set needle = 'a' * 450000 ~ 'b' %}";
  const test::CpuStopwatch watch;
  RenderLimits limits;
  for (const char* expression : {"needle in hay", "hay.find(needle)", "hay.rfind(needle)",
                                 "hay.count(needle)", "hay.split(needle)|length", "hay.rsplit(needle)|length",
                                 "hay.replace(needle, '')|length", "hay.partition(needle)|length"}) {
    ChatTemplate(texts + "{{ " + expression + " }}").render(Json::object(), limits);
  }
  EXPECT_LT(watch.seconds(), 20);
}

TEST(TemplateLimits, BoundTheOutput) {
  RenderLimits limits;
  limits.output_bytes = 100;
  EXPECT_EQ(ChatTemplate("{% for i in range(100) %}x{% endfor %}").render(Json::object(), limits).size(),
            100u);
  EXPECT_NE(expect_refused("{% for i in range(101) %}x{% endfor %}", limits).find("100 bytes"),
            std::string::npos);
}

TEST(TemplateLimits, RefuseVariablesNestedTooDeeply) {
  Json deep = Json::array();
  for (int i = 0; i < 2000; ++i) deep = Json::array({std::move(deep)});
  EXPECT_THROW(ChatTemplate("{{ x }}").render({{"x", deep}}), Error);
  EXPECT_EQ(ChatTemplate("{{ y }}").render({{"x", deep}, {"y", 1}}), "1");
}

TEST(TemplateLimits, SurviveEveryTruncationOfATemplate) {
  const std::string source =
      "{%- set ns = namespace(a=1) -%}{% for m in [1, 'x\\n'] if m %}{{ m|string|upper ~ {'a': [1, "
      "(2,)]}['a'][0:1] }}"
      "{% elif %}{% endfor %}{% macro f(a, b='c') %}{{ caller() }}{% endmacro %}{# c #}{% raw %}{{ é {% "
      "endraw %}"
      "{% call(x) f(1, *[2], **{}) %}{{ 1.5e3 if x is not defined else -2 ** 3 }}{% endcall %}{{ '\\u00e9' "
      "}}";
  size_t parsed = 0, refused = 0;
  for (size_t size = 0; size <= source.size(); ++size) {
    try {
      ChatTemplate(source.substr(0, size)).render(Json::object());
      ++parsed;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::template_error);
      ++refused;
    }
  }
  EXPECT_GT(parsed, 0u);
  EXPECT_GT(refused, source.size() / 2);
}

}  // namespace
}  // namespace reckon::text
