// What the operating system refused to do, and why.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

#include <reckon/error.hpp>

namespace reckon::cli {

[[noreturn]] inline void throw_io_error(const std::string& what, int error = errno) {
  throw Error(ErrorCode::io, what + ": " + std::generic_category().message(error));
}

}  // namespace reckon::cli
