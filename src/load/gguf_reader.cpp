#include "load/gguf_reader.hpp"

#include <fmt/format.h>

namespace reckon::load {

std::string_view GgufReader::read_string(const char* what) {
  const auto length = read<uint64_t>(what);
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
  if (bytes > memory_budget_ - charged_) {
    fail(ErrorCode::unsupported,
         fmt::format("the metadata takes more than {} bytes of memory, the limit of this reader",
                     memory_budget_));
  }
  charged_ += bytes;
}

void GgufReader::fail(ErrorCode code, const std::string& problem) const {
  throw Error(code, fmt::format("{}: {}: {}", file_name_, place_, problem));
}

void GgufReader::fail_short(uint64_t n, const char* what) const {
  fail(ErrorCode::malformed_file,
       fmt::format("the file is cut off or a length is wrong: {} at offset {} takes {} bytes, "
                   "{} are left",
                   what, position_, n, remaining()));
}

}  // namespace reckon::load
