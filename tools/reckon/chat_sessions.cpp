// A chat's sessions: what is saved and when, what is taken up again, and what is done while a person types.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <new>

#include "chat.hpp"
#include "conversation.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "saved_settings.hpp"
#include "session_folder.hpp"
#include "session_model.hpp"
#include "terminal.hpp"

namespace reckon::cli {

void Chat::say(const std::string& text) const {
  if (!options().quiet) note(text);
}

// Before the model is loaded, so that the wrong one is not.
SessionLock Chat::lock_for_opening(const ChatOptions& chat) {
  check_context(chat.model, chat.generation.context);
  if (!chat.session) return {};
  SessionLock lock(*chat.session);
  if (!chat.model.file && session_exists(*chat.session)) {
    check_session_model(*chat.session, read_saved_text(session_path(*chat.session)), chat.model,
                        describe_model(chat.model).info.name);
  }
  return lock;
}

const GenerationOptions& Chat::opening_settings(const std::optional<std::string>& session) {
  if (session && session_exists(*session)) {
    std::vector<std::string> problems;  // load_session() meets and says them
    SavedSettings taken;
    settings_.now() = settings_.with(read_saved_text(session_path(*session)).settings, problems, taken);
  }
  return options();
}

Session Chat::make_session(const GenerationOptions& options) const {
  return Session(model_, session_options(model_options_, options));
}

void Chat::open_session(const std::string& name, SessionLock lock) {
  if (!session_exists(name)) {
    file() = {.name = name, .path = session_path(name), .words = words(), .lock = std::move(lock)};
    return;
  }
  const std::optional<std::string> system = options().system;
  load_session(name, std::move(lock));
  if (!system || system == options().system) return;
  if (!messages().empty() || open_turn_) {
    throw UsageError("--system: the session has begun without this system message");
  }
  set_system(*system);
}

// The session of a branch that is to be made, if this one is a session.
std::optional<SessionFile> Chat::file_of_branch(const std::string& branch) const {
  if (!branches_.file()) return std::nullopt;
  std::string name = branches_.file()->name;
  const std::string present = "." + branches_.name();
  if (name.ends_with(present)) name.resize(name.size() - present.size());
  name += "." + branch;
  SessionLock lock(name);
  if (session_exists(name)) {
    throw UsageError(
        fmt::format("/branch: there is a session '{}' already; /load {} goes on with it", name, name));
  }
  return SessionFile{.name = name, .path = session_path(name), .lock = std::move(lock)};
}

// Two branches in one file would overwrite each other.
void Chat::check_not_open(const std::string& session) const {
  const std::string branch = branches_.saved_as(session);
  if (!branch.empty()) {
    throw UsageError(
        fmt::format("session '{}' is that of branch {}; /branch {} goes to it", session, branch, branch));
  }
}

namespace {

// A session that is called like a file was perhaps meant to be one.
const char* file_hint(const std::string& name) {
  return name.find('.') == std::string::npos ? "" : "; a file has a slash in its name or ends in .json";
}

}  // namespace

void Chat::save(const std::string& name) {
  if (names_file(name)) {
    save_conversation(name, model_.info().name, messages());
  } else if (is_present(name)) {
    write_to(*file(), true);
  } else {
    check_not_open(name);
    SessionLock lock(name);
    if (session_exists(name)) {
      throw UsageError(
          fmt::format("/save: there is a session '{}' already; /load {} goes on with it", name, name));
    }
    SessionFile saved{.name = name, .path = session_path(name), .lock = std::move(lock)};
    save_changes();
    write_to(saved, true);
    file() = std::move(saved);
  }
  const bool to_file = names_file(name);
  const std::string saved = count_text(to_file ? messages().size() : words().messages.size(), "message");
  say(to_file ? fmt::format("saved {} to the file {}", saved, name)
              : fmt::format("saved {} as session '{}'{}", saved, name, file_hint(name)));
}

void Chat::load(const std::string& name) {
  if (names_file(name)) {
    std::vector<Message> loaded = load_conversation(name);
    save_changes();
    take_settings({}, [](Session&) {});
    drop_open_turn();
    take_conversation(std::move(loaded));
    if (file()) say(fmt::format("session {} is left: what follows is not saved there", file()->name));
    file().reset();
    say(fmt::format("loaded {} from {}", count_text(messages().size(), "message"), name));
  } else {
    check_session_exists(name);
    check_not_open(name);
    SessionLock lock = is_present(name) ? SessionLock() : SessionLock(name);
    save_changes();
    load_session(name, std::move(lock));
  }
}

bool Chat::is_present(const std::string& session) const {
  const std::optional<SessionFile>& present = branches_.file();
  return present && present->name == session;
}

void Chat::load_session(const std::string& name, SessionLock lock) {
  const std::string path = session_path(name);
  RestoredSession restored;
  const SavedText text = read_saved_text(path);
  const std::string& model = model_.info().name;
  check_session_model(name, text, model_options_, model);
  std::string refusal;
  const SavedSettings taken = take_settings(text.settings, [&](Session& session) {
    restored = session.restore(path);
    refusal = refusal_text(name, restored, model_options_, model);
  });
  std::vector<Message> saved = restored.text.messages;
  const bool unanswered = !saved.empty() && saved.back().role == "user";
  std::vector<Message> kept = saved;
  if (unanswered) kept.pop_back();
  take_conversation(std::move(kept));
  thought() = restored.text.thinking;
  if (session_.can_resume()) {
    open_answer_ = unanswered || saved.empty() ? "" : saved.back().content;
    if (!unanswered && !saved.empty()) saved.pop_back();
    if (!saved.empty() && saved.back().role == "user") open_turn_ = std::move(saved);
  }
  if (is_present(name)) lock = std::move(file()->lock);
  file() = {.name = name, .path = path, .words = words(), .lock = std::move(lock)};
  say(fmt::format("session {}: {}, {} positions in the cache", name,
                  count_text(restored.text.messages.size(), "message"), session_.cached_tokens()));
  if (!taken.empty()) say("settings of the session: " + settings_text(taken));
  if (!refusal.empty()) say(refusal);
  show_last_exchange(restored.text.messages);
  if (open_turn_) say("the last turn was interrupted; /continue goes on with it");
}

// For a person, who may not remember it. An answer that goes on is shown when it does.
void Chat::show_last_exchange(const std::vector<Message>& messages) const {
  if (options().quiet || !standard_error().terminal() || !standard_output().terminal()) return;
  const auto question = std::ranges::find(messages.rbegin(), messages.rend(), "user", &Message::role);
  if (question == messages.rend()) return;
  dim_line("> " + first_line(question->content));
  if (open_turn_ || messages.back().role != "assistant") return;
  AnswerView answer(!options().no_render);
  answer.add(messages.back().content);
  answer.end();
}

// Another context is another session. An error leaves all as it was. Returns what was taken.
SavedSettings Chat::take_settings(const SavedSettings& saved, const std::function<void(Session&)>& restore) {
  std::vector<std::string> problems;
  SavedSettings taken;
  GenerationOptions next = settings_.with(saved, problems, taken);
  if (next.context == options().context) {
    restore(session_);
  } else {
    Session other = make_session(next);
    restore(other);
    session_ = std::move(other);
  }
  settings_.now() = std::move(next);
  for (const std::string& problem : problems) say(problem);
  return taken;
}

void Chat::take_conversation(std::vector<Message> taken) {
  messages() = std::move(taken);
  open_turn_.reset();
  unanswered_.reset();
  forgotten_.reset();
  thought().clear();
  adopt_system();
}

void Chat::go_on() {
  if (!open_turn_ || !session_.can_resume()) throw UsageError("/continue: no turn was interrupted");
  messages() = *open_turn_;
  unanswered_ = messages().back().content;
  const Begun begun{thought(), open_answer_};
  answer(
      options(),
      [this](const EventCallback& on_event) {
        return session_.resume(generate_options(options(), model_), on_event);
      },
      begun);
}

// What a session's file is to hold. Without its answer, an open turn has its question in open_turn_ alone.
SavedText Chat::words() const {
  const std::vector<Message>& present = branches_.messages();
  const bool unanswered = open_turn_ && present.size() < open_turn_->size();
  return {.model = model_.info().name,
          .messages = unanswered ? *open_turn_ : present,
          .settings = saved_settings(options()),
          .thinking = branches_.thought()};
}

void Chat::write_to(SessionFile& file, bool with_cache) {
  SavedText text = words();
  session_.save(file.path, text, with_cache);
  file.words = std::move(text);
  file.outlives_reset = false;
  file.cache_is_there = with_cache;
}

// Whatever changed the conversation or the settings: a turn, /undo, /reset, /set ...
bool Chat::unsaved() const {
  const std::optional<SessionFile>& file = branches_.file();
  if (!file || file->outlives_reset) return false;
  const SavedText now = words();
  return !file->cache_is_there || now.messages != file->words.messages ||
         now.settings != file->words.settings;
}

void Chat::save_changes() {
  if (unsaved()) write_to(*file(), true);
}

// The words are safe at once. The cache follows while the person types, or at the end.
void Chat::turn_ended() {
  if (!file()) return;
  const SavedText now = words();
  const bool said = std::ranges::find(now.messages, "user", &Message::role) != now.messages.end();
  if (said || !file()->outlives_reset) write_to(*file(), false);  // a turn that is not kept replaces nothing
}

void Chat::begin_idle() {
  idle_.begin([this](const IdleWork::Stop& stop) {
    prepare(stop);
    if (!stop()) save_changes();
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
  save_changes();
}

}  // namespace reckon::cli
