#include "chat.hpp"

#include <fmt/format.h>

#include "conversation.hpp"
#include "loading.hpp"
#include "signals.hpp"
#include "transcript.hpp"

namespace reckon::cli {

Chat::Chat(const ChatOptions& chat)
    : settings_(chat.generation),
      model_(load_model(chat.model, options().quiet)),
      session_(model_, {.context = options().context, .cache_type = cache_type(chat.model)}) {
  generate_options(options(), model_);  // refuses what the model can't do before the first line is typed
  reset();
}

void Chat::turn(const std::string& text) {
  messages_.push_back({"user", text});
  try {
    Transcript transcript(transcript_options(options()), session_);
    const signals::CancelOnSignal cancel(session_);
    last_ = session_.generate(messages_, generate_options(options(), model_),
                              [&](const Event& event) { return transcript.show(event); });
  } catch (...) {
    messages_.pop_back();
    throw;
  }
  keep(*last_);
}

void Chat::keep(const Generation& generation) {
  if (!options().quiet) dim_parts(statistics(generation));
  const bool answered = !generation.answer.empty();
  if (answered) {
    messages_.push_back({"assistant", generation.answer});
  } else {
    messages_.pop_back();
  }
  const std::string ending = ending_text(generation);
  if (!ending.empty()) note(ending + (answered ? "" : "; the turn is not kept"));
}

void Chat::reset() {
  messages_.clear();
  if (options().system) messages_.push_back({"system", *options().system});
  session_.reset();
}

void Chat::set_system(const std::string& text) {
  settings_.now().system = text.empty() ? std::nullopt : std::optional(text);
  reset();
}

void Chat::show_statistics() const {
  if (last_) dim_parts(statistics(*last_));
  dim_parts({fmt::format("conversation: {} messages, {} of {} positions in the cache", messages_.size(),
                         session_.cached_tokens(), session_.context())});
}

void Chat::save(const std::string& file) const {
  save_conversation(file, model_.info().name, messages_);
  if (!options().quiet) note(fmt::format("saved {} messages to {}", messages_.size(), file));
}

void Chat::load(const std::string& file) {
  messages_ = load_conversation(file);
  const bool has_system = !messages_.empty() && messages_.front().role == "system";
  settings_.now().system = has_system ? std::optional(messages_.front().content) : std::nullopt;
  if (!options().quiet) note(fmt::format("loaded {} messages from {}", messages_.size(), file));
}

}  // namespace reckon::cli
