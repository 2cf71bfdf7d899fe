// Python's two ways to format: '%s' % value and '{}'.format(value).
#pragma once

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

Value format_percent(Runtime& runtime, const Value& format, const Value& value);
// Fields may name attributes and items, found as the sandbox allows.
Value format_braces(Runtime& runtime, const Value& format, const CallArguments& arguments);

}  // namespace reckon::text::jinja
