// A conversation to the prompt that a model was trained on.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>

#include <reckon/error.hpp>
#include <reckon/export.hpp>

namespace reckon {

// Chat roles are the template's business: "system", "user", "assistant" are what R1 templates know.
struct Message {
  std::string role;     // as the template knows it
  std::string content;  // the text, any bytes

  bool operator==(const Message&) const = default;  // of role and content
};

// The Jinja template that a model file carries. A handle; copies share the template. Immutable and safe to
// share between threads. One that was moved from can be destroyed or assigned to, and nothing else.
//
//   ChatTemplate chat = ChatTemplate::load("r1.gguf");
//   std::string prompt = chat.render(messages);
//   bool same = chat.source() == ChatTemplate::embedded().source();
class RECKON_API ChatTemplate {
 public:
  // From a GGUF file (for a split one: its first part), of which the weights are not read. Throws
  // Error(template_error) if the template does not parse or is larger than 1 MiB, Error(unsupported) if the
  // file has none, and what Tokenizer::load throws.
  static ChatTemplate load(const std::string& path);
  // Of the small model that is part of the library. Throws Error(out_of_memory).
  static ChatTemplate embedded();

  // The conversation as the template writes it, ready for the model's next turn. Includes the begin token's
  // text. Throws Error(template_error: it fails on these messages, or exceeds its bounds in steps, depth or
  // output), Error(out_of_memory).
  std::string render(std::span<const Message> messages) const;
  const std::string& source() const;  // Jinja

  struct Impl;
  // For the library's own use.
  explicit ChatTemplate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

}  // namespace reckon
