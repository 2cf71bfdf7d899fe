#include "run_session.hpp"

#include <fmt/format.h>

#include "conversation.hpp"
#include "loading.hpp"
#include "saved_settings.hpp"
#include "session_folder.hpp"
#include "session_model.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

void say(const std::string& text, const GenerationOptions& options) {
  if (!options.quiet) note(text);
}

}  // namespace

RunSession::RunSession(const std::string& name, const ModelOptions& model, GenerationOptions& options)
    : lock_(name), model_(model), name_(name), path_(session_path(name)), exists_(session_exists(name)) {
  if (!exists_) return;
  const SavedText text = read_saved_text(path_);
  if (!model.file) check_session_model(name, text, model, describe_model(model).info.name);
  messages_ = text.messages;
  begun_.thinking = text.thinking;
  const bool unanswered = !messages_.empty() && messages_.back().role == "user";
  unfinished_ = unanswered || (text.unfinished && ends_with_exchange(messages_));
  SavedSettings taken;
  for (const std::string& problem : apply_settings(text.settings, options, &taken)) say(problem, options);
  if (!taken.empty()) say("settings of the session: " + settings_text(taken), options);
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

void RunSession::restore(Session& session, const Model& model, const GenerationOptions& options) const {
  if (!exists_) return;
  const std::string refusal = refusal_text(name_, session.restore(path_), model_, model.info().name);
  if (!refusal.empty()) say(refusal, options);
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
