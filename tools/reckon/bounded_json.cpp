#include "bounded_json.hpp"

#include <fmt/format.h>

namespace reckon::cli {

template <class Json>
Json parse_json(std::string_view text, const JsonBounds& bounds) {
  size_t values = 0;
  const auto within_bounds = [&](int depth, typename Json::parse_event_t, Json&) {
    if (depth > bounds.depth) throw JsonError(fmt::format("nested deeper than {} levels", bounds.depth));
    if (++values > bounds.values) throw JsonError(fmt::format("more than {} values and keys", bounds.values));
    return true;
  };
  try {
    return Json::parse(text, within_bounds);
  } catch (const typename Json::parse_error& error) {
    throw JsonError(fmt::format("not JSON (at byte {})", error.byte));
  } catch (const typename Json::exception&) {
    throw JsonError("not JSON (a number is out of range)");
  }
}

template nlohmann::json parse_json(std::string_view text, const JsonBounds& bounds);
template nlohmann::ordered_json parse_json(std::string_view text, const JsonBounds& bounds);

}  // namespace reckon::cli
