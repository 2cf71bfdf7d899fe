#include "text/jinja/format.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "text/jinja/code_points.hpp"
#include "text/jinja/format_spec.hpp"
#include "text/jinja/operators.hpp"
#include "text/jinja/printing.hpp"

namespace reckon::text::jinja {
namespace {

Integer to_integer(const Value& value) {
  if (value.is_integral()) return value.as_integer();
  if (!value.is(Kind::floating)) throw Failure("a number is needed to format, not " + type_name(value));
  const double number = std::trunc(value.as_floating());
  if (!(std::fabs(number) < 1e38)) throw Failure("the number is too large to format as an integer");
  return static_cast<Integer>(number);
}

std::string repr_of(Runtime& runtime, const Value& value) {
  TextBuilder out(runtime);
  append_repr(out, value);
  return out.take();
}

class PercentFormatter {
 public:
  PercentFormatter(Runtime& runtime, std::string_view format, const Value& value)
      : runtime_(runtime), format_(format), value_(value), out_(runtime) {
    if (is_sequence(value, SequenceType::tuple)) {
      arguments_ = value.as_sequence().items;
    } else {
      arguments_ = {value};
    }
  }

  std::string run() {
    while (at_ < format_.size()) {
      runtime_.step();
      const size_t percent = std::min(format_.find('%', at_), format_.size());
      out_.add(format_.substr(at_, percent - at_));
      at_ = percent;
      if (at_ < format_.size()) field();
    }
    const bool unchecked = value_.is(Kind::dict) || is_sequence(value_, SequenceType::list);
    if (next_ < arguments_.size() && !unchecked) throw Failure("not all arguments are used by the format");
    return out_.take();
  }

 private:
  char current() const {
    if (at_ >= format_.size()) throw Failure("the format ends inside a field");
    return format_[at_];
  }

  Value argument() {
    if (key_) {
      const Value* found = value_.is(Kind::dict) ? value_.as_dict().find(runtime_, *key_) : nullptr;
      if (found == nullptr) throw Failure("the format's key '" + std::string(*key_) + "' is missing");
      return *found;
    }
    if (next_ >= arguments_.size()) throw Failure("not enough arguments for the format");
    return arguments_[next_++];
  }

  uint64_t count_or_star(bool& negative) {
    if (current() != '*') return parse_count(runtime_, format_, at_).value_or(0);
    ++at_;
    // No text is as long; the least integer has no magnitude.
    const Integer count = std::clamp<Integer>(to_integer(argument()), -INT64_MAX, INT64_MAX);
    negative = count < 0;
    const auto magnitude = static_cast<uint64_t>(negative ? -count : count);
    runtime_.check_length(magnitude);
    return magnitude;
  }

  void key() {
    key_.reset();
    if (current() != '(') return;
    const size_t end = format_.find(')', at_);
    if (end == std::string_view::npos) throw Failure("the format has an unclosed key");
    key_ = format_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
  }

  void field() {
    ++at_;  // the percent sign
    key();
    FormatSpec spec;
    spec.align = '>';
    bool left = false, zero = false, negative = false;
    for (bool more = true; more;) {
      switch (current()) {
        case '-': left = true; break;
        case '0': zero = true; break;
        case '+': spec.sign = '+'; break;
        case ' ': spec.sign = spec.sign == '+' ? '+' : ' '; break;
        case '#': spec.alternate = true; break;
        default: more = false;
      }
      if (more) ++at_;
    }
    spec.width = count_or_star(negative);
    left = left || negative;
    if (current() == '.') {
      ++at_;
      bool ignored = false;
      spec.precision = count_or_star(ignored);
    }
    while (current() == 'h' || current() == 'l' || current() == 'L') ++at_;
    const char type = current();
    ++at_;
    if (left) spec.align = '<';
    convert(type, spec, zero && !left);
  }

  void convert(char type, FormatSpec& spec, bool zero) {
    if (type == '%') return out_.add('%');
    if (type == 's' || type == 'r') {
      const Value value = argument();
      spec.sign = '-';
      spec.alternate = false;
      return out_.add(
          format_text(runtime_, spec, type == 's' ? to_text(runtime_, value) : repr_of(runtime_, value)));
    }
    if (zero) {
      spec.fill.assign(1, '0');
      spec.align = '=';
    }
    spec.type = type;
    switch (type) {
      case 'd':
      case 'i':
      case 'u': spec.type = 'd'; return out_.add(integer(spec, argument()));
      case 'x':
      case 'X':
      case 'o': {
        const Value value = argument();
        if (!value.is_integral()) throw Failure("an integer is needed to format, not " + type_name(value));
        return out_.add(integer(spec, value));
      }
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G': {
        const Value value = argument();
        if (!value.is_number()) throw Failure("a number is needed to format, not " + type_name(value));
        return out_.add(format_float(runtime_, spec, value.as_floating()));
      }
      default: throw Failure(std::string("the format '%") + type + "' is not supported");
    }
  }

  // The precision of an integer is its least number of digits.
  std::string integer(const FormatSpec& spec, const Value& value) {
    const Integer number = to_integer(value);
    if (spec.precision) throw Failure("a precision in an integer's format is not supported");
    return format_integer(runtime_, spec, number);
  }

  Runtime& runtime_;
  std::string_view format_;
  const Value& value_;
  TextBuilder out_;
  Values arguments_;
  size_t next_ = 0;
  size_t at_ = 0;
  std::optional<std::string_view> key_;
};

class BraceFormatter {
 public:
  BraceFormatter(Runtime& runtime, const CallArguments& arguments)
      : runtime_(runtime), arguments_(arguments) {}

