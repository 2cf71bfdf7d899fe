#include <memory>
#include <optional>
#include <variant>

#include "capi/handles.hpp"
#include "capi/options.hpp"
#include "capi/pull.hpp"
#include "capi/result.hpp"

using namespace reckon;
using namespace reckon::capi;

struct reckon_session {
  explicit reckon_session(Session s) : session(std::move(s)) {}

  Session session;
  std::optional<Pull> pull;  // ends before the session does
};

namespace {

EventCallback callback(reckon_event_function function, void* data) {
  if (function == nullptr) return {};
  return [function, data, text = std::string()](const Event& event) mutable {
    text = event.text;
    const reckon_event e = event_of(event, text);
    return function(data, &e) == 0;
  };
}

// A prompt as C++ has it.
using OwnPrompt = std::variant<std::vector<Message>, std::string, std::vector<TokenId>>;

OwnPrompt own_prompt(const reckon_prompt* prompt) {
  const reckon_prompt p = read(&require(prompt, "prompt"), "prompt");
  if ((p.messages != nullptr) + (p.text != nullptr) + (p.tokens != nullptr) != 1) {
    fail_argument("prompt: expected exactly one of messages, text and tokens");
  }
  if (p.messages != nullptr) return messages(p.messages, p.message_count);
  if (p.text != nullptr)
    return std::string(require_array(p.text, p.text_length, "prompt.text").data(), p.text_length);
  const auto tokens = require_array(p.tokens, p.token_count, "prompt.tokens");
  return std::vector<TokenId>(tokens.begin(), tokens.end());
}

Generation generate(Session& session, const OwnPrompt& prompt, const GenerateOptions& options,
                    const EventCallback& on_event) {
  if (const auto* list = std::get_if<std::vector<Message>>(&prompt)) {
    return session.generate(*list, options, on_event);
  }
  if (const auto* text = std::get_if<std::string>(&prompt)) return session.complete(*text, options, on_event);
  return session.complete_tokens(std::get<std::vector<TokenId>>(prompt), options, on_event);
}

Stream stream(Session& session, const OwnPrompt& prompt, const GenerateOptions& options) {
  if (const auto* list = std::get_if<std::vector<Message>>(&prompt)) return session.stream(*list, options);
  if (const auto* text = std::get_if<std::string>(&prompt)) return session.stream_text(*text, options);
  return session.stream_tokens(std::get<std::vector<TokenId>>(prompt), options);
}

reckon_session& require_idle(reckon_session* session) {
  reckon_session& s = require(session, "session");
  if (s.pull) fail_argument("a generation was started; it takes reckon_session_finish() first");
  return s;
}

}  // namespace

reckon_status reckon_session_new(const reckon_model* model, const reckon_session_options* options,
                                 reckon_session** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_session(Session(require(model, "model").model, session_options(options)));
  });
}

void reckon_session_free(reckon_session* session) { delete session; }

reckon_status reckon_session_reset(reckon_session* session, reckon_error** error) {
  return guard(error, [&] { require_idle(session).session.reset(); });
}

uint64_t reckon_session_cached_tokens(const reckon_session* session) {
  return session == nullptr ? 0 : session->session.cached_tokens();
}

reckon_status reckon_session_generate(reckon_session* session, const reckon_prompt* prompt,
                                      const reckon_generate_options* options, reckon_event_function on_event,
                                      void* data, reckon_result** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    Session& idle = require_idle(session).session;
    *out =
        new_result(generate(idle, own_prompt(prompt), generate_options(options), callback(on_event, data)));
  });
}

reckon_status reckon_session_start(reckon_session* session, const reckon_prompt* prompt,
                                   const reckon_generate_options* options, reckon_error** error) {
  return guard(error, [&] {
    reckon_session& s = require_idle(session);
    s.pull.emplace(stream(s.session, own_prompt(prompt), generate_options(options)));
  });
}

reckon_status reckon_session_next(reckon_session* session, const reckon_event** out, reckon_error** error) {
  return guard(error, [&] {
    reckon_session& s = require(session, "session");
    require(out, "out") = nullptr;
    if (s.pull) *out = s.pull->next();
  });
}

reckon_status reckon_session_finish(reckon_session* session, reckon_result** out, reckon_error** error) {
  return guard(error, [&] {
    reckon_session& s = require(session, "session");
    require(out, "out");
    if (!s.pull) fail_argument("no generation was started");
    struct Ended {
      reckon_session& session;
      ~Ended() { session.pull.reset(); }
    } const ended{s};
    *out = new_result(s.pull->finish());
  });
}

void reckon_session_cancel(reckon_session* session) {
  if (session != nullptr) session->session.cancel();
}

void reckon_session_end_thinking(reckon_session* session) {
  if (session != nullptr) session->session.end_thinking();
}

void reckon_session_add_budget(reckon_session* session, uint64_t tokens) {
  if (session != nullptr) session->session.add_budget(tokens);
}
