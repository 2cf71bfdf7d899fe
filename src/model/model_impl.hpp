// What a Model handle points to.
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <optional>

#include <reckon/model.hpp>

#include "constrain/compiled_form.hpp"
#include "model/network.hpp"
#include "model/text_parts.hpp"
#include "support/memory_budget.hpp"
#include "text/think_splitter.hpp"

namespace reckon {

struct RECKON_LOCAL Model::Impl {
  Impl(const std::shared_ptr<const load::ModelFile>& file, const LoadOptions& options);

  model::Network network;
  ModelInfo info;
  text::Tokenizer tokenizer;
  text::ThinkTags think_tags;
  std::optional<ChatTemplate> chat_template;
  std::exception_ptr chat_template_error;  // a template that does not parse: thrown when it is asked for
  std::string isa;
  LogCallback log;  // may be empty
  double load_ms = 0;
  // What its caches may take together.
  mutable support::MemoryBudget cache_budget;
  // These are made when they are first asked for; from any thread.
  struct AnswerForms {
    explicit AnswerForms(const text::Tokenizer& tokenizer) : table(tokenizer), cache(table) {}
    constrain::TokenTable table;
    constrain::FormCache cache;
  };
  AnswerForms& answer_forms() const;
  mutable std::once_flag identity_once;
  mutable std::string identity;

 private:
  mutable std::once_flag answer_forms_made_;
  mutable std::unique_ptr<AnswerForms> answer_forms_;
};

}  // namespace reckon

namespace reckon::model {

ModelInfo describe_model(const load::ModelFile& file, const Config& config);
std::string identity_of(const load::ModelFile& file);  // as Model::identity() says

}  // namespace reckon::model
