// Where C++ ends: exceptions become codes here.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <reckon/reckon.h>
#include <reckon/error.hpp>

namespace reckon::capi {

reckon_status status_of(ErrorCode code) noexcept;

// For use in a catch (...): the status of the exception in flight; *error, if asked for, gets an object that
// says what it is.
reckon_status report(reckon_error** error) noexcept;

// Runs the body of a C function.
template <class Body>
reckon_status guard(reckon_error** error, const Body& body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    body();
    return RECKON_OK;
  } catch (...) {
    return report(error);
  }
}

[[noreturn]] void fail_argument(const std::string& what);

// Throws Error(invalid_argument) for NULL.
template <class T>
T& require(T* pointer, const char* name) {
  if (pointer == nullptr) fail_argument(std::string(name) + " is NULL");
  return *pointer;
}

// `count` elements from `data` on. Throws Error(invalid_argument) for NULL unless there are none.
template <class T>
std::span<T> require_array(T* data, size_t count, const char* name) {
  if (data == nullptr && count != 0) fail_argument(std::string(name) + " is NULL");
  if (count > SIZE_MAX / 2 / sizeof(T)) fail_argument(std::string(name) + ": too many elements");
  return {data, count};
}

// A copy for reckon_free(), with a NUL behind its last byte. Throws std::bad_alloc.
void* copy_bytes(const void* data, size_t size);
inline char* copy_text(std::string_view text) {
  return static_cast<char*>(copy_bytes(text.data(), text.size()));
}
// The same to *out, and its length to *length.
inline void give_text(std::string_view text, char** out, size_t* length) {
  *out = copy_text(text);
  *length = text.size();
}

}  // namespace reckon::capi
