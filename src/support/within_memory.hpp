// Where the library's public functions end, std::bad_alloc becomes the library's own error.
#pragma once

#include <new>
#include <utility>

namespace reckon::support {

// Throws Error(out_of_memory). Takes no memory itself.
[[noreturn]] void fail_no_memory();

// What `body` returns.
template <class Body>
decltype(auto) within_memory(Body&& body) {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    fail_no_memory();
  }
}

}  // namespace reckon::support
