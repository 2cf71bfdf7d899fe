#include "session_model.hpp"

#include <fmt/format.h>

#include "output.hpp"

namespace reckon::cli {
namespace {

constexpr const char* kNameTheModel = "give -m FILE to say which one goes on with it";

}  // namespace

void check_session_model(const std::string& session, const SavedText& saved, const ModelOptions& options,
                         const std::string& model) {
  if (options.file || saved.model.empty() || saved.model == model) return;
  throw UsageError(fmt::format("session '{}' is of the model {}, and without -m {} would answer; {}", session,
                               one_line(saved.model), one_line(model), kNameTheModel));
}

std::string refusal_text(const std::string& session, const RestoredSession& restored,
                         const ModelOptions& options, const std::string& model) {
  const std::string& saved = restored.text.model;
  const bool named_otherwise = !saved.empty() && saved != model;
  const bool of_another = restored.refusal.ends_with("of another model");
  if (restored.refusal.empty() && !named_otherwise) return "";
  if (of_another && saved.empty() && !options.file) {
    throw UsageError(fmt::format("{}; {}", restored.refusal, kNameTheModel));
  }
  // Without its cache a session has no state that could be refused.
  const bool tell_both = named_otherwise && (of_another || restored.refusal.empty());
  const std::string what = tell_both ? fmt::format("session '{}' is of the model {}, and {} goes on with it",
                                                   session, saved, model)
                                     : restored.refusal;
  return what + "; the conversation is computed again from its text";
}

}  // namespace reckon::cli
