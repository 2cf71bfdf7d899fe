#include "run_session.hpp"

#include <fmt/format.h>

#include "conversation.hpp"
#include "saved_settings.hpp"
#include "session_folder.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

void say(const std::string& text, const GenerationOptions& options) {
  if (!options.quiet) note(text);
}

}  // namespace

RunSession::RunSession(const std::string& name, GenerationOptions& options)
    : lock_(name), name_(name), path_(session_path(name)), exists_(session_exists(name)) {
  if (!exists_) return;
  const SavedText text = read_saved_text(path_);
  messages_ = text.messages;
  begun_.thinking = text.thinking;
  const bool unanswered = !messages_.empty() && messages_.back().role == "user";
  unfinished_ = unanswered || (text.unfinished && ends_with_exchange(messages_));
  for (const std::string& problem : apply_settings(text.settings, options)) say(problem, options);
}

std::string RunSession::no_prompt_text() const {
  return fmt::format("session '{}' has {}: give a prompt, as an argument or on standard input", name_,
                     messages_.empty() ? "not begun yet" : "no interrupted turn to go on with");
}

void RunSession::ask(const std::optional<std::string>& prompt, const GenerationOptions& options) {
  const bool answered = !messages_.empty() && messages_.back().role == "assistant";
  const size_t question = messages_.size() - (answered ? 2 : 1);  // of the last turn
  goes_on_ =
      unfinished_ && (!prompt || (question < messages_.size() && messages_[question].content == *prompt));
  if (options.system && (messages_.empty() || messages_.front() != Message{"system", *options.system})) {
    if (!messages_.empty()) throw UsageError("--system: the session has begun without this system message");
    messages_.push_back({"system", *options.system});
  }
  if (goes_on_) {
    if (answered) {
      begun_.answer = messages_.back().content;
      messages_.pop_back();
    }
    return;
  }
  if (unfinished_ && !answered) {
    messages_.pop_back();
    say("the session's last turn has no answer and is dropped", options);
  }
  messages_.push_back({"user", *prompt});
}

void RunSession::restore(Session& session, const GenerationOptions& options) const {
  if (!exists_) return;
  const std::string refusal = session.restore(path_).refusal;
  if (!refusal.empty()) say(refusal + "; the conversation is computed again from its text", options);
}

Begun RunSession::begun(const Session& session) const {
  return goes_on_ && session.can_resume() ? begun_ : Begun{};
}

Generation RunSession::generate(Session& session, const GenerateOptions& options,
                                const EventCallback& on_event) const {
  const signals::CancelOnSignal cancel(session);
  return goes_on_ && session.can_resume() ? session.resume(options, on_event)
                                          : session.generate(messages_, options, on_event);
}

void RunSession::save(const Session& session, const Model& model, const Generation& generation,
                      const GenerationOptions& options) const {
  SavedText text{.model = model.info().name,
                 .messages = messages_,
                 .settings = saved_settings(options),
                 .thinking = generation.thinking};
  if (!generation.answer.empty()) text.messages.push_back({"assistant", generation.answer});
  session.save(path_, std::move(text));
}

}  // namespace reckon::cli
