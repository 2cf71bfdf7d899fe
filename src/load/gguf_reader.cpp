#include "load/gguf_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace reckon::load {
namespace {

constexpr uint64_t kWindowBytes = 64 * 1024;

}  // namespace

std::string_view GgufReader::read_string(const char* what, uint64_t most) {
  const auto length = read<uint64_t>(what);
  if (length > most) {
    fail(ErrorCode::malformed_file,
         fmt::format("the {} has {} bytes, expected at most {}", what, length, most));
  }
  const auto text = take(length, what);
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

void GgufReader::require_room(uint64_t count, uint64_t min_bytes, const char* what) const {
  if (count > remaining() / min_bytes) {
    fail(ErrorCode::malformed_file,
         fmt::format("the file claims {} {} at offset {}; the {} bytes left hold at most {}", count, what,
                     position_, remaining(), remaining() / min_bytes));
  }
}

void GgufReader::charge(uint64_t bytes) {
  if (bytes > memory_budget_ - charged_) fail_budget();
  charged_ += bytes;
}

// At least the next n bytes, which the file has; what is left of the old window is read again.
void GgufReader::fill_window(uint64_t n) {
  if (n > memory_budget_) fail_budget();
  buffer_.resize(std::min(std::max(n, kWindowBytes), remaining()));
  source_.read(position_, buffer_);
  window_ = buffer_;
  window_begin_ = position_;
}

void GgufReader::fail_budget() const {
  fail(ErrorCode::unsupported,
       fmt::format("the metadata takes more than {} bytes of memory, the limit of this reader",
                   memory_budget_));
}

void GgufReader::fail(ErrorCode code, const std::string& problem) const {
  throw Error(code, fmt::format("{}: {}: {}", source_.name(), place_, problem));
}

void GgufReader::fail_short(uint64_t n, const char* what) const {
  fail(ErrorCode::malformed_file,
       fmt::format("the file is cut off or a length is wrong: {} at offset {} takes {} bytes, "
                   "{} are left",
                   what, position_, n, remaining()));
}

}  // namespace reckon::load
