// Errors a caller can cause: bad files, bad options, too little memory. Thrown by every function of the C++
// API that says so; programmer errors are asserts.
#pragma once

#include <stdexcept>
#include <string>

#include <reckon/export.hpp>

namespace reckon {

// What went wrong, by what a caller can do about it.
enum class ErrorCode {
  invalid_argument,  // an option or request value out of range; the message names it and the range
  io,                // the operating system refused to open, read or write a file
  malformed_file,    // a file's content contradicts its format; the message names file and key or tensor
  unsupported,       // well formed, but of a kind this build can't run (architecture, weight type, tokenizer)
  out_of_memory,     // does not fit; the message says how much is needed and how much there is. Also thrown
                     // in place of std::bad_alloc by all functions that compute or read something
  context_full,      // more tokens than the context, or than a cache's max_positions
  template_error,    // a chat template that does not parse, fails, or exceeds its bounds
  cancelled,         // loading was stopped by the caller's own callback
  bad_numbers,       // the model produced NaN logits
  model_mismatch,    // a saved state is of another model, cache type or version; the message says which.
                   // Of the library's own functions none throws it: Session::restore() tells it as a refusal
};

// Short, stable name of a code, such as "malformed_file".
RECKON_API const char* to_string(ErrorCode code) noexcept;

// A code and a message for people. what() names the file, key or option and what was expected.
//
//   try {
//     Model::load("r1.gguf");
//   } catch (const Error& error) {
//     std::cerr << to_string(error.code()) << ": " << error.what() << '\n';
//     if (error.code() == ErrorCode::out_of_memory) std::cerr << "Try a smaller file.\n";
//   }
class RECKON_API Error : public std::runtime_error {
 public:
  // For the library and for functions that a caller gives to it. Throws std::bad_alloc.
  //
  //   Model::from_reader(1000, [](uint64_t offset, std::span<std::byte>) -> size_t {
  //     throw Error(ErrorCode::io, "no answer from the archive at " + std::to_string(offset));
  //   });
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }  // what to branch on

 private:
  ErrorCode code_;
};

}  // namespace reckon
