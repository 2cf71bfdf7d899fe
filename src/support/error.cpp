#include <reckon/error.hpp>

#include "support/within_memory.hpp"

namespace reckon {
namespace {

// Made before memory can run out: a copy of it shares its message.
// NOLINTNEXTLINE(cert-err58-cpp): a program that has not even this at its start ends there
const Error no_memory(ErrorCode::out_of_memory, "no memory left");

}  // namespace

void support::fail_no_memory() { throw Error(no_memory); }

const char* to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::io: return "io";
    case ErrorCode::malformed_file: return "malformed_file";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::context_full: return "context_full";
    case ErrorCode::template_error: return "template_error";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::bad_numbers: return "bad_numbers";
    case ErrorCode::model_mismatch: return "model_mismatch";
  }
  return "unknown";
}

}  // namespace reckon
