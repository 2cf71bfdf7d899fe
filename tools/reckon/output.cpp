#include "output.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "terminal.hpp"

namespace reckon::cli {

Output::Output(int descriptor) : descriptor_(descriptor), terminal_(::isatty(descriptor) == 1) {}

bool Output::write(std::string_view text) {
  if (!text.empty()) at_line_start_ = text.back() == '\n';
  if (terminal_) column_ = column_after(column_, text, terminal_width());
  while (!text.empty() && error_ == 0) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {  // a descriptor shared with someone who made it non-blocking
      pollfd waited{descriptor_, POLLOUT, 0};
      ::poll(&waited, 1, -1);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  return error_ == 0;
}

bool Output::write_foreign(std::string_view text) { return write(terminal_ ? printable(text) : text); }

bool Output::pipe() const {
  struct stat status {};
  return ::fstat(descriptor_, &status) == 0 && S_ISFIFO(status.st_mode);
}

bool Output::reader_gone() const { return error_ == EPIPE; }

std::string Output::error_text() const { return std::generic_category().message(error_); }

Output& standard_output() {
  static Output output(STDOUT_FILENO);
  return output;
}

Output& standard_error() {
  static Output output(STDERR_FILENO);
  return output;
}

void occupy_standard_descriptors() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1) continue;
    // Opened the wrong way round, so that using it still fails. open() takes the lowest free number.
    if (::open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) < 0) return;
  }
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const Character character = first_character(text);
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) {
      shown += "\xe2\x90";  // U+2400 + code: the control pictures
      shown += static_cast<char>(0x80 + (byte == 0x7f ? 0x21 : byte));
    } else if (!character.valid || (byte == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0)) {
      shown += "\xef\xbf\xbd";  // U+FFFD, also for the controls U+0080 to U+009F
    } else {
      shown += text.substr(0, character.bytes);
    }
    text.remove_prefix(character.bytes);
  }
  return shown;
}

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t' || c == '\r'; }, ' ');
  return printable(line);
}

std::string first_line(std::string_view text) {
  const size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  return one_line(line) + (end == text.size() ? "" : " ...");
}

}  // namespace reckon::cli
