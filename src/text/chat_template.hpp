// The Jinja chat template of a model file, rendered as Hugging Face renders it: Python's jinja2 in its
// immutable sandbox, trim_blocks and lstrip_blocks, loop controls, the generation tag, tojson without HTML
// escapes, raise_exception and strftime_now. What Jinja has and this engine doesn't (recursive loops,
// template inheritance and imports, a few filters and methods) is refused by name. Integers are 128 bits
// wide; leaving that range is an error.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>
#include <reckon/chat_template.hpp>

#include "text/render_limits.hpp"

namespace reckon::text {

namespace jinja {
struct Program;
}

class ChatTemplate {
 public:
  static constexpr size_t kMostBytes = 1 << 20;  // of a template

  // Parses. Throws Error(template_error) that names the template, the line and what is wrong there, or that
  // it is longer than kMostBytes.
  explicit ChatTemplate(std::string source, std::string name = "chat template");
  ~ChatTemplate();
  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;

  // variables: an object of what the template may see: messages, bos_token, eos_token, add_generation_prompt,
  // tools, enable_thinking, ... As in Hugging Face's call, tools and documents are none and
  // add_generation_prompt is false when absent. Throws Error(template_error) when the template fails
  // (raise_exception included) or exceeds the limits. Any number of threads may render at once.
  std::string render(const nlohmann::ordered_json& variables, const RenderLimits& limits = {}) const;
  // The same with messages, bos_token, eos_token and add_generation_prompt (true). Does without JSON, whose
  // values allocate when they are destroyed, which ends the process where there is no memory.
  std::string render_chat(std::span<const Message> messages, const std::string& bos_token,
                          const std::string& eos_token) const;

  const std::string& source() const { return source_; }
  const std::string& name() const { return name_; }

 private:
  template <class Given>
  std::string run(const RenderLimits& limits, const Given& given) const;

  std::string source_;
  std::string name_;
  std::unique_ptr<const jinja::Program> program_;
};

}  // namespace reckon::text
