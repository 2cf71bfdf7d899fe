// A call's arguments, matched to parameters by position or name as Python does.
#pragma once

#include <initializer_list>

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

class Params {
 public:
  // Throws Failure on unknown names, too many arguments, or fewer than the first `required` parameters. A
  // parameter named "" is positional only.
  Params(std::string_view function, const CallArguments& arguments,
         std::initializer_list<std::string_view> names, size_t required = 0);

  const Value* get(size_t index) const { return values_[index]; }  // nullptr when not given
  bool given(size_t index) const;                                  // and not none
  bool flag(size_t index, bool otherwise) const;
  Integer integer(size_t index, Integer otherwise) const;
  std::string_view text(size_t index, std::string_view otherwise = {}) const;

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string function_;
  std::vector<const Value*> values_;
};

}  // namespace reckon::text::jinja
