// Structures and the texts they point to in one piece of memory, for reckon_free().
#pragma once

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>

namespace reckon::capi {

// Memory that a text takes in a block.
inline size_t text_bytes(std::string_view text) { return text.size() + 1; }

template <class T>
class Block {
 public:
  // For `count` elements, zeroed, and texts of that many text_bytes() in all. Throws std::bad_alloc.
  Block(size_t count, size_t n_text_bytes)
      : memory_(std::calloc(1, count * sizeof(T) + n_text_bytes + 1), std::free),
        next_text_(static_cast<char*>(memory_.get()) + count * sizeof(T)) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (memory_ == nullptr) throw std::bad_alloc();
  }

  T& operator[](size_t i) { return static_cast<T*>(memory_.get())[i]; }
  // Its copy in the block, with a NUL behind it.
  const char* add(std::string_view text) {
    char* copy = next_text_;
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    next_text_ += text_bytes(text);
    return copy;
  }
  T* release() { return static_cast<T*>(memory_.release()); }

 private:
  std::unique_ptr<void, decltype(&std::free)> memory_;
  char* next_text_;
};

}  // namespace reckon::capi
