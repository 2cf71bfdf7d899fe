#include "capi/handles.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

struct reckon_chat_template {
  ChatTemplate chat_template;
};

reckon_status reckon_model_render_chat(const reckon_model* model, const reckon_message* list,
                                       size_t message_count, char** out, size_t* length,
                                       reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(length, "length");
    give_text(require(model, "model").model.render_chat(messages(list, message_count)), out, length);
  });
}

reckon_status reckon_chat_template_load(const char* path, reckon_chat_template** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    *out = new reckon_chat_template{path == nullptr ? ChatTemplate::embedded() : ChatTemplate::load(path)};
  });
}

void reckon_chat_template_free(reckon_chat_template* chat_template) { delete chat_template; }

reckon_status reckon_chat_template_render(const reckon_chat_template* chat_template,
                                          const reckon_message* list, size_t message_count, char** out,
                                          size_t* length, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(length, "length");
    const ChatTemplate& t = require(chat_template, "chat_template").chat_template;
    give_text(t.render(messages(list, message_count)), out, length);
  });
}

const char* reckon_chat_template_source(const reckon_chat_template* chat_template) {
  return chat_template == nullptr ? "" : chat_template->chat_template.source().c_str();
}
