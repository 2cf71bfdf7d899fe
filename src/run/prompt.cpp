#include "run/prompt.hpp"

#include <algorithm>

#include "model/model_impl.hpp"

namespace reckon::run {
namespace {

// As the R1 models are asked to skip the thought: opened and closed with nothing in it.
std::string with_empty_thought(std::string text, const text::ThinkTags& tags) {
  if (text::start_phase(text, tags) != text::Phase::thinking) text += tags.open + "\n";
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text + "\n\n" + tags.close + "\n\n";
}

// add_bos: the begin token in front, unless the text has it there (as a chat that was rendered and then
// changed).
Prompt finish(const Model& model, std::string text, bool no_think, bool add_bos) {
  const Model::Impl& impl = model.impl();
  if (no_think) text = with_empty_thought(std::move(text), impl.think_tags);
  std::vector<TokenId> tokens = impl.tokenizer.encode(text, {.parse_special = true, .add_bos = false});
  const std::optional<TokenId> bos = impl.tokenizer.bos();
  if (add_bos && bos && (tokens.empty() || tokens.front() != *bos)) tokens.insert(tokens.begin(), *bos);
  return {std::move(tokens), text::start_phase(text, impl.think_tags)};
}

}  // namespace

bool skips_thought(const GenerateOptions& options) {
  return options.no_think || options.thinking.budget == 0;
}

// The template writes the begin token itself.
Prompt chat_prompt(const Model& model, std::span<const Message> messages, bool no_think) {
  if (messages.empty()) throw Error(ErrorCode::invalid_argument, "messages: there are none");
  return finish(model, model.render_chat(messages), no_think, false);
}

Prompt text_prompt(const Model& model, std::string_view text, bool no_think) {
  return finish(model, std::string(text), no_think, model.impl().tokenizer.adds_bos());
}

Prompt token_prompt(const Model& model, std::span<const TokenId> tokens, bool no_think) {
  if (no_think) throw Error(ErrorCode::invalid_argument, "no_think: a prompt of tokens is taken as it is");
  return {{tokens.begin(), tokens.end()},
          text::start_phase(model.detokenize(tokens), model.impl().think_tags)};
}

Prompt OpenTurn::prompt() const {
  return {{tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(state.prompt_tokens)},
          state.starts_in_thought ? text::Phase::thinking : text::Phase::answer};
}

}  // namespace reckon::run
