// Time of the token sets of constrained answers, over a real vocabulary: constraint_bench [r1-qwen |
// r1-llama].
//
// A text is put through as the tokens that spell it; each line gives the processor's microseconds per token:
// the mean, the median and the greatest.
#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "constrain/constraint.hpp"
#include "constrain/forms.hpp"
#include "model/text_parts.hpp"
#include "tests/text/tokenizer_fixture.hpp"

namespace reckon::constrain {
namespace {

// Of this thread, so that what else runs on the machine does not count.
double cpu_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Case {
  const char* name;
  AnswerForm::Kind kind;
  std::string form;
  std::string text;
};

std::string prose(int words) {
  std::string out;
  for (int i = 0; i < words; i++)
    out += fmt::format("{}the answer to question {} is naïve", i == 0 ? "" : ", ", i);
  return out;
}

std::vector<Case> cases() {
  using Kind = AnswerForm::Kind;
  const std::string person =
      R"({"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150},)"
      R"("mail":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}},"note":{"type":"string"}},)"
      R"("required":["name","age","mail","tags","note"]})";
  const std::string person_text =
      R"({"name": "Ada Lovelace", "age": 36, "mail": "ada@example.org", "tags": ["math", "poetry", "engines"], "note": ")" +
      prose(3) + "\"}";
  return {
      {"json: object", Kind::json_schema, person, person_text},
      {"json: any value", Kind::json_schema, "{}", person_text},
      {"json: long string", Kind::json_schema, R"({"type":"string"})", "\"" + prose(40) + "\""},
      {"json: maxLength", Kind::json_schema, R"({"type":"string","maxLength":4000})",
       "\"" + prose(40) + "\""},
      {"json: enum", Kind::json_schema, R"({"enum":["red","green","blue"]})", "\"green\""},
      {"json: date-time", Kind::json_schema, R"({"type":"string","format":"date-time"})",
       "\"2024-02-29T23:59:59Z\""},
      {"regex: number", Kind::regex, "-?[0-9]+(\\.[0-9]+)?", "-123456.789012"},
      {"regex: words", Kind::regex, "([a-z]+ ?)+",
       "the answer to the question is what it is and nothing else"},
      {"regex: letters", Kind::regex, "[\\p{L} ,]{1,400}", "the answer, dans le détail, ist sehr einfach"},
      {"regex: words {50}", Kind::regex, "(\\p{L}{1,20}[ ,]{1,2}){1,50}",
       "the answer, dans le détail, ist sehr einfach, "},
      {"regex: letters.", Kind::regex, "[\\p{L} ,]{1,400}\\.",
       "the answer, dans le détail, ist sehr einfach."},
      {"regex: .*", Kind::regex, ".*", prose(20)},
      {"regex: a?{100}", Kind::regex, "(a?){100}b", std::string(60, 'a') + "b"},
      {"gbnf: list", Kind::gbnf, "root ::= (\"- \" [^\\n]+ \"\\n\")+",
       "- first\n- the second one\n- third\n"},
      {"gbnf: expression", Kind::gbnf, "root ::= term ([-+*/] term)*\nterm ::= [0-9]+ | \"(\" root \")\"",
       "1+(2*(3-4)/5)+((6))*78910"},
  };
}

void run(const Case& c, const TokenTable& table) {
  const double begin = cpu_microseconds();
  Constraint constraint(
      std::make_shared<CompiledForm>(compile_form({c.kind, c.form}), form_name(c.kind), table), table);
  const double compiled = cpu_microseconds() - begin;
  std::vector<double> times;
  for (TokenId token : table.tokenizer().encode(c.text)) {
    const double start = cpu_microseconds();
    const auto allowed = constraint.allowed();
    if ((allowed[static_cast<size_t>(token) / 64] >> token % 64 & 1) == 0) {
      fmt::print("{}: token {} is not allowed\n", c.name, token);
      return;
    }
    constraint.accept(token);
    times.push_back(cpu_microseconds() - start);
  }
  double sum = 0;
  for (double t : times) sum += t;
  std::vector<double> sorted = times;
  std::sort(sorted.begin(), sorted.end());
  fmt::print(
      "{:<20} {:>4} tokens  mean {:>7.1f}  median {:>7.1f}  most {:>7.1f} us   compiled in {:.0f} us\n",
      c.name, times.size(), sum / static_cast<double>(times.size()), sorted[sorted.size() / 2], sorted.back(),
      compiled);
}

}  // namespace
}  // namespace reckon::constrain

int main(int argc, char** argv) {
  using namespace reckon;
  std::setbuf(stdout, nullptr);
  const std::string name = argc > 1 ? argv[1] : "embedded";
  const auto vocabulary = text::shared_vocabulary(name);
  if (!vocabulary && name != "embedded") {
    fmt::print(stderr, "{} is not there\n", text::shared_vocabulary_path(name));
    return 1;
  }
  const text::Tokenizer tokenizer =
      vocabulary ? text::Tokenizer(*vocabulary) : model::read_tokenizer(*model::embedded_file());
  const double begin = constrain::cpu_microseconds();
  const constrain::TokenTable table(tokenizer);
  fmt::print("{}: {} tokens, table built in {:.1f} ms, {} nodes\n", name, table.size(),
             (constrain::cpu_microseconds() - begin) / 1000, table.trie().size());
  for (const auto& c : constrain::cases()) constrain::run(c, table);
}
