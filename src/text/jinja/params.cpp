#include "text/jinja/params.hpp"

#include <algorithm>

namespace reckon::text::jinja {

Params::Params(std::string_view function, const CallArguments& arguments,
               std::initializer_list<std::string_view> names, size_t required)
    : function_(function), values_(names.size(), nullptr) {
  if (arguments.positional.size() > names.size()) {
    fail("takes at most " + std::to_string(names.size()) + " arguments, not " +
         std::to_string(arguments.positional.size()));
  }
  for (size_t i = 0; i < arguments.positional.size(); ++i) values_[i] = &arguments.positional[i];
  for (const auto& [name, value] : arguments.keyword) {
    const auto* found = std::find(names.begin(), names.end(), name);
    if (found == names.end() || name.empty()) fail("takes no argument named '" + name + "'");
    const Value*& slot = values_[static_cast<size_t>(found - names.begin())];
    if (slot != nullptr) fail("is given two values for '" + name + "'");
    slot = &value;
  }
  for (size_t i = 0; i < required; ++i) {
    if (values_[i] == nullptr) fail("needs " + std::to_string(required) + " arguments");
  }
}

void Params::fail(const std::string& what) const { throw Failure(function_ + "() " + what); }

bool Params::given(size_t index) const {
  return values_[index] != nullptr && !values_[index]->is(Kind::none);
}

bool Params::flag(size_t index, bool otherwise) const {
  return values_[index] == nullptr ? otherwise : is_true(*values_[index]);
}

Integer Params::integer(size_t index, Integer otherwise) const {
  const Value* value = values_[index];
  if (value == nullptr) return otherwise;
  if (value->is(Kind::undefined)) throw Failure(value->undefined_reason());
  if (!value->is_integral()) fail("needs an integer, not " + type_name(*value));
  return value->as_integer();
}

std::string_view Params::text(size_t index, std::string_view otherwise) const {
  const Value* value = values_[index];
  if (value == nullptr) return otherwise;
  if (value->is(Kind::undefined)) throw Failure(value->undefined_reason());
  if (!value->is(Kind::text)) fail("needs a string, not " + type_name(*value));
  return value->view();
}

}  // namespace reckon::text::jinja
