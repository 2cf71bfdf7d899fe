#include "vote_screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "output.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

// With the header it fits any terminal that is one.
constexpr size_t kLiveAnswers = 8;

double rate(const VoteProgress& progress) {
  return progress.t_ms > 0 ? static_cast<double>(progress.tokens) * 1000 / progress.t_ms : 0;
}

std::string header(const VoteProgress& progress) {
  if (progress.tokens == 0) {
    return fmt::format("reading the prompt: {} of {} tokens", progress.prompt_done, progress.prompt_total);
  }
  const size_t n = progress.samples.size();
  return fmt::format("{} of {} samples done, {} running; {} tokens, {:.1f} tok/s; {}",
                     n - progress.tally.remaining(), n, progress.running, progress.tokens, rate(progress),
                     format_ms(progress.t_ms));
}

// How far each running sample is, as many as fit.
std::string running_line(const VoteProgress& progress) {
  std::string line;
  for (size_t i = 0; i < progress.samples.size(); i++) {
    const VoteSample& s = progress.samples[i];
    if (s.state == SampleState::running)
      line += fmt::format("{}{}: {}", line.empty() ? "" : "  ", i, s.tokens);
  }
  return line.empty() ? line : "tokens of sample " + line;
}

std::string dimmed(const std::string& text) { return use_colour() ? "\x1b[2m" + text + "\x1b[0m" : text; }

}  // namespace

VoteScreen::VoteScreen(bool quiet) : enabled_(!quiet && use_rewriting()) {}

void VoteScreen::update(const VoteProgress& progress) {
  const auto now = Clock::now();
  if (!enabled_ || now - drawn_ < kRewriteEvery) return;
  drawn_ = now;
  // The last column stays free: a full line would wrap on some terminals.
  const int columns = terminal_width() - 1;
  std::vector<std::string> lines =
      answer_lines(progress.tally.ranking(), progress.tally.votes(), kLiveAnswers);
  for (std::string& line : lines) line = cut_to_columns(line, columns);
  lines.insert(lines.begin(), dimmed(cut_to_columns(header(progress), columns)));
  lines.insert(lines.begin() + 1, dimmed(cut_to_columns(running_line(progress), columns)));
  lines.resize(std::max(lines.size(), n_lines_));
  draw(lines);
}

// Over what is there and in one write, so that nothing flickers.
void VoteScreen::draw(const std::vector<std::string>& lines) {
  std::string text = up();
  for (const std::string& line : lines) text += line + "\x1b[K\n";
  standard_error().write(text);
  n_lines_ = lines.size();
}

// To the first line of what is shown.
std::string VoteScreen::up() const { return n_lines_ > 0 ? fmt::format("\r\x1b[{}A", n_lines_) : "\r"; }

// Line by line: erasing all of a screen at once makes some terminals keep it in their history.
void VoteScreen::clear() {
  if (n_lines_ == 0) return;
  draw(std::vector<std::string>(n_lines_));
  standard_error().write(up());
  n_lines_ = 0;
}

std::vector<std::string> answer_lines(std::span<const AnswerCount> ranking, uint32_t votes, size_t most) {
  if (ranking.empty()) return {};
  std::vector<std::string> lines{"votes   share  answer"};
  for (const AnswerCount& count : ranking.first(std::min(most, ranking.size()))) {
    lines.push_back(
        fmt::format("{:5}  {:4.0f} %  {}", count.votes, 100.0 * count.votes / votes, one_line(count.answer)));
  }
  if (ranking.size() > most)
    lines.push_back(fmt::format("       and {} other answers", ranking.size() - most));
  return lines;
}

std::vector<std::string> vote_statistics(const VoteResult& result, uint64_t seed) {
  const size_t n = result.samples.size();
  const auto count = [&](SampleState state) {
    return std::count_if(result.samples.begin(), result.samples.end(),
                         [&](const VoteSample& s) { return s.state == state; });
  };
  std::string samples = fmt::format("{}: {} with an answer", count_text(n, "sample"), result.votes);
  const auto without = count(SampleState::done) - static_cast<std::ptrdiff_t>(result.votes);
  if (without > 0) samples += fmt::format(", {} without", without);
  if (result.not_needed > 0) samples += fmt::format(", {} not needed", result.not_needed);
  if (const auto some = count(SampleState::cancelled); some > 0)
    samples += fmt::format(", {} cancelled", some);
  if (const auto some = count(SampleState::failed); some > 0) samples += fmt::format(", {} failed", some);
  return {std::move(samples),
          fmt::format("tokens: {} prompt, {} generated in {} steps", result.prompt_tokens, result.tokens,
                      result.steps),
          "total " + format_ms(result.total_ms), fmt::format("{:.1f} tok/s", result.tok_s),
          fmt::format("seed {}", seed)};
}

}  // namespace reckon::cli
