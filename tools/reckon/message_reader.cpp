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

}  // namespace

MessageReader::Result MessageReader::read() {
  LineReader::Result first = lines_->read(kPrompt);
  if (first.status != LineReader::Status::line || !first.line.starts_with(kMark)) {
    return {first.status, std::move(first.line)};
  }
  return read_quoted(std::string_view(first.line).substr(kMark.size()));
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
