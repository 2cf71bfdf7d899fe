// The commands that answer many prompts, and their options, as data.
#include "settings.hpp"

namespace reckon::cli {
namespace {

std::vector<Option> prompts_table(PromptsOptions& options) {
  return {{.names = "--samples",
           .placeholder = "N",
           .help = "answers to each prompt; sample i has the seed + i",
           .target = Integer{&options.samples, 1, kMostSamples}},
          {.names = "--parallel",
           .placeholder = "P",
           .help = "samples that generate at once; without it, 16 or as many as memory holds",
           .target = OptionalInteger{&options.parallel, 1, kMostParallel}},
          {.names = "--restart",
           .placeholder = "",
           .help = "drop the results there are, instead of going on from them",
           .target = Flag{&options.restart}},
          {.names = "--retry-failed",
           .placeholder = "",
           .help = "going on, drop the results that are errors, so that their lines are tried again",
           .target = Flag{&options.retry_failed}}};
}

}  // namespace

std::vector<Option> unattended_generation_table(GenerationOptions& generation) {
  return without(generation_table(generation), {"--fold", "--no-render"});
}

Command batch_command(PromptsOptions& options) {
  return {
      .name = "batch",
      .synopsis = "[options] IN.jsonl OUT.jsonl",
      .summary = "answer a file of prompts, many at once",
      .description =
          {"A line of IN.jsonl is a request in the form of OpenAI's batches (custom_id, method, url, body) "
           "or "
           "shorter: custom_id, messages or prompt, and options beside them, such as temperature, top_p, "
           "max_tokens, seed, stop, n, and those below that chat can change, with underscores "
           "(think_budget; switches are true or false), but for the form of an answer. "
           "What a line does not say is as the command line has it. model is not looked at.",
           "Results are appended to OUT.jsonl as they finish, in the same form, with more of each answer "
           "under reckon. A line that is wrong gives a result with an error, and the rest goes on; the exit "
           "status is 1 then.",
           "Started again after any end, the same command goes on with what has no result yet. Requests are "
           "known by custom_id: IN.jsonl may grow and change its order. A result with an error counts as "
           "one: --retry-failed tries these lines again, --restart does all anew. The error of a line "
           "without a custom_id of its own goes when the line is mended. Results of another input or model, "
           "or of another prompt of the same custom_id, are refused, and a file that holds none is left as "
           "it is; answers made with other settings stay, which is said. Ctrl-C ends at once, and what was "
           "running is lost."},
      .options = joined({{{.names = "IN",
                           .placeholder = "IN.jsonl",
                           .help = "the requests; - reads them from standard input",
                           .target = OptionalText{&options.input},
                           .names_file = true},
                          {.names = "OUT",
                           .placeholder = "OUT.jsonl",
                           .help = "the results",
                           .target = OptionalText{&options.results},
                           .names_file = true}},
                         prompts_table(options),
                         model_table(options.model),
                         unattended_generation_table(options.generation)}),
      .examples = {{"reckon batch prompts.jsonl results.jsonl", "with the embedded model"},
                   {"reckon batch -m r1-8b.gguf --samples 8 --seed 1 prompts.jsonl traces.jsonl",
                    "eight traces of each, the same again next time"},
                   {"reckon batch --retry-failed prompts.jsonl results.jsonl",
                    "once the wrong lines are mended"},
                   {"jq -r '.response.body.choices[].message.content' results.jsonl", "the answers"}},
      .execute = [](const AllOptions& all) { return batch(all.batch); },
  };
}

Command eval_command(PromptsOptions& options) {
  return {
      .name = "eval",
      .synopsis = "[options] FILE.jsonl",
      .summary = "measure accuracy over questions with known answers",
      .description =
          {"A line of FILE.jsonl has question and answer, and may have category and id. The final answer of "
           "each sample is compared with the given one, both normalised (1/2 = 0.5, 1,000 = 1000).",
           "pass@1 is the share of right samples, with the 95 % interval of Wilson's score over the "
           "questions; "
           "pass@k is the unbiased estimate that one of k samples is right; cons@k is the share of "
           "questions where the majority of k samples is right. Questions that fail (a wrong line, a prompt "
           "too "
           "long) are not counted, but told, and the exit status is 1.",
           "Started again with the same --out, it goes on as reckon batch does. Questions are known by id, "
           "those without by their line: new ones go to the end. Where a question is not the one that was "
           "answered, that is refused."},
      .options =
          joined({{{.names = "FILE",
                    .placeholder = "FILE.jsonl",
                    .help = "the questions; - reads them from standard input",
                    .target = OptionalText{&options.input},
                    .names_file = true},
                   {.names = "--out",
                    .placeholder = "FILE",
                    .help = "keep every sample in FILE, in the form of batch's results, and go on from "
                            "there when started again",
                    .target = OptionalText{&options.results},
                    .names_file = true},
                   {.names = "--json",
                    .placeholder = "",
                    .help = "write the report as one JSON object instead of Markdown",
                    .target = Flag{&options.json}}},
                  prompts_table(options),
                  model_table(options.model),
                  unattended_generation_table(options.generation)}),
      .examples = {{"reckon eval sums.jsonl", "the embedded model"},
                   {"reckon eval -m r1-8b.gguf --samples 16 --out aime-samples.jsonl aime.jsonl > report.md",
                    "a benchmark that can be interrupted"},
                   {"reckon eval --json --seed 1 sums.jsonl | jq .pass_at_1.value", "for scripts"}},
      .execute = [](const AllOptions& all) { return eval(all.eval); },
      .writes_json = [](const AllOptions& all) { return all.eval.json; },
  };
}

}  // namespace reckon::cli
