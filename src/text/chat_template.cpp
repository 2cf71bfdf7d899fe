#include "text/chat_template.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <reckon/error.hpp>

#include "text/jinja/interpreter.hpp"
#include "text/jinja/lexer.hpp"
#include "text/utf8.hpp"

namespace reckon::text {
namespace {

constexpr size_t kMostMessageBytes = 1000;

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// What a failure says may be the template's own words: a file must not be able to send escape sequences to a
// terminal, nor text without end.
std::string shown(std::string_view words) {
  std::string out;
  for (size_t at = 0; at < words.size();) {
    if (out.size() >= kMostMessageBytes) return out + fmt::format("... ({} bytes)", words.size());
    const Utf8Unit unit = decode_utf8(words, at);
    const std::string_view piece = words.substr(at, unit.length);
    at += unit.length;
    if (unit.valid && !is_control(unit.code_point)) {
      out += piece;
    } else {
      for (const char byte : piece) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return out;
}

[[noreturn]] void fail(const std::string& name, uint32_t line, const char* what) {
  throw Error(ErrorCode::template_error, fmt::format("{}, line {}: {}", name, line, shown(what)));
}

std::unique_ptr<const jinja::Program> parse(const std::string& source, const std::string& name) {
  try {
    return std::make_unique<const jinja::Program>(jinja::parse(source));
  } catch (const jinja::SyntaxFailure& failure) {
    fail(name, failure.line, failure.what());
  }
}

}  // namespace

ChatTemplate::ChatTemplate(std::string source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), program_(parse(source_, name_)) {}

ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;

std::string ChatTemplate::render(const nlohmann::ordered_json& variables, const RenderLimits& limits) const {
  if (!variables.is_object())
    throw Error(ErrorCode::invalid_argument, name_ + ": the variables must be an object");
  jinja::Runtime runtime(limits);
  try {
    return jinja::Interpreter(*program_, runtime).run(variables);
  } catch (const jinja::Failure& failure) {
    fail(name_, runtime.line, failure.what());
  }
}

}  // namespace reckon::text
