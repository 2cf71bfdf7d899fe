// A bounded cursor over the bytes of a model file. Every read is checked against the end; nothing is
// allocated before its bytes are known to be there.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include <reckon/error.hpp>

namespace reckon::load {

static_assert(std::endian::native == std::endian::little, "values are read as they lie in the file");
static_assert(sizeof(size_t) == sizeof(uint64_t), "sizes of a file fit size_t");

class GgufReader {
 public:
  // Bytes as they grow in memory are charged against `memory_budget`.
  GgufReader(std::span<const std::byte> bytes, const std::string& file_name, uint64_t memory_budget)
      : bytes_(bytes), file_name_(file_name), memory_budget_(memory_budget) {}

  // What is being read, as messages name it: `header`, `key "general.name"`.
  void enter(std::string place) { place_ = std::move(place); }

  uint64_t position() const { return position_; }
  uint64_t remaining() const { return bytes_.size() - position_; }
  uint64_t size() const { return bytes_.size(); }

  template <class T>
  T read(const char* what) {
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

  // The next `n` bytes, in place. Throws Error(malformed_file) if the file ends before.
  std::span<const std::byte> take(uint64_t n, const char* what) {
    if (n > remaining()) fail_short(n, what);
    const auto taken = bytes_.subspan(position_, n);
    position_ += n;
    return taken;
  }

  // A length and that many bytes, in place.
  std::string_view read_string(const char* what);

  // Throws Error(malformed_file) unless `count` things of at least `min_bytes` each can follow.
  void require_room(uint64_t count, uint64_t min_bytes, const char* what) const;

  // Counts memory about to be allocated. Throws Error(unsupported) once the sum exceeds the budget.
  void charge(uint64_t bytes);

  // Throws Error: `FILE: PLACE: problem`.
  [[noreturn]] void fail(ErrorCode code, const std::string& problem) const;

 private:
  [[noreturn]] void fail_short(uint64_t n, const char* what) const;

  std::span<const std::byte> bytes_;
  const std::string& file_name_;
  uint64_t memory_budget_;
  uint64_t charged_ = 0;
  uint64_t position_ = 0;
  std::string place_ = "header";
};

}  // namespace reckon::load
