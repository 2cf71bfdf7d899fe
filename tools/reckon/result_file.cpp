#include "result_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <optional>

#include <reckon/error.hpp>

#include "file_identity.hpp"
#include "io_error.hpp"
#include "line_source.hpp"
#include "locked_file.hpp"
#include "write_all.hpp"

namespace reckon::cli {
namespace {

constexpr auto kSyncEvery = std::chrono::seconds(1);
constexpr size_t kTailBlock = 1 << 16;

Descriptor open_regular(const std::string& file) {
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666));
  struct stat status {};
  if (opened.number() < 0 || ::fstat(opened.number(), &status) != 0) throw_io_error("can't write " + file);
  if (S_ISREG(status.st_mode)) return opened;
  throw Error(ErrorCode::io,
              "can't write " + file + ": expected a regular file, which a later run can go on with");
}

Descriptor open_results(const std::string& file) {
  std::optional<Descriptor> opened = open_locked(file, [&] { return open_regular(file); });
  if (!opened) throw Error(ErrorCode::io, file + " is being written by another process");
  return *std::move(opened);
}

uint64_t size_of(const Descriptor& file, const std::string& name) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) throw_io_error("can't read " + name);
  return static_cast<uint64_t>(status.st_size);
}

}  // namespace

// The size is that under the lock: before it, another run may have added to the file.
ResultFile::ResultFile(const std::string& file)
    : new_(!std::filesystem::exists(file)),
      file_(open_results(file)),
      name_(file),
      size_(size_of(file_, name_)) {}

LineSource ResultFile::lines_from_begin() const {
  if (::lseek(file_.number(), 0, SEEK_SET) < 0) throw_io_error("can't read " + name_);
  return LineSource(file_.number(), name_, std::numeric_limits<uint64_t>::max());
}

void ResultFile::read(const std::function<void(std::string_view line, uint64_t number)>& take) const {
  LineSource lines = lines_from_begin();
  while (lines.next() != LineSource::Status::end) {
    if (lines.terminated()) take(lines.text(), lines.number());
  }
}

std::optional<std::string> ResultFile::first_line() const {
  LineSource lines = lines_from_begin();
  const bool whole = lines.next() != LineSource::Status::end && lines.terminated();
  return whole ? std::optional<std::string>(lines.text()) : std::nullopt;
}

uint64_t ResultFile::whole_size() const {
  std::string block(kTailBlock, '\0');
  for (uint64_t end = size_; end > 0;) {
    const uint64_t begin = end - std::min<uint64_t>(end, block.size());
    const ssize_t count = ::pread(file_.number(), block.data(), end - begin, static_cast<off_t>(begin));
    if (count != static_cast<ssize_t>(end - begin)) throw_io_error("can't read " + name_);
    const size_t newline = std::string_view(block).substr(0, end - begin).rfind('\n');
    if (newline != std::string_view::npos) return begin + newline + 1;
    end = begin;
  }
  return 0;
}

bool ResultFile::begins_with(std::string_view text) const {
  std::string begin(std::min<uint64_t>(size_, text.size()), '\0');
  if (::pread(file_.number(), begin.data(), begin.size(), 0) != static_cast<ssize_t>(begin.size())) {
    throw_io_error("can't read " + name_);
  }
  return text.starts_with(begin);
}

void ResultFile::cut_unfinished() { truncate(whole_size()); }
void ResultFile::clear() { truncate(0); }

// A new file takes this one's place, under the same lock.
void ResultFile::remove(const std::unordered_set<uint64_t>& unwanted) {
  std::error_code failed;
  const std::string place = std::filesystem::canonical(name_, failed).string();
  const std::string part = fmt::format("{}.{}", place, ::getpid());
  try {
    Descriptor left = written_without(unwanted, part);
    if (::rename(part.c_str(), place.c_str()) != 0) throw_io_error("can't replace " + name_);
    file_ = std::move(left);
  } catch (...) {
    ::unlink(part.c_str());
    throw;
  }
  size_ = size_of(file_, name_);
}

Descriptor ResultFile::written_without(const std::unordered_set<uint64_t>& unwanted,
                                       const std::string& file) const {
  struct stat status {};
  if (::fstat(file_.number(), &status) != 0) throw_io_error("can't read " + name_);
  Descriptor left(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & 0777));
  if (left.number() < 0 || ::flock(left.number(), LOCK_EX | LOCK_NB) != 0)
    throw_io_error("can't write " + file);
  read([&](std::string_view line, uint64_t number) {
    if (unwanted.contains(number)) return;
    if (!write_all(left.number(), std::string(line) + "\n")) throw_io_error("can't write " + file);
  });
  if (::fdatasync(left.number()) != 0) throw_io_error("can't write " + file);
  return left;
}

void ResultFile::truncate(uint64_t size) {
  if (size == size_) return;
  if (::ftruncate(file_.number(), static_cast<off_t>(size)) != 0) throw_io_error("can't shorten " + name_);
  size_ = size;
  unsynced_ = true;
}

void ResultFile::append(std::string_view line) {
  unsynced_ = true;
  const bool written =
      ::lseek(file_.number(), static_cast<off_t>(size_), SEEK_SET) >= 0 && write_all(file_.number(), line);
  if (!written) {
    const int error = errno;
    if (::ftruncate(file_.number(), static_cast<off_t>(size_)) != 0) throw_io_error("can't shorten " + name_);
    throw_io_error("can't write " + name_, error);
  }
  size_ += line.size();
}

void ResultFile::sync_if_due() {
  if (unsynced_ && Clock::now() - last_sync_ >= kSyncEvery) sync();
}

void ResultFile::sync() {
  if (unsynced_ && ::fdatasync(file_.number()) != 0) throw_io_error("can't write " + name_);
  unsynced_ = false;
  last_sync_ = Clock::now();
}

void ResultFile::remove_if_new() {
  if (new_ && empty()) ::unlink(name_.c_str());
}

bool ResultFile::same_file(int descriptor) const { return is_same_file(file_.number(), descriptor); }

}  // namespace reckon::cli
