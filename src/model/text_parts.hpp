// What a model file holds beside its weights: the tokenizer and the chat template.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <reckon/chat_template.hpp>
#include <reckon/tokenizer.hpp>

#include "load/metadata.hpp"
#include "load/model_file.hpp"
#include "model/config.hpp"
#include "text/tokenizer.hpp"

namespace reckon::model {

inline constexpr const char* kEmbeddedName = "(embedded)";
// The model that is part of the library.
std::shared_ptr<const load::ModelFile> embedded_file();

// Throws Error(malformed_file | unsupported), also for keys that only the weights need.
text::Tokenizer read_tokenizer(const load::ModelFile& file);

// nullopt for a file without one. Throws Error(template_error) for one that does not parse.
std::optional<ChatTemplate> read_chat_template(const load::ModelFile& file, const text::Tokenizer& tokenizer);
[[noreturn]] void fail_no_chat_template(const std::string& file);

}  // namespace reckon::model
