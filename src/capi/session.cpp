#include "capi/handles.hpp"
#include "capi/options.hpp"
#include "capi/prompt.hpp"
#include "capi/result.hpp"

using namespace reckon;
using namespace reckon::capi;

namespace {

EventCallback callback(reckon_event_function function, void* data) {
  if (function == nullptr) return {};
  return [function, data, text = std::string()](const Event& event) mutable {
    text = event.text;
    const reckon_event e = event_of(event, text);
    return function(data, &e) == 0;
  };
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

}  // namespace

const reckon_session& capi::require_idle(const reckon_session* session) {
  const reckon_session& s = require(session, "session");
  if (s.pull) fail_argument("a generation was started; it takes reckon_session_finish() first");
  return s;
}

reckon_session& capi::require_idle(reckon_session* session) {
  require_idle(const_cast<const reckon_session*>(session));
  return *session;
}

reckon_status reckon_session_new(const reckon_model* model, const reckon_session_options* options,
                                 reckon_session** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_session(Session(require(model, "model").model, session_options(options)));
  });
}

void reckon_session_free(reckon_session* session) { delete session; }

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

int32_t reckon_session_can_resume(const reckon_session* session) {
  return session != nullptr && session->session.can_resume();
}

reckon_status reckon_session_resume(reckon_session* session, const reckon_generate_options* options,
                                    reckon_event_function on_event, void* data, reckon_result** out,
                                    reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    Session& idle = require_idle(session).session;
    *out = new_result(idle.resume(generate_options(options), callback(on_event, data)));
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
