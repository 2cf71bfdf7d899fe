#include <reckon/saved_session.hpp>

#include <cstdlib>
#include <memory>

#include "capi/handles.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

template <>
reckon_saved_text capi::defaults() noexcept {
  return {};
}

void reckon_saved_text_init(reckon_saved_text* text, size_t size) { init(text, size); }

namespace {

// What a reckon_saved_text points into comes with it.
struct OwnedText : reckon_saved_text {
  SavedText saved;
  std::vector<reckon_message> c_messages;
  std::vector<reckon_setting> c_settings;
};

SavedText own_text(const reckon_saved_text* text) {
  const reckon_saved_text t = read(text, "text");
  SavedText own;
  if (t.model != nullptr) own.model = t.model;
  if (t.thinking != nullptr) own.thinking = t.thinking;
  own.messages = messages(t.messages, t.message_count);
  for (const reckon_setting& s : require_array(t.settings, t.setting_count, "text.settings")) {
    own.settings.emplace_back(&require(s.name, "text.settings[].name"),
                              &require(s.value, "text.settings[].value"));
  }
  return own;
}

reckon_saved_text* new_text(SavedText saved) {
  auto t = std::make_unique<OwnedText>();
  t->saved = std::move(saved);
  for (const Message& m : t->saved.messages) t->c_messages.push_back({m.role.c_str(), m.content.c_str()});
  for (const auto& [name, value] : t->saved.settings) t->c_settings.push_back({name.c_str(), value.c_str()});
  t->size = sizeof(reckon_saved_text);
  t->model = t->saved.model.c_str();
  t->messages = t->c_messages.data();
  t->message_count = t->c_messages.size();
  t->settings = t->c_settings.data();
  t->setting_count = t->c_settings.size();
  t->saved_at = t->saved.saved_at;
  t->tokens = t->saved.tokens;
  t->unfinished = t->saved.unfinished;
  t->reserved = 0;
  t->thinking = t->saved.thinking.c_str();
  return t.release();
}

}  // namespace

void reckon_saved_text_free(reckon_saved_text* text) { delete static_cast<OwnedText*>(text); }

reckon_status reckon_saved_text_read(const char* path, reckon_saved_text** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new_text(read_saved_text(&require(path, "path")));
  });
}

reckon_status reckon_session_save(const reckon_session* session, const char* path,
                                  const reckon_saved_text* text, int32_t with_cache, reckon_error** error) {
  return guard(error, [&] {
    require_idle(session).session.save(&require(path, "path"), own_text(text), with_cache != 0);
  });
}

reckon_status reckon_session_restore(reckon_session* session, const char* path, reckon_saved_text** text,
                                     char** refusal, reckon_error** error) {
  return guard(error, [&] {
    require(text, "text");
    require(refusal, "refusal");
    RestoredSession restored = require_idle(session).session.restore(&require(path, "path"));
    std::unique_ptr<char, decltype(&std::free)> why(nullptr, std::free);
    if (!restored.refusal.empty()) why.reset(copy_text(restored.refusal));
    *text = new_text(std::move(restored.text));
    *refusal = why.release();
  });
}