  std::string run(std::string_view format, int level) {
    if (level > 1) throw Failure("the format's fields are nested too deeply");
    TextBuilder out(runtime_);
    for (size_t at = 0; at < format.size();) {
      runtime_.step();
      const char c = format[at];
      const bool doubled = at + 1 < format.size() && format[at + 1] == c;
      if ((c == '{' || c == '}') && doubled) {
        out.add(c);
        at += 2;
      } else if (c == '}') {
        throw Failure("the format has a single '}'");
      } else if (c != '{') {
        out.add(c);
        ++at;
      } else {
        const size_t end = field_end(format, at);
        out.add(field(format.substr(at + 1, end - at - 1), level));
        at = end + 1;
      }
    }
    return out.take();
  }

 private:
  static size_t field_end(std::string_view format, size_t start) {
    int open = 0;
    for (size_t at = start; at < format.size(); ++at) {
      if (format[at] == '{') ++open;
      if (format[at] == '}' && --open == 0) return at;
    }
    throw Failure("the format has an unclosed '{'");
  }

  std::string field(std::string_view text, int level) {
    const size_t name_end = std::min(text.find_first_of("!:"), text.size());
    const Value value = find(text.substr(0, name_end));
    std::string_view rest = text.substr(name_end);
    char conversion = 0;
    if (!rest.empty() && rest[0] == '!') {
      if (rest.size() < 2 || (rest.size() > 2 && rest[2] != ':'))
        throw Failure("invalid conversion in a format");
      conversion = rest[1];
      rest.remove_prefix(2);
    }
    const std::string spec = rest.empty() ? "" : run(rest.substr(1), level + 1);
    if (conversion == 0) return format(value, spec);
    if (conversion != 's' && conversion != 'r') {
      throw Failure(std::string("the conversion '!") + conversion + "' is not supported");
    }
    const std::string shown = conversion == 's' ? to_text(runtime_, value) : repr_of(runtime_, value);
    return format_text(runtime_, parse_format_spec(runtime_, spec), shown);
  }

  Value find(std::string_view name) {
    const size_t first_end = std::min(name.find_first_of(".["), name.size());
    Value value = first(name.substr(0, first_end));
    for (size_t at = first_end; at < name.size();) {
      runtime_.step();
      const bool attribute = name[at] == '.';
      const size_t end =
          attribute ? std::min(name.find_first_of(".[", at + 1), name.size()) : name.find(']', at);
      if (end == std::string_view::npos || end == at + 1)
        throw Failure("a field of the format has a bad name");
      const std::string_view part = name.substr(at + 1, end - at - 1);
      size_t digits = 0;
      const auto index = attribute ? std::nullopt : parse_count(runtime_, part, digits);
      if (attribute) {
        value = get_attribute(runtime_, value, part);
      } else if (index && digits == part.size()) {
        value = get_item(runtime_, value, Value::integer(static_cast<Integer>(*index)));
      } else {
        value = get_item(runtime_, value, runtime_.text(std::string(part)));
      }
      at = attribute ? end : end + 1;
    }
    return value;
  }

  Value first(std::string_view name) {
    size_t digits = 0;
    const auto number = parse_count(runtime_, name, digits);
    if (number && digits == name.size()) {
      manual_ = true;
      return positional(*number);
    }
    if (name.empty()) {
      if (manual_) throw Failure("a format can't mix numbered and unnumbered fields");
      return positional(next_++);
    }
    uint64_t looked_at = 0;
    for (const auto& [key, value] : arguments_.keyword) {
      if (++looked_at % 8 == 0) runtime_.step();
      if (equal_texts(runtime_, key, name)) return value;
    }
    throw Failure("the format's field '" + std::string(name) + "' is missing");
  }

  const Value& positional(uint64_t index) {
    if (manual_ && next_ > 0) throw Failure("a format can't mix numbered and unnumbered fields");
    if (index >= arguments_.positional.size()) throw Failure("the format has more fields than arguments");
    return arguments_.positional[index];
  }

  std::string format(const Value& value, const std::string& spec) {
    if (spec.empty()) return to_text(runtime_, value);
    const FormatSpec parsed = parse_format_spec(runtime_, spec);
    if (value.is(Kind::text)) return format_text(runtime_, parsed, value.view());
    if (value.is_integral()) return format_integer(runtime_, parsed, value.as_integer());
    if (value.is(Kind::floating)) return format_float(runtime_, parsed, value.as_floating());
    throw Failure("a " + type_name(value) + " can't be formatted with '" + spec + "'");
  }

  Runtime& runtime_;
  const CallArguments& arguments_;
  uint64_t next_ = 0;
  bool manual_ = false;
};

void refuse_markup(const Value& format) {
  if (format.as_text().markup) throw Failure("formatting of text marked safe is not supported");
}

}  // namespace

Value format_percent(Runtime& runtime, const Value& format, const Value& value) {
  refuse_markup(format);
  return runtime.text(PercentFormatter(runtime, format.view(), value).run());
}

Value format_braces(Runtime& runtime, const Value& format, const CallArguments& arguments) {
  refuse_markup(format);
  return runtime.text(BraceFormatter(runtime, arguments).run(format.view(), 0));
}

}  // namespace reckon::text::jinja
