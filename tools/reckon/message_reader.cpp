#include "message_reader.hpp"

#include "options.hpp"

namespace reckon::cli {
namespace {

constexpr std::string_view kMark = "\"\"\"";
constexpr const char* kPrompt = "> ";
constexpr const char* kFurtherPrompt = "... ";

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// A backslash at the end, not one that another protects (LaTeX ends rows with two).
bool goes_on(std::string_view text) {
  const size_t last = text.find_last_not_of('\\');
  const size_t backslashes = text.size() - (last == std::string_view::npos ? 0 : last + 1);
  return backslashes % 2 == 1;
}

}  // namespace

// As it would be typed again: a slash between the marks means nothing.
MessageReader::Result MessageReader::read() {
  Result result = read_message();
  const bool marked =
      result.quoted && result.text.starts_with('/') && result.text.find('\n') == std::string::npos;
  const std::string mark(marked ? kMark : "");
  if (result.status == LineReader::Status::line) lines_->remember(mark + result.text + mark);
  return result;
}

MessageReader::Result MessageReader::read_message() {
  LineReader::Result first = lines_->read(kPrompt);
  if (first.status != LineReader::Status::line) return {first.status, ""};
  if (first.edited) return {first.status, std::move(first.line), true};
  if (first.line.starts_with(kMark) && !first.goes_on)
    return read_quoted(std::string_view(first.line).substr(kMark.size()));
  return read_continued(std::move(first));
}

MessageReader::Result MessageReader::read_continued(LineReader::Result first) {
  std::string text = std::move(first.line);
  const bool pasted = first.goes_on;
  for (bool more = pasted; more || goes_on(text);) {
    if (!more) text.pop_back();
    text += '\n';
    LineReader::Result next = lines_->read(kFurtherPrompt);
    more = next.goes_on;
    if (next.status == LineReader::Status::interrupted) return {next.status, ""};
    if (next.status == LineReader::Status::end)
      throw UsageError("the message has no end: a line after \\ is missing");
    text += next.line;
  }
  return {LineReader::Status::line, std::move(text), pasted};
}

MessageReader::Result MessageReader::read_quoted(std::string_view text) {
  Result result{LineReader::Status::line, "", true};
  LineReader::Result next{LineReader::Status::line, std::string(text)};
  for (bool first = true;; first = false) {
    const std::string_view line = next.line;
    const std::string_view content = without_blanks_behind(line);
    const bool last = content.ends_with(kMark);
    const std::string_view kept = last ? content.substr(0, content.size() - kMark.size()) : line;
    // Alone in their lines, the marks leave no empty line behind.
    const bool bare = kept.empty() ? last || first : first && content.empty();
    if (!bare) result.text.append(kept).append("\n");
    if (last) break;
    next = lines_->read(kFurtherPrompt);
    if (next.status == LineReader::Status::interrupted) return {next.status, ""};
    if (next.status == LineReader::Status::end) {
      throw UsageError("the message that \"\"\" began has no end: another \"\"\" is missing");
    }
  }
  if (!result.text.empty()) result.text.pop_back();
  return result;
}

}  // namespace reckon::cli
