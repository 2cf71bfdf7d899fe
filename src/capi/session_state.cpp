// What a session holds, and what it knows of the next prompt.
#include "capi/handles.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

reckon_status reckon_session_prepare(reckon_session* session, const reckon_message* list,
                                     size_t message_count, reckon_stop_function stop, void* data,
                                     int32_t* done, reckon_error** error) {
  return guard(error, [&] {
    require(done, "done");
    *done = require_idle(session).session.prepare(messages(list, message_count), stop_function(stop, data));
  });
}

reckon_status reckon_session_reset(reckon_session* session, reckon_error** error) {
  return guard(error, [&] { require_idle(session).session.reset(); });
}

uint64_t reckon_session_cached_tokens(const reckon_session* session) {
  return session == nullptr ? 0 : session->session.cached_tokens();
}

uint64_t reckon_session_context(const reckon_session* session) {
  return session == nullptr ? 0 : session->session.context();
}

const int32_t* reckon_session_tokens(const reckon_session* session, size_t* count) {
  const std::span<const TokenId> tokens =
      session == nullptr ? std::span<const TokenId>() : session->session.tokens();
  if (count != nullptr) *count = tokens.size();
  return tokens.data();
}

reckon_status reckon_session_rewind(reckon_session* session, uint64_t positions, reckon_error** error) {
  return guard(error, [&] { require_idle(session).session.rewind(positions); });
}

reckon_status reckon_session_fork(const reckon_session* session, reckon_session** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_session(require_idle(session).session.fork());
  });
}
