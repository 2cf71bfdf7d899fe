// The options of a generation, as data: sampling, thinking, and the rest. Several commands have them.
#include <algorithm>

#include "settings.hpp"

namespace reckon::cli {

std::vector<Option> joined(std::initializer_list<std::vector<Option>> tables) {
  std::vector<Option> all;
  for (const std::vector<Option>& table : tables) all.insert(all.end(), table.begin(), table.end());
  return all;
}

std::vector<Option> without(std::vector<Option> table, std::initializer_list<std::string_view> names) {
  std::erase_if(table, [&](const Option& option) {
    return std::find(names.begin(), names.end(), option.long_name()) != names.end();
  });
  return table;
}

namespace {

std::vector<Option> sampling_table(GenerationOptions& generation) {
  SamplingOptions& sampling = generation.generate.sampling;
  return {
      {.names = "--temp",
       .placeholder = "T",
       .help = "temperature; 0 takes the most probable token",
       .target = Number{&sampling.temperature, 0, 100},
       .in_chat = true},
      {.names = "--top-p",
       .placeholder = "P",
       .help = "keep the smallest set of tokens with this probability",
       .target = Number{&sampling.top_p, 0, 1, true},
       .in_chat = true},
      {.names = "--top-k",
       .placeholder = "K",
       .help = "keep the K most probable tokens; 0 keeps all",
       .target = Integer{&sampling.top_k, 0, kMostTokens},
       .in_chat = true},
      {.names = "--min-p",
       .placeholder = "P",
       .help = "drop tokens less probable than P times the most probable",
       .target = Number{&sampling.min_p, 0, 1},
       .in_chat = true},
      {.names = "--repeat-penalty",
       .placeholder = "X",
       .help = "divides the logits of recent tokens; 1 is off",
       .target = Number{&sampling.repeat_penalty, 0, 100, true},
       .in_chat = true},
      {.names = "--repeat-last",
       .placeholder = "N",
       .help = "tokens that count as recent for all penalties; -1 counts all",
       .target = Integer{&sampling.repeat_last, -1, kMostTokens},
       .in_chat = true},
      {.names = "--presence-penalty",
       .placeholder = "X",
       .help = "subtracted from the logits of recent tokens",
       .target = Number{&sampling.presence_penalty, -100, 100},
       .in_chat = true},
      {.names = "--frequency-penalty",
       .placeholder = "X",
       .help = "the same per occurrence",
       .target = Number{&sampling.frequency_penalty, -100, 100},
       .in_chat = true},
      {.names = "--logit-bias",
       .placeholder = "ID=VALUE",
       .help = "added to the logit of token ID, -inf forbids it; may be repeated",
       .target = LogitBias{&sampling.logit_bias}},
      {.names = "--seed",
       .placeholder = "N",
       .help = "the same seed gives the same text; without it, a random one, which is reported",
       .target = Seed{&generation.seed},
       .in_chat = true},
  };
}

// The same of one phase.
std::vector<Option> phase_table(const std::string& phase, const std::string& where, PhaseSampling& sampling) {
  return {
      {.names = "--" + phase + "-temp",
       .placeholder = "T",
       .help = "temperature " + where + "; without it, that of --temp",
       .target = OptionalNumber{&sampling.temperature, 0, 100},
       .in_chat = true,
       .unset = "as temp"},
      {.names = "--" + phase + "-top-p",
       .placeholder = "P",
       .help = "--top-p " + where,
       .target = OptionalNumber{&sampling.top_p, 0, 1, true},
       .in_chat = true,
       .unset = "as top-p"},
      {.names = "--" + phase + "-top-k",
       .placeholder = "K",
       .help = "--top-k " + where,
       .target = OptionalInteger{&sampling.top_k, 0, kMostTokens},
       .in_chat = true,
       .unset = "as top-k"},
      {.names = "--" + phase + "-min-p",
       .placeholder = "P",
       .help = "--min-p " + where,
       .target = OptionalNumber{&sampling.min_p, 0, 1},
       .in_chat = true,
       .unset = "as min-p"},
      {.names = "--" + phase + "-repeat-penalty",
       .placeholder = "X",
       .help = "--repeat-penalty " + where,
       .target = OptionalNumber{&sampling.repeat_penalty, 0, 100, true},
       .in_chat = true,
       .unset = "as repeat-penalty"},
  };
}

void validate_budget_message(const std::string& text) {
  ThinkingOptions thinking;
  thinking.budget_message = text;
  validate(thinking);
}

std::vector<Option> thinking_table(GenerateOptions& generate) {
  ThinkingOptions& thinking = generate.thinking;
  return joined(
      {{{.names = "--think-budget",
         .placeholder = "N",
         .help = "tokens the thought may have; then it is closed and the answer follows; 0 is --no-think",
         .target = OptionalInteger{&thinking.budget, 0, kMostTokens},
         .in_chat = true,
         .unset = "no limit"},
        {.names = "--think-grace",
         .placeholder = "N",
         .help = "tokens more to finish the sentence",
         .target = Integer{&thinking.grace, 0, kMostTokens},
         .in_chat = true},
        {.names = "--budget-message",
         .placeholder = "TEXT",
         .help = "the line put in where a thought is closed; may be empty",
         .target = Text{&thinking.budget_message, validate_budget_message},
         .in_chat = true,
         .unset = "none"},
        {.names = "--answer-reserve",
         .placeholder = "N",
         .help = "tokens of --max-tokens and the context kept for the answer; without it, a quarter, at "
                 "most 1,024",
         .target = OptionalInteger{&thinking.answer_reserve, 0, kMostTokens},
         .in_chat = true,
         .unset = "a quarter, at most 1,024"},
        {.names = "--loop-breaker",
         .placeholder = "WHEN",
         .help = "close a thought that repeats itself",
         .target = Switch{&thinking.loop_breaker},
         .in_chat = true},
        {.names = "--hesitation-bias",
         .placeholder = "X",
         .help = "added to the logits of Wait, Alternatively, Hmm in the thought; below 0 is fewer",
         .target = Number{&thinking.hesitation_bias, -100, 100},
         .in_chat = true}},
       phase_table("think", "in the thought", generate.thinking_sampling),
       phase_table("answer", "in the answer", generate.answer_sampling)});
}

std::vector<Option> form_table(AnswerForm& form) {
  return {{.names = "--json-schema",
           .placeholder = "FILE",
           .help = "the answer, not the thinking, is JSON that the schema in FILE allows; none takes it back",
           .target = Form{&form, AnswerForm::Kind::json_schema, true},
           .in_chat = true,
           .names_file = true},
          {.names = "--regex",
           .placeholder = "PATTERN",
           .help = "the whole answer matches PATTERN; none takes it back",
           .target = Form{&form, AnswerForm::Kind::regex, false},
           .in_chat = true},
          {.names = "--grammar",
           .placeholder = "FILE",
           .help = "the answer is the rule root of the grammar in FILE (GBNF); none takes it back",
           .target = Form{&form, AnswerForm::Kind::gbnf, true},
           .in_chat = true,
           .names_file = true}};
}

}  // namespace

std::vector<Option> generation_table(GenerationOptions& generation) {
  GenerateOptions& generate = generation.generate;
  std::vector<Option> table = joined(
      {{{.names = "-n,--max-tokens",
         .placeholder = "N",
         .help = "tokens of thinking and answer together; without it, to the end of the context",
         .target = Integer{&generate.max_tokens, 1, kMostTokens},
         .in_chat = true,
         .unset = "no limit"},
        {.names = "--ctx",
         .placeholder = "N",
         .help = "positions of prompt and text together; without it, the model's own context",
         .target = Integer{&generation.context, 1, kMostTokens}}},
       sampling_table(generation),
       thinking_table(generate),
       form_table(generate.answer_form),
       {{.names = "--stop",
         .placeholder = "TEXT",
         .help = "the answer ends before TEXT; may be repeated",
         .target = TextList{&generate.stop},
         .in_chat = true},
        {.names = "--speculate",
         .placeholder = "N",
         .help =
             "tokens guessed from the text so far and checked in the same step; auto takes as many as pay; "
             "the text does not depend on it",
         .target = NamedInteger{&generate.draft_tokens, 1, 16, {{"auto", -1}, {"off", 0}}},
         .in_chat = true},
        {.names = "--system",
         .placeholder = "TEXT",
         .help = "a system message in front (R1 models were trained without one)",
         .target = OptionalText{&generation.system}},
        {.names = "--no-think",
         .placeholder = "",
         .help = "start after an empty thought; --think takes it back, where a session was saved with it",
         .target = Flag{&generate.no_think},
         .in_chat = true,
         .opposite = "--think"},
        {.names = "--hide-thinking",
         .placeholder = "",
         .help = "do not show the thinking",
         .target = Flag{&generation.hide_thinking},
         .in_chat = true},
        {.names = "--fold",
         .placeholder = "",
         .help = "show the thinking as one line that tells how it goes, and its length at the end",
         .target = Flag{&generation.fold},
         .in_chat = true},
        {.names = "--no-render",
         .placeholder = "",
         .help = "on a terminal, show the answer's Markdown and LaTeX as they are written",
         .target = Flag{&generation.no_render},
         .in_chat = true},
        {.names = "-q,--quiet",
         .placeholder = "",
         .help = "nothing but errors on standard error: no thinking, progress or statistics",
         .target = Flag{&generation.quiet}}}});
  for (Option& option : table) option.given = &generation.given;
  return table;
}

}  // namespace reckon::cli
