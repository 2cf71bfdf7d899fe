#include "line_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <reckon/error.hpp>

#include "io_error.hpp"
#include "signals.hpp"
#include "write_all.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kBlock = 1 << 16;

// Without O_NONBLOCK, opening a FIFO would wait for a writer, and a signal just before could not end that.
// Every read waits by poll(), which has no such gap.
Descriptor open_file(const std::string& file) {
  if (file == "-") return Descriptor();
  Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (opened.number() < 0) throw_io_error("can't open " + file);
  return opened;
}

// A file without a name: it is gone when it is closed.
Descriptor temporary_file() {
  const char* directory = std::getenv("TMPDIR");
  std::string name =
      std::string(directory != nullptr && *directory != '\0' ? directory : "/tmp") + "/reckon.XXXXXX";
  Descriptor opened(::mkostemp(name.data(), O_CLOEXEC));
  if (opened.number() < 0) throw_io_error("can't create the temporary file " + name);
  ::unlink(name.c_str());
  return opened;
}

}  // namespace

LineSource::LineSource(const std::string& file, uint64_t most_bytes)
    : own_(open_file(file)),
      number_of_descriptor_(file == "-" ? STDIN_FILENO : own_.number()),
      name_(file == "-" ? "standard input" : file),
      most_bytes_(most_bytes) {
  take_position();
}

LineSource::LineSource(int descriptor, std::string name, uint64_t most_bytes)
    : number_of_descriptor_(descriptor), name_(std::move(name)), most_bytes_(most_bytes) {
  take_position();
}

void LineSource::take_position() {
  struct stat status {};
  begin_ = ::lseek(number_of_descriptor_, 0, SEEK_CUR);
  rewindable_ =
      begin_ >= 0 && ::fstat(number_of_descriptor_, &status) == 0 && (status.st_mode & S_IFMT) == S_IFREG;
}

bool LineSource::read_more() {
  buffer_.erase(0, at_);
  searched_ -= at_;
  at_ = 0;
  const size_t held = buffer_.size();
  buffer_.resize(held + kBlock);
  ssize_t count = -1;
  do {
    if (signals::wait_readable(number_of_descriptor_, -1) == signals::Wait::interrupted) {
      throw Error(ErrorCode::cancelled, "interrupted while reading " + name_);
    }
    count = ::read(number_of_descriptor_, buffer_.data() + held, kBlock);
  } while (count < 0 && (errno == EINTR || errno == EAGAIN));
  buffer_.resize(held + static_cast<size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) throw_io_error("can't read " + name_);
  return count > 0;
}

// Takes the bytes up to `with_newline`; the line is what is in front of `end`.
LineSource::Status LineSource::take_line(size_t end, size_t with_newline) {
  ++number_;
  line_ = std::string_view(buffer_).substr(at_, end - at_);
  terminated_ = with_newline > end;
  at_ = searched_ = with_newline;
  const bool too_long = std::exchange(skipping_, false) || line_.size() > most_bytes_;
  if (too_long) line_ = {};
  return too_long ? Status::too_long : Status::line;
}

LineSource::Status LineSource::next(bool wait) {
  line_ = {};
  for (;;) {
    const size_t newline = buffer_.find('\n', searched_);
    if (newline != std::string::npos) return take_line(newline, newline + 1);
    searched_ = buffer_.size();
    if (ended_) return at_ < buffer_.size() || skipping_ ? take_line(searched_, searched_) : Status::end;
    if (searched_ - at_ > most_bytes_) {  // its bytes are not kept
      skipping_ = true;
      at_ = searched_;
    }
    if (!wait && signals::wait_readable(number_of_descriptor_, 0) != signals::Wait::ready) {
      return Status::none_yet;
    }
    ended_ = !read_more();
  }
}

void LineSource::make_rewindable() {
  if (rewindable_) return;
  Descriptor copy = temporary_file();
  while (read_more()) {
    if (!write_all(copy.number(), buffer_)) throw_io_error("can't write a temporary file");
    at_ = searched_ = buffer_.size();
  }
  own_ = std::move(copy);
  number_of_descriptor_ = own_.number();
  rewindable_ = true;
  begin_ = 0;
  rewind();
}

void LineSource::rewind() {
  if (::lseek(number_of_descriptor_, begin_, SEEK_SET) < 0) throw_io_error("can't read " + name_ + " again");
  buffer_.clear();
  line_ = {};
  at_ = searched_ = 0;
  number_ = 0;
  skipping_ = ended_ = terminated_ = false;
}

}  // namespace reckon::cli
