// The manual page, from the table of options.
#include <fmt/format.h>
#include <utf8proc.h>

#include <reckon/system.hpp>

#include "output.hpp"
#include "settings.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

// A character beyond ASCII by its number: not every roff reads UTF-8.
std::string numbered(std::string_view character) {
  int32_t code = 0;
  utf8proc_iterate(reinterpret_cast<const uint8_t*>(character.data()), static_cast<int>(character.size()),
                   &code);
  return fmt::format("\\[u{:04X}]", code);
}

// Text as roff takes it: backslashes and dashes escaped, no line that begins with a control character.
std::string roff(std::string_view text) {
  std::string escaped;
  for (size_t bytes = 0; !text.empty(); text.remove_prefix(bytes)) {
    bytes = first_character(text).bytes;
    const char c = text.front();
    if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) escaped += "\\&";
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else if (c == '~') {
      escaped += "\\(ti";
    } else if (c == '^') {
      escaped += "\\(ha";
    } else if (bytes > 1) {
      escaped += numbered(text.substr(0, bytes));
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string option_entry(const Option& option) {
  std::string term;
  if (option.positional()) {
    term = "\\fI" + roff(option.placeholder) + "\\fR";
  } else {
    const std::string short_name = option.short_name();
    if (!short_name.empty() && short_name != option.long_name()) term = "\\fB" + roff(short_name) + "\\fR, ";
    term += "\\fB" + roff(option.long_name()) + "\\fR";
    if (!option.placeholder.empty()) term += " \\fI" + roff(option.placeholder) + "\\fR";
  }
  std::string text = ".TP\n" + term + "\n" + roff(option.help) + ".";
  const std::string range = range_text(option);
  const std::string value = default_text(option);
  if (!range.empty()) text += " Values: " + roff(range) + ".";
  if (!value.empty()) text += " Default: " + roff(value) + ".";
  return text + "\n";
}

std::string command_section(const Command& command) {
  std::string text = fmt::format(".SS \"reckon {} {}\"\n", roff(command.name), roff(command.synopsis));
  std::string summary = command.summary;
  summary.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(summary.front())));
  text += roff(summary) + ".\n";
  for (const std::string& paragraph : command.description) text += ".PP\n" + roff(paragraph) + "\n";
  for (const Option& option : command.options) text += option_entry(option);
  for (const Example& example : command.examples) {
    text += fmt::format(".PP\nExample ({}):\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(example.explanation),
                        roff(example.line));
  }
  return text;
}

constexpr const char* kHead = R"(.SH NAME
reckon \- run reasoning models on this machine
.SH SYNOPSIS
.B reckon
.I COMMAND
.RI [ options ]
.SH DESCRIPTION
.B reckon
runs R1\-style reasoning models from GGUF files and streams their thinking and their answer as two separate things: the
answer to standard output, the thinking and statistics to standard error. A small model is part of the program, so that
everything works without a file.
.SH COMMANDS
)";

// As README.md has them.
constexpr const char* kRecordings[] = {
    R"($ reckon chat --fold --temp 0
reckon-tiny; /help lists the commands, Ctrl-D ends
> What is 17 * 23?
thought for 108 ms, 221 tokens

17 × 23 = [ 391 ]
tokens: 15 prompt (2 cached), 221 thinking, 15 answer;
first thought after 1.9 ms; first answer after 111 ms; thought for 109 ms;
total 124 ms; 35 of 127 drafted tokens used;
6955.4 tok/s read, 1936.0 tok/s generated; seed 1813581912
> /branch aside
reckon: note: on branch aside, a copy of main
> And \
... 391 - 145?
thought for 41 ms, 87 tokens

391 - 145 = [ 246 ]
tokens: 43 prompt (29 cached), 87 thinking, 17 answer;
first thought after 1.7 ms; first answer after 44 ms; thought for 42 ms;
total 50 ms; 17 of 55 drafted tokens used;
8044.9 tok/s read, 2137.7 tok/s generated; seed 2753368502
)",
    R"($ reckon vote -k 16 --temp 1 --seed 1 "What is 48 * 37?"
votes   share  answer
    9   100 %  1776
16 samples: 9 with an answer, 7 not needed;
tokens: 15 prompt, 4408 generated in 278 steps; total 576 ms; 7678.2 tok/s;
seed 1
1776
)",
    R"($ echo '{"custom_id": "a", "prompt": "What is 2 + 3?"}' > in.jsonl
