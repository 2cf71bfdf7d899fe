#include <reckon/chat_template.hpp>

#include "model/text_parts.hpp"
#include "support/within_memory.hpp"
#include "text/chat_template.hpp"

namespace reckon {

struct RECKON_LOCAL ChatTemplate::Impl {
  text::ChatTemplate program;
  std::string begin_text, end_text;  // of the begin and end token; empty without
};

namespace {

constexpr const char* kKey = "tokenizer.chat_template";

ChatTemplate template_of(const load::ModelFile& file) {
  auto found = model::read_chat_template(file, model::read_tokenizer(file));
  if (!found) model::fail_no_chat_template(file.name());
  return *std::move(found);
}

}  // namespace

ChatTemplate ChatTemplate::load(const std::string& path) {
  return support::within_memory([&] { return template_of(*load::ModelFile::open(path)); });
}

ChatTemplate ChatTemplate::embedded() {
  return support::within_memory([] { return template_of(*model::embedded_file()); });
}

std::string ChatTemplate::render(std::span<const Message> messages) const {
  return support::within_memory(
      [&] { return impl_->program.render_chat(messages, impl_->begin_text, impl_->end_text); });
}

const std::string& ChatTemplate::source() const { return impl_->program.source(); }

}  // namespace reckon

std::optional<reckon::ChatTemplate> reckon::model::read_chat_template(const load::ModelFile& file,
                                                                      const text::Tokenizer& tokenizer) {
  const std::string* source = file.metadata().find_string(kKey);
  if (source == nullptr) return std::nullopt;
  const auto begin = tokenizer.bos();
  const auto ends = tokenizer.end_tokens();
  return ChatTemplate(std::make_shared<ChatTemplate::Impl>(
      ChatTemplate::Impl{text::ChatTemplate(*source, file.name() + ": " + kKey),
                         begin ? std::string(tokenizer.bytes(*begin)) : std::string(),
                         ends.empty() ? std::string() : std::string(tokenizer.bytes(ends.front()))}));
}

void reckon::model::fail_no_chat_template(const std::string& file) {
  throw Error(ErrorCode::unsupported, file + ": no " + kKey + "; give the prompt as raw text instead");
}
