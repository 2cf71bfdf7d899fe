// What a Model handle points to.
#pragma once

#include <exception>
#include <memory>
#include <mutex>
#include <optional>

#include <reckon/model.hpp>

#include "constrain/token_table.hpp"
#include "model/network.hpp"
#include "model/text_parts.hpp"
#include "support/memory_budget.hpp"
#include "text/think_splitter.hpp"

namespace reckon {

struct RECKON_LOCAL Model::Impl {
  Impl(std::shared_ptr<const load::ModelFile> file, const LoadOptions& options);

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
  // Both are made when they are first asked for; from any thread.
  const constrain::TokenTable& token_table() const;
  mutable std::once_flag identity_once;
  mutable std::string identity;

 private:
  mutable std::once_flag token_table_made_;
  mutable std::unique_ptr<constrain::TokenTable> token_table_;
};

}  // namespace reckon

namespace reckon::model {

ModelInfo describe_model(const load::ModelFile& file, const Config& config);
std::string identity_of(const load::ModelFile& file);  // as Model::identity() says

}  // namespace reckon::model