$ echo '{"custom_id": "b", "prompt": "What is 7 * 8?", "n": 2}' >> in.jsonl
$ reckon batch --temp 0 in.jsonl out.jsonl
2 requests; 88 tokens in 49 ms, 1798 tok/s
$ grep -o '"content":"[^"]*"' out.jsonl | sort
"content":"2 + 3 = \\boxed{5}"
"content":"7 × 8 = \\boxed{56}"
"content":"7 × 8 = \\boxed{56}"
$ reckon batch --temp 0 in.jsonl out.jsonl
2 requests, 2 by earlier runs
)",
};

// What a terminal shows, lines and blanks as they are.
std::string recordings_section() {
  std::string text = ".SH WHAT A TERMINAL SHOWS\n";
  for (const char* recording : kRecordings)
    text += fmt::format(".PP\n.nf\n.RS\n{}.RE\n.fi\n", roff(recording));
  return text;
}

constexpr const char* kTail = R"(.SH EXIT STATUS
.TP
.B 0
The command did what was asked.
.TP
.B 1
An error: what was found is not as it should be: a file and what it holds, standard input, memory, a full output. The
message on standard error says which. Without a message: whoever read standard output has closed it.
.TP
.B 2
Wrong usage: what was asked for can't be done, whatever is found: an unknown option or command, a value out of its range, a
combination, an environment variable, a session of another model than the one that would answer.
.TP
.B 3
.B run
ended inside the thinking: there is no answer. No sample of
.B vote
gave one.
.TP
.B 4
.B run
ended inside the answer: \-\-max\-tokens or the context was used up.
.TP
.B 5
There is a whole answer, but the thought had been closed at its budget or for the answer's reserve.
.TP
.B 6
There is a whole answer, but the thought had been closed because it repeated itself.
.TP
.B 129
Its terminal is gone (SIGHUP).
.TP
.B 130
Interrupted by Ctrl\-C.
.TP
.B 143
Ended by SIGTERM.
.SH ERRORS AS JSON
Where a command writes JSON to standard output
.RB ( \-\-json ,
.BR \-\-events ,
.BR "bench \-o json" ,
.B score
and
.B tokenize
without
.BR \-\-decode ),
an error is written there too, as the last or only object: {"error": {"code": "malformed_file", "message": "..."}}. The
message is also on standard error, and the exit status is the same as without JSON. The codes are invalid_argument (exit status
2), io, malformed_file, unsupported, out_of_memory, context_full, template_error, cancelled, bad_numbers and
model_mismatch.
.SH ENVIRONMENT
.TP
.B RECKON_ISA
Name of the kernel set to use instead of the best one; \fBreckon inspect\fR lists them.
.TP
.B NO_COLOR
If set and not empty, nothing is dimmed or coloured; emphasis keeps the marks it is written with.
.TP
.B TERM
With "dumb" or without it, nothing is dimmed and no line is rewritten.
.TP
.BR VISUAL ", " EDITOR
The editor that Ctrl-G opens in
.BR chat ;
without both, vi.
.TP
.BR XDG_DATA_HOME ", " HOME
Where sessions and the prompt cache are kept.
.TP
.BR XDG_STATE_HOME ", " HOME
Where the history of
.B chat
is kept.
.SH FILES
.TP
.I $XDG_DATA_HOME/reckon/sessions
What \-\-session keeps, a file per session; without XDG_DATA_HOME in
.IR ~/.local/share/reckon/sessions .
.TP
.I $XDG_DATA_HOME/reckon/prompts
What \-\-prompt\-cache on keeps, up to \-\-prompt\-cache\-size GiB; without XDG_DATA_HOME in
.IR ~/.local/share/reckon/prompts .
.TP
.I $XDG_STATE_HOME/reckon/history
Lines typed in
.BR chat ;
without XDG_STATE_HOME in
.IR ~/.local/state/reckon/history .
)";

}  // namespace

int man() {
  AllOptions defaults;
  std::string page = fmt::format(".TH RECKON 1 \"\" \"reckon {}\" \"User Commands\"\n", version());
  page += kHead;
  for (const Command& command : command_table(defaults)) page += command_section(command);
  standard_output().write(page + recordings_section() + kTail);
  return 0;
}

}  // namespace reckon::cli
