#include "chat.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "conversation.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "transcript.hpp"

namespace reckon::cli {

Chat::Chat(const ChatOptions& chat)
    : opening_lock_(lock_for_opening(chat)),
      model_options_(chat.model),
      settings_(chat.generation),
      model_(load_model(chat.model, options().quiet)),
      session_(make_session(opening_settings(chat.session))) {
  generate_options(options(), model_);  // refuses what the model can't do before the first line is typed
  begin_again();
  if (chat.session) open_session(*chat.session, std::move(opening_lock_));
}

void Chat::turn(const std::string& text) {
  if (open_question() && !unanswered_)
    say("the interrupted turn is dropped");  // of a session that was loaded
  ask(text, options());
}

void Chat::ask(const std::string& text, const GenerationOptions& generation) {
  forgotten_.reset();
  unanswered_ = text;
  messages().push_back({"user", text});
  answer(generation, [&](const EventCallback& on_event) {
    return session_.generate(messages(), generate_options(generation, model_), on_event);
  });
}

void Chat::answer(const GenerationOptions& generation,
                  const std::function<Generation(const EventCallback&)>& generate, const Begun& begun) {
  try {
    Transcript transcript(transcript_options(generation), session_);
    transcript.go_on_from(begun);
    const signals::CancelOnSignal cancel(session_);
    last_ = generate([&](const Event& event) { return transcript.show(event); });
    transcript.leave_out_pauses(*last_);
  } catch (...) {
    messages().pop_back();
    throw;
  }
  thought() = last_->thinking;
  open_turn_ = session_.can_resume() ? std::optional(messages()) : std::nullopt;
  open_answer_ = last_->answer;
  keep(*last_);
  turn_ended();
}

void Chat::keep(const Generation& generation) {
  if (!options().quiet) dim_parts(statistics(generation));
  const bool answered = !generation.answer.empty();
  if (answered) {
    messages().push_back({"assistant", generation.answer});
    unanswered_.reset();
  } else {
    messages().pop_back();
  }
  for (const std::string& text : generation.notes) say(text);
  const std::string ending = ending_text(generation, options().generate.max_tokens);
  if (!ending.empty()) say(ending + what_becomes_of_it(answered));
}

const char* Chat::what_becomes_of_it(bool answered) const {
  if (!open_turn_) return answered ? "" : "; the turn is not kept";
  return answered ? "; /continue goes on" : "; /continue goes on, the next message drops the turn";
}

void Chat::retry() {
  GenerationOptions again = options();
  if (again.seed && last_) again.seed = last_->seed + 1;
  if (unanswered_) return ask(std::string(*unanswered_), again);
  if (!ends_with_exchange(messages())) throw UsageError("/retry: nothing was asked yet");
  const std::vector<Message> before = messages();
  messages().resize(before.size() - 2);
  try {
    ask(before[before.size() - 2].content, again);
  } catch (...) {
    messages() = before;
    throw;
  }
  if (unanswered_) messages() = before;
  unanswered_.reset();
}

void Chat::undo() {
  if (forgotten_) return bring_back();
  const std::string* open = unanswered_ ? &*unanswered_ : open_question();
  if (open == nullptr && !ends_with_exchange(messages())) {
    throw UsageError("/undo: there is no exchange to drop");
  }
  const std::string question = open != nullptr ? *open : messages()[messages().size() - 2].content;
  if (open == nullptr) messages().resize(messages().size() - 2);
  unanswered_.reset();
  thought().clear();
  drop_open_turn();
  say("dropped: " + first_line(question));
}

void Chat::show_thought() const {
  if (branches_.thought().empty()) throw UsageError("/think: there was no thought");
  std::string thought = printable(branches_.thought());
  thought.erase(thought.find_last_not_of("\r\n") + 1);
  dim_line(thought.substr(std::min(thought.find_first_not_of("\r\n"), thought.size())));
}

void Chat::branch(const std::string& name) {
  if (name.empty()) {
    standard_error().write(branches_.list());
    return;
  }
  if (open_turn_)
    throw UsageError("/branch: the last turn was interrupted; /continue ends it, /undo drops it");
  std::optional<SessionFile> copy = branches_.has(name) ? std::nullopt : file_of_branch(name);
  save_changes();
  const std::string from = branches_.name();
  const bool made = branches_.go_to(name);
  unanswered_.reset();
  forgotten_.reset();
  drop_open_turn();
  adopt_system();
  if (!made) return say(fmt::format("on branch {}: {}", name, count_text(messages().size(), "message")));
  if (copy) copy->words = words();
  file() = std::move(copy);
  const std::string session =
      file() ? fmt::format(", and session {} from its next turn on", file()->name) : "";
  say(fmt::format("on branch {}, a copy of {}{}", name, from, session));
}

void Chat::reset() {
  const auto n_said = std::ranges::count_if(messages(), [](const Message& m) { return m.role != "system"; });
  const std::string* open = unanswered_ ? &*unanswered_ : open_question();
  if (n_said > 0 || open != nullptr) {
    forgotten_ = {messages(), thought(), open != nullptr ? std::optional(*open) : std::nullopt};
    if (file()) file()->outlives_reset = true;
    const std::string what =
        n_said == 0 ? "the turn without an answer; /undo brings it back"
                    : count_text(static_cast<uint64_t>(n_said), "message") + "; /undo brings them back";
    say("forgotten: " + what +
        (file() ? fmt::format("; session {} is as it was until the next turn", file()->name) : ""));
  }
  begin_again();
}

void Chat::begin_again() {
  messages().clear();
  if (options().system) messages().push_back({"system", *options().system});
  unanswered_.reset();
  thought().clear();
  open_turn_.reset();
  session_.reset();
}

void Chat::bring_back() {
  messages() = std::move(forgotten_->messages);
  thought() = std::move(forgotten_->thought);
  unanswered_ = std::move(forgotten_->unanswered);
  forgotten_.reset();
  if (file()) file()->outlives_reset = false;
  adopt_system();
  say("back: " + count_text(messages().size(), "message"));
}

void Chat::set_system(const std::optional<std::string>& text) {
  settings_.now().system = text;
  reset();
}

void Chat::system(const std::string& text) {
  if (!text.empty()) return set_system(text == "none" ? std::nullopt : std::optional(text));
  if (!options().system) return note("there is no system message; /system TEXT sets one");
  standard_error().write(printable(*options().system) + "\n");
}

void Chat::show_statistics() const {
  if (last_) dim_parts(statistics(*last_));
  dim_parts({fmt::format("conversation: {}, {} of {} positions in the cache",
                         count_text(branches_.messages().size(), "message"), session_.cached_tokens(),
                         session_.context())});
}

// Of an interrupted turn without an answer: the conversation does not have it.
const std::string* Chat::open_question() const {
  const bool apart = open_turn_ && open_turn_->size() > branches_.messages().size();
  return apart ? &open_turn_->back().content : nullptr;
}

// The session's, too: it would be saved as that of another conversation.
void Chat::drop_open_turn() {
  open_turn_.reset();
  if (session_.can_resume()) session_.rewind(session_.cached_tokens());
}

void Chat::adopt_system() {
  const bool has_system = !messages().empty() && messages().front().role == "system";
  settings_.now().system = has_system ? std::optional(messages().front().content) : std::nullopt;
}

}  // namespace reckon::cli
