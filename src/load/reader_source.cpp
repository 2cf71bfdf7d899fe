#include "load/reader_source.hpp"

#include <fmt/format.h>

#include <reckon/error.hpp>

namespace reckon::load {

void ReaderSource::read(uint64_t offset, std::span<std::byte> to) const {
  std::lock_guard lock(one_at_a_time_);
  while (!to.empty()) {
    const size_t count = function_(offset, to);
    if (count == 0) {
      throw Error(ErrorCode::io,
                  fmt::format("{}: the reader gave nothing at offset {}; expected {} bytes in all", name_,
                              offset, size_));
    }
    if (count > to.size()) {
      throw Error(ErrorCode::io, fmt::format("{}: the reader claims {} bytes at offset {}; expected 1 to {}",
                                             name_, count, offset, to.size()));
    }
    offset += count;
    to = to.subspan(count);
  }
}

}  // namespace reckon::load
