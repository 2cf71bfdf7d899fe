#include "capi/boundary.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

struct reckon_error {
  reckon_status status;
  std::string message;
};

namespace reckon::capi {
namespace {

static_assert(static_cast<reckon_status>(ErrorCode::invalid_argument) + 1 == RECKON_INVALID_ARGUMENT);
static_assert(static_cast<reckon_status>(ErrorCode::bad_numbers) + 1 == RECKON_BAD_NUMBERS);
static_assert(static_cast<reckon_status>(ErrorCode::model_mismatch) + 1 == RECKON_MODEL_MISMATCH);

// For when there is no memory for another one. Its message fits the string itself; it is never freed.
const reckon_error& no_memory() noexcept {
  static const reckon_error error{RECKON_OUT_OF_MEMORY, "no memory left"};
  static_assert(sizeof("no memory left") - 1 <= 15);
  return error;
}

reckon_status set(reckon_error** error, reckon_status status, const char* message) noexcept {
  if (error == nullptr) return status;
  try {
    *error = new reckon_error{status, message};
  } catch (...) {
    *error = const_cast<reckon_error*>(&no_memory());
    return RECKON_OUT_OF_MEMORY;
  }
  return status;
}

}  // namespace

reckon_status status_of(ErrorCode code) noexcept { return static_cast<reckon_status>(code) + 1; }

reckon_status report(reckon_error** error) noexcept {
  try {
    throw;
  } catch (const Error& e) {
    return set(error, status_of(e.code()), e.what());
  } catch (const std::bad_alloc&) {
    return set(error, RECKON_OUT_OF_MEMORY, "no memory left");
  } catch (const std::exception& e) {
    return set(error, RECKON_INTERNAL, e.what());
  } catch (...) {
    return set(error, RECKON_INTERNAL, "an exception that is not a std::exception");
  }
}

void fail_argument(const std::string& what) { throw Error(ErrorCode::invalid_argument, what); }

void* copy_bytes(const void* data, size_t size) {
  auto* copy = static_cast<char*>(std::malloc(size + 1));
  if (copy == nullptr) throw std::bad_alloc();
  if (size != 0) std::memcpy(copy, data, size);
  copy[size] = '\0';
  return copy;
}

}  // namespace reckon::capi

using namespace reckon::capi;

reckon_status reckon_error_status(const reckon_error* error) {
  return error == nullptr ? RECKON_OK : error->status;
}

const char* reckon_error_message(const reckon_error* error) {
  return error == nullptr ? "" : error->message.c_str();
}

void reckon_error_free(reckon_error* error) {
  if (error != &no_memory()) delete error;
}

void reckon_free(void* memory) { std::free(memory); }
