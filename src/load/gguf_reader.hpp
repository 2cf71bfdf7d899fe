// A bounded cursor over the bytes of a model file. Every read is checked against the end; nothing is
// allocated before its bytes are known to be there. A file is read a window at a time.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <reckon/error.hpp>

#include "load/byte_source.hpp"

namespace reckon::load {

static_assert(std::endian::native == std::endian::little, "values are read as they lie in the file");
static_assert(sizeof(size_t) == sizeof(uint64_t), "sizes of a file fit size_t");

class GgufReader {
 public:
  // Bytes as they grow in memory are charged against `memory_budget`.
  GgufReader(const ByteSource& source, uint64_t memory_budget)
      : source_(source), memory_budget_(memory_budget), window_(source.resident()) {}

  // What is being read, as messages name it: `header`, `key "general.name"`.
  void enter(std::string place) { place_ = std::move(place); }

  uint64_t position() const { return position_; }
  uint64_t remaining() const { return size() - position_; }
  uint64_t size() const { return source_.size(); }

  template <class T>
  T read(const char* what) {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  // The next `n` bytes, valid until the next read. Throws Error(malformed_file) if the file ends before.
  std::span<const std::byte> take(uint64_t n, const char* what) {
    if (n > remaining()) fail_short(n, what);
    if (position_ + n > window_begin_ + window_.size()) fill_window(n);
    const auto taken = window_.subspan(position_ - window_begin_, n);
    position_ += n;
    return taken;
  }

  // A length and that many bytes, valid until the next read. Throws Error(malformed_file), before any of them
  // is read, if they are more than `most`.
  std::string_view read_string(const char* what, uint64_t most = UINT64_MAX);

  // Throws Error(malformed_file) unless `count` things of at least `min_bytes` each can follow.
  void require_room(uint64_t count, uint64_t min_bytes, const char* what) const;

  // Counts memory about to be allocated. Throws Error(unsupported) once the sum exceeds the budget.
  void charge(uint64_t bytes);

  // Throws Error: `FILE: PLACE: problem`.
  [[noreturn]] void fail(ErrorCode code, const std::string& problem) const;

 private:
  [[noreturn]] void fail_short(uint64_t n, const char* what) const;
  [[noreturn]] void fail_budget() const;
  void fill_window(uint64_t n);

  const ByteSource& source_;
  uint64_t memory_budget_;
  std::vector<std::byte> buffer_;      // the window's bytes, where the source has to be read
  std::span<const std::byte> window_;  // bytes from window_begin_ on
  uint64_t window_begin_ = 0;
  uint64_t charged_ = 0;
  uint64_t position_ = 0;
  std::string place_ = "header";
};

}  // namespace reckon::load
