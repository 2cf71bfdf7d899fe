// The methods of Python's str.
#pragma once

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

using Method = Value (*)(Runtime&, const Value& self, const CallArguments&);

Method find_text_method(std::string_view name);  // nullptr when str has none of this name
// Whether Python has the method and this engine does not.
bool is_unsupported_text_method(std::string_view name);

bool is_lower_text(std::string_view text);  // str.islower
bool is_upper_text(std::string_view text);

}  // namespace reckon::text::jinja
