#include "text/chat_template.hpp"

#include <nlohmann/json.hpp>
#include <reckon/error.hpp>

#include "text/jinja/interpreter.hpp"
#include "text/jinja/lexer.hpp"

namespace reckon::text {
namespace {

[[noreturn]] void fail(const std::string& name, uint32_t line, const char* what) {
  throw Error(ErrorCode::template_error, name + ", line " + std::to_string(line) + ": " + what);
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
