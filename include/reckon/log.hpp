// What the library has to say about what it does. It never prints: a program that wants to know gives a
// function.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace reckon {

// How much a line matters.
enum class LogLevel : uint8_t {
  info = 1,     // a choice that was made, a time that was measured
  warning = 2,  // works, but not as one would wish
};

// Takes a line without its newline, valid during the call. Called on whichever thread uses the model, on
// several at once if several do; it must not use the model. What it throws, the call that had something to
// say throws.
//
//   LoadOptions load;
//   load.log = [](LogLevel level, std::string_view line) {
//     if (level == LogLevel::warning) std::cerr << line << '\n';
//   };
//   Model talkative = Model::embedded(load);
using LogCallback = std::function<void(LogLevel level, std::string_view line)>;

}  // namespace reckon
