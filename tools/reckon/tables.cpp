// The commands and their options, as data.
#include "settings.hpp"

namespace reckon::cli {
namespace {

constexpr int64_t kMostThreads = 256;

Option file_option(std::optional<std::string>& file) {
  return {.names = "-m,--model",
          .placeholder = "FILE",
          .help = "a GGUF file, of a split one the first part; without it, the embedded model",
          .target = OptionalText{&file},
          .names_file = true};
}

}  // namespace

std::vector<Option> model_table(ModelOptions& model) {
  return {
      file_option(model.file),
      {.names = "-t,--threads",
       .placeholder = "N",
       .help = "threads; without it, the cores this process may use",
       .target = Integer{&model.threads, 1, kMostThreads}},
      {.names = "--cache",
       .placeholder = "TYPE",
       .help = "how the attention cache keeps keys and values; q8_0 takes 17/32 of the memory",
       .target = Choice{&model.cache, {"f16", "q8_0"}}},
  };
}

namespace {

Command bench_command(BenchOptions& options) {
  constexpr uint64_t kMost = kMostTokens;
  return {
      .name = "bench",
      .synopsis = "[options]",
      .summary = "measure speed, as a share of the machine's limits",
      .description =
          {"Tests are named pp512 (read 512 tokens), tg64 (generate 64), tg64@d4096 (the same after 4,096 "
           "tokens) "
           "and tg64x8 (8 sequences at once, tokens of all counted). Tokens are drawn from a fixed list, so "
           "equal "
           "hashes of the last logits mean equal numbers, on any machine, thread count and kernel set.",
           "The limit is the read bandwidth or the integer arithmetic measured in the same run, whichever "
           "would "
           "take longer for the bytes and products of the test. --roofline measures these limits alone: "
           "reading at "
           "sizes that fit the caches and at one that does not, the kernel set's int8 products in registers, "
           "and the "
           "packing of the model's weights."},
      .options = joined(
          {model_table(options.model),
           {{.names = "-p,--prompt-tokens",
             .placeholder = "LIST",
             .help = "tokens to read; 0 skips these tests",
             .target = IntegerList{&options.prompt_tokens, 0, kMost}},
            {.names = "-n,--generated-tokens",
             .placeholder = "LIST",
             .help = "tokens to generate; 0 skips these tests",
             .target = IntegerList{&options.generated_tokens, 0, kMost}},
            {.names = "-d,--depth",
             .placeholder = "LIST",
             .help = "tokens already in the cache; those beyond the first thousand are copies of them",
             .target = IntegerList{&options.depths, 0, kMost}},
            {.names = "--parallel",
             .placeholder = "LIST",
             .help = "sequences that generate at once",
             .target = IntegerList{&options.parallel, 1, 1024}},
            {.names = "-r,--repetitions",
             .placeholder = "N",
             .help = "measurements per test, after one to warm up",
             .target = Integer{&options.repetitions, 1, 1000}},
            {.names = "--no-warmup",
             .placeholder = "",
             .help = "measure the first run too, for tests that take long",
             .target = Flag{&options.no_warmup}},
            {.names = "--roofline",
             .placeholder = "",
             .help = "measure the machine's limits instead, with one thread and with all",
             .target = Flag{&options.roofline}},
            {.names = "-o,--output",
             .placeholder = "FORMAT",
             .help = "how to print the rows",
             .target = Choice{&options.output, {"md", "json", "csv"}}},
            {.names = "--prompt",
             .placeholder = "TEXT",
             .help = "also answer TEXT and measure the thinking: time to it, time to the answer, its share",
             .target = OptionalText{&options.prompt}},
            {.names = "--max-tokens",
             .placeholder = "N",
             .help = "tokens at most for each answer to --prompt",
             .target = Integer{&options.max_tokens, 1, kMostTokens}},
            {.names = "-q,--quiet",
             .placeholder = "",
             .help = "no progress on standard error",
             .target = Flag{&options.quiet}}}}),
      .examples = {{"reckon bench", "the embedded model"},
                   {"reckon bench -m r1-1.5b.gguf -p 512 -n 64 -d 0,4096 --parallel 1,8 -t 2 -o json",
                    "all combinations, as JSON"},
                   {"RECKON_ISA=avx2 reckon bench -m r1-1.5b.gguf", "with another kernel set"},
                   {"reckon bench -m r1-1.5b.gguf --roofline", "what this machine could do at most"},
                   {"reckon bench -p 0 -n 0 --prompt \"What is 12 * 34?\"", "thinking metrics only"}},
      .execute = [](const AllOptions& all) { return bench(all.bench); },
      .writes_json = [](const AllOptions& all) { return all.bench.output == "json"; },
  };
}

Command inspect_command(InspectOptions& options) {
  return {
      .name = "inspect",
      .synopsis = "[options]",
      .summary = "show what a model file holds and what it needs",
      .description =
          {"Prints the model's shape, weight types, metadata, the memory it needs at a context against "
           "the memory there is, and the kernel set and threads that would run it. No weights are "
           "loaded."},
      .options = joined({model_table(options.model),
                         {{.names = "--ctx",
                           .placeholder = "N",
                           .help = "positions to count memory for; without it, the model's own context",
                           .target = Integer{&options.context, 1, kMostTokens}},
                          {.names = "--tensors",
                           .placeholder = "",
                           .help = "list every tensor (JSON always does)",
                           .target = Flag{&options.tensors}},
                          {.names = "--json",
                           .placeholder = "",
                           .help = "one JSON object",
                           .target = Flag{&options.json}}}}),
      .examples = {{"reckon inspect -m r1-8b.gguf --ctx 16384", "does it fit?"},
                   {"reckon inspect --json | jq .memory.total", "for scripts"}},
      .execute = [](const AllOptions& all) { return inspect(all.inspect); },
      .writes_json = [](const AllOptions& all) { return all.inspect.json; },
  };
}

Command tokenize_command(TokenizeCommandOptions& options) {
  return {
      .name = "tokenize",
      .synopsis = "[options] < TEXT",
      .summary = "turn text into token ids, or back",
      .description =
          {"Reads standard input to its end. Text becomes a JSON array of ids, without a begin token; "
           "with --decode a JSON array of ids becomes the exact bytes of the text. No weights are loaded."},
      .options = {file_option(options.file),
                  {.names = "--plain",
                   .placeholder = "",
                   .help = "tags such as <think> in the text are plain text",
                   .target = Flag{&options.plain}},
                  {.names = "--decode",
                   .placeholder = "",
                   .help = "read a JSON array of ids, write text",
                   .target = Flag{&options.decode}}},
      .examples = {{"printf 'What is 2 + 3?' | reckon tokenize", "ids"},
                   {"reckon tokenize < text | reckon tokenize --decode | cmp - text", "there and back"}},
      .execute = [](const AllOptions& all) { return tokenize(all.tokenize); },
      .writes_json = [](const AllOptions& all) { return !all.tokenize.decode; },
  };
}

Command sessions_command(SessionsOptions& options) {
  return {
      .name = "sessions",
      .synopsis = "[options] [list | show NAME | fork NAME NEW | remove NAME]",
      .summary = "list, show, fork and remove saved sessions",
      .description =
          {"A session is a conversation with all that lets it go on at once: settings, random numbers, "
           "attention "
           "cache. run and chat make and continue one with --session NAME; a turn that was interrupted goes "
           "on "
           "where it was when run is given no prompt, or the same one again, and in chat with /continue.",
           "Sessions lie in $XDG_DATA_HOME/reckon/sessions, or ~/.local/share/reckon/sessions. Each is a "
           "file that "
           "is replaced whole; where its state is damaged or of another model, the conversation is computed "
           "again from its text. One process uses a session at a time; it can be shown and forked "
           "meanwhile."},
      .options = {{.names = "ACTION",
                   .placeholder = "ACTION",
                   .help = "list, show, fork or remove",
                   .target = Choice{&options.action, {"list", "show", "fork", "remove"}}},
                  {.names = "NAME",
                   .placeholder = "NAME",
                   .help = "a session",
                   .target = OptionalText{&options.name},
                   .names_session = true},
                  {.names = "NEW",
                   .placeholder = "NEW",
                   .help = "what the fork is called",
                   .target = OptionalText{&options.new_name}},
                  {.names = "--json",
                   .placeholder = "",
                   .help = "write JSON: a list of objects, or one; also of what was forked or removed",
                   .target = Flag{&options.json}}},
      .examples = {{"reckon run --session proof \"Prove that 2 is prime\"",
                    "begin one; Ctrl-C interrupts it"},
                   {"reckon run --session proof", "go on where it was"},
                   {"reckon sessions", "list them"},
                   {"reckon sessions fork proof other", "two that go on from the same place"},
                   {"reckon sessions show proof --json | jq '.messages[-1].content'", "for scripts"}},
      .execute = [](const AllOptions& all) { return sessions(all.sessions); },
      .writes_json = [](const AllOptions& all) { return all.sessions.json; },
  };
}

Command score_command(ScoreOptions& options) {
  return {
      .name = "score",
      .synopsis = "[options] (--tokens JSON | --file TEXT)",
      .summary = "log-probabilities of a text, and its perplexity",
      .description =
          {"Writes a JSON line per position (pos, token, text, logprob given what precedes it, top) and a "
           "last "
           "line with perplexity, tokens, mean_logprob, context and windows. The first position has no "
           "logprob. A text gets a "
           "begin token in front where the model asks for one; --tokens are taken as they are.",
           "What is longer than the context is scored in windows of it: each begins with the second half of "
           "the one before, which is read again and not scored again, so that every token is given at least "
           "half a context, or all that precedes it."},
      .options = joined({model_table(options.model),
                         {{.names = "--tokens",
                           .placeholder = "JSON",
                           .help = "an array of token ids; - reads it from standard input",
                           .target = OptionalText{&options.tokens}},
                          {.names = "--file",
                           .placeholder = "TEXT",
                           .help = "a file of text; - is standard input",
                           .target = OptionalText{&options.file},
                           .names_file = true},
                          {.names = "--ctx",
                           .placeholder = "N",
                           .help = "positions of a window; without it, the model's own context",
                           .target = Integer{&options.context, 2, kMostTokens}},
                          {.names = "--top",
                           .placeholder = "K",
                           .help = "also list the K most probable tokens of each position",
                           .target = Integer{&options.top, 0, 1'000'000}}}}),
      .examples = {{"reckon score --file README.md | tail -n 1", "perplexity of a file"},
                   {"reckon score --tokens '[12, 34, 56]' --top 5", "alternatives at each position"}},
      .execute = [](const AllOptions& all) { return score(all.score); },
      .writes_json = [](const AllOptions&) { return true; },
  };
}

}  // namespace

std::vector<Command> command_table(AllOptions& options) {
  Command man_page{.name = "man",
                   .synopsis = "",
                   .summary = "print this manual page (roff)",
                   .description = {"The page is made from the same list of options as --help."},
                   .options = {},
                   .examples = {{"reckon man | man -l -", "read it"}},
                   .execute = [](const AllOptions&) { return man(); }};
  Command completion{
      .name = "completions",
      .synopsis = "SHELL",
      .summary = "print completions for bash or zsh",
      .description = {"For bash, source the output; for zsh, save it as _reckon in a directory of "
                      "fpath."},
      .options = {{.names = "SHELL",
                   .placeholder = "SHELL",
                   .help = "bash or zsh",
                   .target = Choice{&options.completions.shell, {"bash", "zsh"}}}},
      .examples = {{"source <(reckon completions bash)", "in ~/.bashrc"},
                   {"reckon completions zsh > ~/.zfunc/_reckon", "for zsh"}},
      .execute = [](const AllOptions& all) { return completions(all.completions); }};
  return {run_command(options.run),
          vote_command(options.vote),
          chat_command(options.chat),
          bench_command(options.bench),
          inspect_command(options.inspect),
          tokenize_command(options.tokenize),
          score_command(options.score),
          batch_command(options.batch),
          eval_command(options.eval),
          sessions_command(options.sessions),
          std::move(man_page),
          std::move(completion)};
}

}  // namespace reckon::cli
