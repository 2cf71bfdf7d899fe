#include <reckon/session.hpp>

#include <fmt/format.h>

#include "model/model_impl.hpp"
#include "run/generate.hpp"
#include "run/limits.hpp"
#include "run/prepare.hpp"
#include "run/session_file.hpp"
#include "run/stream.hpp"
#include "support/within_memory.hpp"

namespace reckon {

struct RECKON_LOCAL Session::Impl : run::SessionState {
  std::optional<store::PromptCache> prompts;

  const store::PromptCache* prompt_cache() const { return prompts ? &*prompts : nullptr; }
  Generation generate(const run::Prompt& prompt, const GenerateOptions& options,
                      const EventCallback& on_event);
  Stream stream(run::Prompt prompt, const GenerateOptions& options);

  static std::unique_ptr<Impl> make(const Model& model, const SessionOptions& options);
};

Generation Session::Impl::generate(const run::Prompt& prompt, const GenerateOptions& options,
                                   const EventCallback& on_event) {
  return run::ActiveTurn(*this, prompt_cache(), prompt, options, on_event).finish();
}

std::unique_ptr<Session::Impl> Session::Impl::make(const Model& model, const SessionOptions& options) {
  std::unique_ptr<Impl> impl(
      new Impl{{.model = model,
                .engine = Engine(model, {.cache_type = options.cache_type}),
                .cache_type = options.cache_type,
                .sequence = 0,
                .cached = {},
                .context = run::choose_context(model, options.context, options.cache_type),
                .prefill_chunk = run::choose_prefill_chunk(options.prefill_chunk),
                .requests = {}},
               {}});
  impl->sequence = impl->engine.add_sequence();
  if (!options.prompt_cache.empty()) impl->prompts.emplace(options.prompt_cache, options.prompt_cache_bytes);
  return impl;
}

Session::Session(const Model& model, const SessionOptions& options)
    : impl_(support::within_memory([&] { return Impl::make(model, options); })) {}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Generation Session::generate(std::span<const Message> messages, const GenerateOptions& options,
                             const EventCallback& on_event) {
  return support::within_memory([&] {
    return impl_->generate(run::chat_prompt(impl_->model, messages, run::skips_thought(options)), options,
                           on_event);
  });
}

Generation Session::complete(std::string_view text, const GenerateOptions& options,
                             const EventCallback& on_event) {
  return support::within_memory([&] {
    return impl_->generate(run::text_prompt(impl_->model, text, run::skips_thought(options)), options,
                           on_event);
  });
}

Generation Session::complete_tokens(std::span<const TokenId> prompt, const GenerateOptions& options,
                                    const EventCallback& on_event) {
  return support::within_memory([&] {
    return impl_->generate(run::token_prompt(impl_->model, prompt, options.no_think), options, on_event);
  });
}

Stream Session::Impl::stream(run::Prompt prompt, const GenerateOptions& options) {
  return Stream(std::make_unique<Stream::Impl>(*this, prompt_cache(), std::move(prompt), options));
}

Stream Session::stream(std::span<const Message> messages, const GenerateOptions& options) {
  return support::within_memory([&] {
    return impl_->stream(run::chat_prompt(impl_->model, messages, run::skips_thought(options)), options);
  });
}

Stream Session::stream_text(std::string_view text, const GenerateOptions& options) {
  return support::within_memory([&] {
    return impl_->stream(run::text_prompt(impl_->model, text, run::skips_thought(options)), options);
  });
}

Stream Session::stream_tokens(std::span<const TokenId> prompt, const GenerateOptions& options) {
  return support::within_memory(
      [&] { return impl_->stream(run::token_prompt(impl_->model, prompt, options.no_think), options); });
}

void Session::cancel() noexcept { impl_->requests.cancelled = true; }
void Session::end_thinking() noexcept { impl_->requests.end_thinking = true; }
void Session::add_budget(uint64_t tokens) noexcept { impl_->requests.add_budget(tokens); }
uint64_t Session::context() const { return impl_->context; }
uint64_t Session::cached_tokens() const { return impl_->cached.size(); }

void Session::reset() {
  impl_->require_idle();
  impl_->forget();
}

std::span<const TokenId> Session::tokens() const { return impl_->cached; }

void Session::rewind(uint64_t positions) {
  impl_->require_idle();
  if (positions > impl_->cached.size()) {
    throw Error(ErrorCode::invalid_argument,
                fmt::format("rewind to {} positions: the session holds {}", positions, impl_->cached.size()));
  }
  impl_->rewind(positions);
  impl_->open_turn.reset();
}

Session Session::fork() const {
  const Impl& s = *impl_;
  s.require_idle();
  return support::within_memory([&] {
    return Session(std::unique_ptr<Impl>(new Impl{{.model = s.model,
                                                   .engine = s.engine.branch(s.sequence),
                                                   .cache_type = s.cache_type,
                                                   .sequence = 0,  // branch() says so
                                                   .cached = s.cached,
                                                   .context = s.context,
                                                   .prefill_chunk = s.prefill_chunk,
                                                   .requests = {},
                                                   .restored_from = s.restored_from,
                                                   .open_turn = s.open_turn},
                                                  s.prompts}));
  });
}

bool Session::can_resume() const { return impl_->open_turn.has_value(); }

Generation Session::resume(const GenerateOptions& options, const EventCallback& on_event) {
  return support::within_memory([&] { return run::resume(*impl_, options, on_event); });
}

bool Session::prepare(std::span<const Message> messages, const std::function<bool()>& stop) {
  return support::within_memory([&] { return run::prepare(*impl_, impl_->prompt_cache(), messages, stop); });
}

void Session::save(const std::string& path, SavedText text, bool with_cache) const {
  support::within_memory([&] { run::save(*impl_, path, std::move(text), with_cache); });
}

RestoredSession Session::restore(const std::string& path) {
  return support::within_memory([&] { return run::restore(*impl_, path); });
}

const char* to_string(FinishReason reason) noexcept {
  switch (reason) {
    case FinishReason::stop: return "stop";
    case FinishReason::length: return "length";
    case FinishReason::length_in_thinking: return "length_in_thinking";
    case FinishReason::budget: return "budget";
    case FinishReason::loop: return "loop";
    case FinishReason::cancelled: return "cancelled";
  }
  return "unknown";
}

const char* to_string(Phase phase) noexcept {
  switch (phase) {
    case Phase::prompt: return "prompt";
    case Phase::thinking: return "thinking";
    case Phase::answer: return "answer";
    case Phase::done: return "done";
  }
  return "unknown";
}

}  // namespace reckon
