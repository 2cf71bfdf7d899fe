// The commands that answer a prompt, and their options, as data.
#include "settings.hpp"

namespace reckon::cli {
namespace {

std::vector<Option> prompt_table(std::optional<std::string>& prompt,
                                 std::optional<std::string>& standard_input) {
  return {{.names = "PROMPT",
           .placeholder = "PROMPT",
           .help = "the prompt; - reads it from standard input",
           .target = OptionalText{&prompt}},
          {.names = "INPUT",
           .placeholder = "-",
           .help = "wait for standard input and append it to PROMPT",
           .target = OptionalText{&standard_input}}};
}

Option raw_option(bool& raw) {
  return {.names = "--raw",
          .placeholder = "",
          .help = "do not put the prompt through the chat template; tags in it are tokens",
          .target = Flag{&raw}};
}

Option parallel_option(uint64_t& parallel) {
  return {.names = "--parallel",
          .placeholder = "N",
          .help = "samples that generate at once; the texts do not depend on it",
          .target = Integer{&parallel, 1, kMostParallel}};
}

}  // namespace

Command vote_command(VoteCommandOptions& options) {
  return {
      .name = "vote",
      .synopsis = "[options] [PROMPT] [-]",
      .summary = "sample many answers to one prompt and give the one that most samples give",
      .description =
          {"Generates the samples at once, each with its own seed (the first has --seed, the next one more, "
           "and so "
           "on), takes the final answer of each (what the last \\boxed{} holds, else the last line) and "
           "counts "
           "equal ones, however they are written: 1/2, 0.5 and \\frac12 are one answer. Of answers with "
           "equally many votes the one of the earliest sample wins. Samples that did not come to an answer "
           "have "
           "no vote.",
           "The winning answer alone goes to standard output; a table that lives while the samples run and "
           "the "
           "votes go to standard error. As soon as the samples that still run can't change the winner, they "
           "are "
           "cancelled. The prompt is read as reckon run reads it.",
           "The first Ctrl-C ends the samples that run and votes over what there is; a second one exits at "
           "once. "
           "Exit status 1 says that no sample gave an answer and one failed."},
      .options = joined({prompt_table(options.prompt, options.standard_input),
                         model_table(options.model),
                         {{.names = "-k,--samples",
                           .placeholder = "K",
                           .help = "samples",
                           .target = Integer{&options.samples, 1, kMostSamples}},
                          parallel_option(options.parallel),
                          {.names = "--no-early-stop",
                           .placeholder = "",
                           .help = "let all samples come to their end",
                           .target = Flag{&options.no_early_stop}}},
                         // Neither thinking nor answers are shown as they come.
                         without(unattended_generation_table(options.generation), {"--hide-thinking"}),
                         {raw_option(options.raw),
                          {.names = "--json",
                           .placeholder = "",
                           .help = "write one JSON object with the votes and all samples instead",
                           .target = Flag{&options.json}}}}),
      .endings = "3 no sample gave an answer",
      .examples = {{"reckon vote -k 16 --temp 1 \"What is 48 * 37?\"", "the embedded model, 16 times"},
                   {"reckon vote -m r1-1.5b.gguf -k 32 --think-budget 2000 - < problem.txt",
                    "a problem from a file, short thoughts"},
                   {"reckon vote --json -k 8 \"7 * 8\" | jq .winner.answer", "for scripts"}},
      .execute = [](const AllOptions& all) { return vote(all.vote); },
      .writes_json = [](const AllOptions& all) { return all.vote.json; },
  };
}

namespace {

void refuse_empty(const std::string& folder) {
  if (folder.empty()) throw Error(ErrorCode::invalid_argument, "the folder's name is empty");
}

std::vector<Option> session_table(std::optional<std::string>& name, GenerationOptions& generation) {
  return {
      {.names = "--session",
       .placeholder = "NAME",
       .help = "begin or continue a saved conversation, also in the middle of a thought; settings are saved "
               "with it and hold until they are given anew (default takes one back)",
       .target = OptionalText{&name},
       .names_session = true},
      {.names = "--prompt-cache",
       .placeholder = "WHERE",
       .help = "keep the beginnings of long prompts on disk, so that no prompt that begins in the same way "
               "has to be read again: on ($XDG_DATA_HOME/reckon/prompts, or ~/.local/share/reckon/prompts), "
               "off, or a folder",
       .target = Text{&generation.prompt_cache, refuse_empty},
       .names_file = true},
      {.names = "--prompt-cache-size",
       .placeholder = "GIB",
       .help = "of that folder, at most; what was used longest ago goes first",
       .target = Integer{&generation.prompt_cache_gib, 1, 1 << 20},
       .given = &generation.given}};
}

}  // namespace

Command run_command(RunOptions& options) {
  return {
      .name = "run",
      .synopsis = "[options] [PROMPT] [-]",
      .summary = "answer one prompt",
      .description =
          {"Writes the answer to standard output; the thinking and a line of statistics go to standard "
           "error. "
           "Without PROMPT, or where it is -, the prompt is read from standard input.",
           "With PROMPT, what standard input holds is appended to it after an empty line, unless it is a "
           "terminal. A pipe that stays open and silent for 3 seconds is left alone, which is said; a - "
           "after "
           "PROMPT waits for it as long as it takes, and < /dev/null keeps it out.",
           "On a terminal, the answer's Markdown and LaTeX are rendered, and keys steer the generation: a "
           "ends the "
           "thought so that the answer comes now, t folds the thinking into one line or unfolds it, space "
           "pauses and goes on; they work also where the prompt comes out of a pipe, but not where the "
           "answer goes "
           "into one. The first Ctrl-C ends the generation and keeps the answer so far; a second one exits "
           "at "
           "once."},
      .options = joined(
          {prompt_table(options.prompt, options.standard_input),
           model_table(options.model),
           generation_table(options.generation),
           session_table(options.session, options.generation),
           {raw_option(options.raw),
            {.names = "--samples",
             .placeholder = "N",
             .help = "answers, each with its own seed (--seed, --seed + 1, ...), without their thinking",
             .target = Integer{&options.samples, 1, kMostSamples}},
            parallel_option(options.parallel),
            {.names = "--json",
             .placeholder = "",
             .help = "write one JSON object at the end instead of the text",
             .target = Flag{&options.json}},
            {.names = "--events",
             .placeholder = "",
             .help = "write a JSON object per line as it happens",
             .target = Flag{&options.events}}}}),
      .endings =
          "3 the text ended inside the thinking, 4 the answer was cut off, 5 it is whole after a thought "
          "closed "
          "at its budget or for the answer's reserve, 6 after one that went in circles",
      .examples = {{"reckon run \"What is 123 + 456?\"", "the embedded model answers"},
                   {"reckon run -m r1-1.5b.gguf --seed 1 \"Prove that 2 is prime\" > proof.txt",
                    "the answer alone into a file, the thinking on the terminal"},
                   {"git diff | reckon run -m r1-8b.gguf \"Review this change:\"",
                    "the prompt, then what the pipe delivers"},
                   {"reckon run --json --temp 0 \"7 * 8\" | jq .answer", "for scripts"}},
      .execute = [](const AllOptions& all) { return run(all.run); },
      .writes_json = [](const AllOptions& all) { return all.run.json || all.run.events; },
  };
}

Command chat_command(ChatOptions& options) {
  return {
      .name = "chat",
      .synopsis = "[options]",
      .summary = "talk in several turns",
      .description =
          {"Every line is a turn; lines that begin with / are commands: /help lists them. A line that begins "
           "with \"\"\" begins a message of several lines, which ends with \"\"\" at the end of a line; a "
           "line "
           "that ends with a backslash goes on in the next one. "
           "Thinking is shown but does not stay in the conversation. Ctrl-C ends the turn that runs, or "
           "clears the message; Ctrl-D or /exit ends the chat. On a terminal, the keys of reckon run steer a "
           "turn; "
           "Ctrl-G opens the line in $VISUAL or $EDITOR, and the arrows recall lines of this and earlier "
           "chats.",
           "Where standard input is not a terminal, its lines are taken the same way and the first error "
           "ends "
           "the chat with status 1."},
      .options = joined({model_table(options.model),
                         generation_table(options.generation),
                         session_table(options.session, options.generation),
                         {{.names = "--no-history",
                           .placeholder = "",
                           .help = "neither recall the lines of earlier chats nor keep those of this one",
                           .target = Flag{&options.no_history}}}}),
      .examples = {{"reckon chat", "with the embedded model"},
                   {"reckon chat -m r1-8b.gguf --ctx 16384 --hide-thinking", "answers only"},
                   {"printf '2 + 3\\n/stats\\n' | reckon chat --seed 1", "a script"}},
      .execute = [](const AllOptions& all) { return chat(all.chat); },
  };
}

}  // namespace reckon::cli
