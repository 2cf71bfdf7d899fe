// A session to a file and back.
#pragma once

#include <string>

#include <reckon/saved_session.hpp>

#include "run/session_state.hpp"
#include "store/records.hpp"

namespace reckon::run {

// What the bytes of this session's cache depend on.
store::CacheKind cache_kind(const SessionState& session);

// As Session::save and Session::restore say.
void save(const SessionState& session, const std::string& path, SavedText text, bool with_cache);
RestoredSession restore(SessionState& session, const std::string& path);

}  // namespace reckon::run
