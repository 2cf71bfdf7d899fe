// A session is of the model that it was begun with.
#pragma once

#include <string>

#include <reckon/saved_session.hpp>

#include "settings.hpp"

namespace reckon::cli {

// Before a session goes on with the model called `model`: where the person has named none, another one than
// the session's would take its place unasked. Throws UsageError naming both.
void check_session_model(const std::string& session, const SavedText& saved, const ModelOptions& options,
                         const std::string& model);

// What to say about a state that was not restored; empty if it was. Throws UsageError where it is of another
// model, the person has named none and the session does not tell its model's name.
std::string refusal_text(const std::string& session, const RestoredSession& restored,
                         const ModelOptions& options, const std::string& model);

}  // namespace reckon::cli
