// reckon eval: accuracy over questions with known answers.
#include <fmt/format.h>

#include <reckon/answer.hpp>
#include <unordered_map>

#include "answer_view.hpp"
#include "eval_report.hpp"
#include "output.hpp"
#include "prompts_command.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

// A sample from its line in the results: read the same way whether this run or an earlier one made it.
EvalSample sample_of(const Json& choice) {
  const Json& details = choice.at("reckon");
  EvalSample sample;
  sample.finish_reason = details.at("finish_reason").get<std::string>();
  sample.thinking_tokens = details.at("usage").at("thinking_tokens").get<uint64_t>();
  const bool whole = choice.at("finish_reason") == "stop";
  sample.answer = final_answer(choice.at("message").at("content").get<std::string>(), whole);
  return sample;
}

std::string id_of(const Json& result) { return result.at("custom_id").get<std::string>(); }

// A given answer may be a whole solution.
std::string expected_answer(const Question& question) {
  return normalised_answer(final_answer(question.answer).value_or(question.answer));
}

bool is_right(const EvalSample& sample, const std::string& expected) {
  return sample.answer && normalised_answer(*sample.answer) == expected;
}

// Joins questions and results by their ids: results of earlier runs come before their questions, and are
// compared with the answers the file gives now.
class EvalLines : public LineHandler {
 public:
  explicit EvalLines(const PromptsOptions& options)
      : defaults_(request_defaults(options)), results_file_(options.results.value_or("")) {}

  PromptRequest parse(std::string_view text, uint64_t line) override {
    return parse_question(text, line, defaults_);
  }
  void take_request(const PromptRequest& request) override {
    questions_.emplace_back(request.id, *request.question);
  }
  const char* thing() const override { return "question"; }
  const char* id_field() const override { return "id"; }
  void take_earlier(const Json& result, const std::string& place) override;
  void take_result(const Json& result) override;
  void complete_result(const PromptRequest& request, Json& result) override;
  std::vector<EvalQuestion> questions() const;

 private:
  RequestDefaults defaults_;
  std::string results_file_;
  std::vector<std::pair<std::string, Question>> questions_;
  std::unordered_map<std::string, std::vector<EvalSample>> samples_;
};

void EvalLines::take_earlier(const Json& result, const std::string& place) {
  try {
    (void)result.at("eval").at("question").get_ref<const std::string&>();
    take_result(result);
  } catch (const Json::exception&) {
    throw Error(ErrorCode::malformed_file,
                fmt::format("{}: the result of {} is not one of reckon eval's{}", place,
                            shortened(Json(id_of(result)).dump()), kWayOut));
  }
  const size_t samples = samples_.at(id_of(result)).size();
  if (samples == defaults_.samples) return;
  throw Error(
      ErrorCode::malformed_file,
      fmt::format("{} has {} of {}, and --samples is {}{}", results_file_, count_text(samples, "sample"),
                  shortened(Json(id_of(result)).dump()), defaults_.samples, kWayOut));
}

void EvalLines::take_result(const Json& result) {
  std::vector<EvalSample> samples;
  for (const Json& choice : result.at("response").at("body").at("choices")) {
    samples.push_back(sample_of(choice));
  }
  samples_.emplace(id_of(result), std::move(samples));
}

void EvalLines::complete_result(const PromptRequest& request, Json& result) {
  const std::string expected = expected_answer(*request.question);
  Json answers = Json::array();
  Json right = Json::array();
  for (const Json& choice : result.at("response").at("body").at("choices")) {
    const EvalSample sample = sample_of(choice);
    answers.push_back(sample.answer ? Json(*sample.answer) : Json(nullptr));
    right.push_back(is_right(sample, expected));
  }
  result["eval"] = {{"question", request.messages.back().content},
                    {"category", request.question->category},
                    {"answer", request.question->answer},
                    {"expected", expected},
                    {"answers", std::move(answers)},
                    {"right", std::move(right)}};
}

std::vector<EvalQuestion> EvalLines::questions() const {
  std::vector<EvalQuestion> joined;
  for (const auto& [id, question] : questions_) {
    const auto found = samples_.find(id);
    if (found == samples_.end()) continue;  // it has failed
    EvalQuestion& added = joined.emplace_back(EvalQuestion{question.category, found->second});
    const std::string expected = expected_answer(question);
    for (EvalSample& sample : added.samples) sample.right = is_right(sample, expected);
  }
  return joined;
}

}  // namespace

int eval(const PromptsOptions& options) {
  if (!options.input) throw UsageError("FILE.jsonl is missing");
  EvalLines lines(options);
  const RunCounts counts = run_prompts(options, lines);
  if (counts.interrupted) return exit_status(counts);
  if (counts.requests == 0)
    throw Error(ErrorCode::malformed_file, *options.input + ": there are no questions");
  EvalReport report = eval_report(lines.questions(), options.samples);
  report.model = counts.model;
  report.failed = counts.failed;
  report.generated_tokens = counts.generated_tokens;
  report.seconds = counts.seconds;
  if (options.json) {
    standard_output().write(json_text(report_json(report)));
  } else {
    AnswerView shown(true);
    shown.add(report_markdown(report));
    shown.end();
  }
  return exit_status(counts);
}

}  // namespace reckon::cli
