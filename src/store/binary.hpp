// Numbers, strings and lists of a stored file: little-endian, lengths in front. The reader takes nothing on
// trust: every length is checked against the bytes that are there before anything is allocated.
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

namespace reckon::store {

static_assert(std::endian::native == std::endian::little, "values are stored as they lie in memory");

template <class T>
concept Stored = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

class BinaryWriter {
 public:
  template <Stored T>
  void number(T value) {
    append(&value, sizeof value);
  }
  void text(std::string_view text) {
    number<uint64_t>(text.size());
    append(text.data(), text.size());
  }
  template <Stored T>
  void list(std::span<const T> values) {
    number<uint64_t>(values.size());
    append(values.data(), values.size_bytes());
  }
  std::span<const std::byte> bytes() const { return std::as_bytes(std::span(bytes_)); }

 private:
  void append(const void* from, size_t size) { bytes_.append(static_cast<const char*>(from), size); }

  std::string bytes_;
};

// Once something did not fit, failed() stays true and all further values are zero or empty.
class BinaryReader {
 public:
  explicit BinaryReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <Stored T>
  T number() {
    T value{};
    if (const auto from = take(sizeof value); !from.empty()) std::memcpy(&value, from.data(), sizeof value);
    return value;
  }
  std::string text() {
    const auto from = take(number<uint64_t>());
    return {reinterpret_cast<const char*>(from.data()), from.size()};
  }
  template <Stored T>
  std::vector<T> list() {
    const size_t n = count(sizeof(T));
    const auto from = take(n * sizeof(T));
    std::vector<T> values(from.size() / sizeof(T));
    if (!values.empty()) std::memcpy(values.data(), from.data(), from.size());
    return values;
  }
  // A number of things of at least `least_bytes` each that follow: so many there can be.
  size_t count(size_t least_bytes) {
    const auto n = number<uint64_t>();
    if (n > rest_.size() / least_bytes) failed_ = true;
    return failed_ ? 0 : n;
  }

  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::span<const std::byte> take(uint64_t n) {
    if (n > rest_.size()) failed_ = true;
    if (failed_) return {};
    const auto taken = rest_.first(n);
    rest_ = rest_.subspan(n);
    return taken;
  }

  std::span<const std::byte> rest_;
  bool failed_ = false;
};

}  // namespace reckon::store
