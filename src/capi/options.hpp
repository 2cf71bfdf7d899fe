// Structures that begin with their size, as callers give them, and what they mean to the C++ API.
#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <reckon/generation.hpp>
#include <reckon/model.hpp>
#include <reckon/session.hpp>

#include "capi/boundary.hpp"

namespace reckon::capi {

// The defaults of each structure, as its *_init() sets them.
template <class T>
T defaults() noexcept;

// Bytes that each had when it was first released, which stay: no caller has less.
constexpr size_t first_size(const reckon_load_options*) { return 64; }
constexpr size_t first_size(const reckon_reader*) { return 48; }
constexpr size_t first_size(const reckon_session_options*) { return 40; }
constexpr size_t first_size(const reckon_prompt*) { return 56; }
constexpr size_t first_size(const reckon_phase_sampling*) { return 40; }
constexpr size_t first_size(const reckon_generate_options*) { return 168; }
constexpr size_t first_size(const reckon_saved_text*) { return 80; }
constexpr size_t first_size(const reckon_batch_options*) { return 32; }
constexpr size_t first_size(const reckon_batch_request*) { return 48; }
constexpr size_t first_size(const reckon_engine_options*) { return 24; }
constexpr size_t first_size(const reckon_vote_options*) { return 32; }

// *_init(): a caller that is older than the library has a shorter structure, a newer one a longer, whose
// further fields mean what they do where they are zero.
template <class T>
void init(T* options, size_t size) noexcept {
  if (options == nullptr || size < sizeof(size_t)) return;
  T value = defaults<T>();
  value.size = size;
  std::memset(static_cast<void*>(options), 0, size);
  std::memcpy(static_cast<void*>(options), &value, std::min(size, sizeof(T)));
}

// The caller's structure with the defaults of what it is too short for. NULL: all defaults. Throws
// Error(invalid_argument) for a size that can't be and for fields unknown here that are not zero.
template <class T>
T read(const T* options, const char* name) {
  T value = defaults<T>();
  if (options == nullptr) return value;
  constexpr size_t kMostBytes = 1 << 16;
  constexpr size_t kLeastBytes = first_size(static_cast<const T*>(nullptr));
  static_assert(kLeastBytes >= sizeof(size_t) && kLeastBytes <= sizeof(T));
  const size_t size = options->size;
  if (size < kLeastBytes || size > kMostBytes) {
    fail_argument(std::string(name) + ".size is " + std::to_string(size) +
                  "; it is not initialised with its own size");
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(options);
  if (size > sizeof(T) &&
      std::any_of(bytes + sizeof(T), bytes + size, [](unsigned char b) { return b != 0; })) {
    fail_argument(std::string(name) + " uses fields that this version of the library does not have");
  }
  std::memcpy(static_cast<void*>(&value), options, std::min(size, sizeof(T)));
  if constexpr (requires { value.reserved; }) {
    if (value.reserved != 0) fail_argument(std::string(name) + ".reserved is not 0");
  }
  return value;
}

// Throws Error(invalid_argument) for a number that is no RECKON_CACHE_*.
CacheType cache_type(int32_t number, const char* name);
// Empty for null.
std::function<bool()> stop_function(reckon_stop_function stop, void* data);
LoadOptions load_options(const reckon_load_options* options);
SessionOptions session_options(const reckon_session_options* options);
GenerateOptions generate_options(const reckon_generate_options* options);
std::vector<Message> messages(const reckon_message* list, size_t count);

}  // namespace reckon::capi
