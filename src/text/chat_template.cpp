#include "text/chat_template.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <reckon/error.hpp>

#include "text/jinja/interpreter.hpp"
#include "text/jinja/lexer.hpp"
#include "text/jinja/printing.hpp"
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

// Parsing takes up to a few hundred times the memory of the text.
std::unique_ptr<const jinja::Program> parse(const std::string& source, const std::string& name) {
  if (source.size() > ChatTemplate::kMostBytes) {
    throw Error(ErrorCode::template_error, fmt::format("{}: a template of {} bytes; expected at most {}",
                                                       name, source.size(), ChatTemplate::kMostBytes));
  }
  try {
    return std::make_unique<const jinja::Program>(jinja::parse(source));
  } catch (const jinja::SyntaxFailure& failure) {
    fail(name, failure.line, failure.what());
  }
}

jinja::Value list_of(jinja::Runtime& runtime, std::span<const Message> messages) {
  jinja::Values list;
  for (const Message& m : messages) {
    std::vector<jinja::DictEntry> entries;
    entries.emplace_back(runtime.text("role"), runtime.text(m.role));
    entries.emplace_back(runtime.text("content"), runtime.text(m.content));
    list.push_back(runtime.dict(std::move(entries)));
  }
  return runtime.list(std::move(list));
}

}  // namespace

ChatTemplate::ChatTemplate(std::string source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), program_(parse(source_, name_)) {}

ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;

// given: a GivenVariable with the runtime that makes its values.
template <class Given>
std::string ChatTemplate::run(const RenderLimits& limits, const Given& given) const {
  jinja::Runtime runtime(limits);
  try {
    return jinja::Interpreter(*program_, runtime).run([&](const std::string& name) {
      return given(runtime, name);
    });
  } catch (const jinja::Failure& failure) {
    fail(name_, runtime.line, failure.what());
  }
}

std::string ChatTemplate::render(const nlohmann::ordered_json& variables, const RenderLimits& limits) const {
  if (!variables.is_object())
    throw Error(ErrorCode::invalid_argument, name_ + ": the variables must be an object");
  return run(limits, [&](jinja::Runtime& runtime, const std::string& name) -> std::optional<jinja::Value> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(jinja::from_json(runtime, *found));
  });
}

std::string ChatTemplate::render_chat(std::span<const Message> messages, const std::string& bos_token,
                                      const std::string& eos_token) const {
  return run({}, [&](jinja::Runtime& runtime, const std::string& name) -> std::optional<jinja::Value> {
    if (name == "messages") return list_of(runtime, messages);
    if (name == "bos_token") return runtime.text(bos_token);
    if (name == "eos_token") return runtime.text(eos_token);
    if (name == "add_generation_prompt") return jinja::Value::boolean(true);
    return std::nullopt;
  });
}

}  // namespace reckon::text
