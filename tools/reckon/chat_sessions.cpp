// A chat's sessions: what is saved and when, what is taken up again, and what is done while a person types.
#include <fmt/format.h>

#include <exception>
#include <new>

#include "chat.hpp"
#include "conversation.hpp"
#include "loading.hpp"
#include "saved_settings.hpp"
#include "session_folder.hpp"
#include "terminal.hpp"

namespace reckon::cli {

void Chat::say(const std::string& text) const {
  if (!options().quiet) note(text);
}

const GenerationOptions& Chat::opening_settings(const std::optional<std::string>& session) {
  if (session && session_exists(*session)) {
    std::vector<std::string> problems;  // load_session() meets and says them
    settings_.now() = settings_.with(read_saved_text(session_path(*session)).settings, problems);
  }
  return options();
}

Session Chat::make_session(const GenerationOptions& options) const {
  return Session(model_, session_options(model_options_, options));
}

void Chat::open_session(const std::string& name) {
  session_name_ = name;
  session_path_ = session_path(name);
  if (session_exists(name)) load_session(name);
}

void Chat::save(const std::string& name) {
  if (names_file(name)) {
    save_conversation(name, model_.info().name, messages());
  } else {
    session_path_ = session_path(name);
    session_name_ = name;
    save_session(true);
  }
  say(fmt::format("saved {} messages to {}", messages().size(), name));
}

void Chat::load(const std::string& name) {
  if (names_file(name)) {
    std::vector<Message> loaded = load_conversation(name);
    take_settings({}, [](Session&) {});
    take_conversation(std::move(loaded));
    session_name_.reset();  // what follows does not belong there
    say(fmt::format("loaded {} messages from {}", messages().size(), name));
  } else {
    check_session_exists(name);
    load_session(name);
  }
}

void Chat::load_session(const std::string& name) {
  const std::string path = session_path(name);
  RestoredSession restored;
  take_settings(read_saved_text(path).settings, [&](Session& session) { restored = session.restore(path); });
  session_name_ = name;
  session_path_ = path;
  std::vector<Message> saved = restored.text.messages;
  const bool unanswered = !saved.empty() && saved.back().role == "user";
  std::vector<Message> kept = saved;
  if (unanswered) kept.pop_back();
  take_conversation(std::move(kept));
  if (session_.can_resume()) {
    if (!unanswered && !saved.empty()) saved.pop_back();  // the answer so far
    if (!saved.empty() && saved.back().role == "user") open_turn_ = std::move(saved);
  }
  say(fmt::format("session {}: {} messages, {} positions in the cache", name, messages().size(),
                  session_.cached_tokens()));
  if (!restored.refusal.empty()) say(restored.refusal + "; the conversation is computed again from its text");
  if (open_turn_) say("the last turn was interrupted; /continue goes on with it");
}

// Another context is another session. An error leaves all as it was.
void Chat::take_settings(const SavedSettings& saved, const std::function<void(Session&)>& restore) {
  std::vector<std::string> problems;
  GenerationOptions next = settings_.with(saved, problems);
  if (next.context == options().context) {
    restore(session_);
  } else {
    Session other = make_session(next);
    restore(other);
    session_ = std::move(other);
  }
  settings_.now() = std::move(next);
  for (const std::string& problem : problems) say(problem);
}

void Chat::take_conversation(std::vector<Message> taken) {
  messages() = std::move(taken);
  open_turn_.reset();
  unanswered_.reset();
  adopt_system();
}

void Chat::go_on() {
  if (!open_turn_ || !session_.can_resume()) throw UsageError("/continue: no turn was interrupted");
  messages() = *open_turn_;
  unanswered_ = messages().back().content;
  answer(options(), [this](const EventCallback& on_event) {
    return session_.resume(generate_options(options(), model_), on_event);
  });
}

// Without its answer, an open turn has its question in open_turn_ alone.
void Chat::save_session(bool with_cache) {
  if (!session_name_) return;
  const bool unanswered = open_turn_ && messages().size() < open_turn_->size();
  session_.save(session_path_,
                {.model = model_.info().name,
                 .messages = unanswered ? *open_turn_ : messages(),
                 .settings = saved_settings(options())},
                with_cache);
  cache_saved_ = with_cache;
}

// The words are safe at once. The cache follows while the person types, or at the end.
void Chat::turn_ended() { save_session(false); }

void Chat::begin_idle() {
  idle_.begin([this](const IdleWork::Stop& stop) {
    prepare(stop);
    if (!stop() && !cache_saved_) save_session(true);
  });
}

// An open turn would be lost.
void Chat::prepare(const IdleWork::Stop& stop) {
  if (open_turn_) return;
  try {
    session_.prepare(messages(), stop);
  } catch (const Error&) {  // the next turn meets it again, and says so
  }
}

// What could not be saved is tried again at the next prompt, and at the end.
void Chat::end_idle() {
  const std::exception_ptr problem = idle_.end();
  if (!problem) return;
  try {
    std::rethrow_exception(problem);
  } catch (const std::bad_alloc&) {
    say("out of memory");
  } catch (const std::exception& error) {
    say(error.what());
  }
}

void Chat::finish() {
  end_idle();
  if (!cache_saved_) save_session(true);
}

}  // namespace reckon::cli
