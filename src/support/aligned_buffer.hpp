// Anonymous, zeroed, page-aligned memory, with huge pages where the system gives them.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace reckon::support {

class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  // Throws Error(out_of_memory) naming `purpose`.
  AlignedBuffer(size_t bytes, const std::string& purpose);
  ~AlignedBuffer();
  AlignedBuffer(AlignedBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  std::byte* data() const { return data_; }
  size_t size() const { return bytes_; }
  template <class T>
  T* as() const {
    return reinterpret_cast<T*>(data_);
  }

 private:
  std::byte* data_ = nullptr;
  size_t bytes_ = 0;
};

}  // namespace reckon::support
