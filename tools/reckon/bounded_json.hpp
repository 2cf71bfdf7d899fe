// JSON that others wrote, read within bounds.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace reckon::cli {

struct JsonBounds {
  int depth = 64;
  size_t values = 1'000'000;  // keys count too
};

// What is wrong with the text: "not JSON (at byte 5)", "nested deeper than 64 levels".
class JsonError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws JsonError before more than the bounds is in memory. Json: json or ordered_json.
template <class Json = nlohmann::json>
Json parse_json(std::string_view text, const JsonBounds& bounds = {});

}  // namespace reckon::cli
