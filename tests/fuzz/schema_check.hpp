// Whether a JSON value is valid for a schema, by the words of JSON Schema and without the compiler that is
// tested with it.
#pragma once

#include <nlohmann/json.hpp>

namespace reckon::fuzz {

// Of the keywords that reckon honours; `pattern` and `format` are not looked at. `schema` has been accepted.
bool is_valid(const nlohmann::json& value, const nlohmann::json& schema);

}  // namespace reckon::fuzz
