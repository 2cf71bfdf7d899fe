// A random model that is quick to load and to run, with a chat template, made once.
#pragma once

#include <string>
#include <vector>

#include <reckon/generation.hpp>

#include "model/random_model.hpp"

namespace reckon::test {

inline ModelContent small_content() {
  RandomModel m;
  m.layers = 1;
  ModelContent content = make_content(m);
  content.set(
      "tokenizer.chat_template",
      std::string("{{ bos_token }}{% set seen = namespace(n=0) %}{% for m in messages %}"
                  "{% macro line(x) %}{{ x['role'] + ': ' + x.content|trim }}\n{% endmacro %}"
                  "{% set seen.n = seen.n + 1 %}{{ line(m) }}{% endfor %}"
                  "{% if add_generation_prompt and seen.n == messages|length %}<think>\n{% endif %}"));
  return content;
}

inline const std::vector<std::byte>& small_file() {
  static const std::vector<std::byte> bytes = small_content().to_gguf();
  return bytes;
}

inline const Model& small_model() {
  static const Model model = Model::from_memory(small_file(), "(small)", load_options(2));
  return model;
}

inline const std::vector<Message> kAsked = {{"user", "the thin hen in the inn"}};

inline std::string text_of(const Generation& g) { return g.thinking + "|" + g.answer; }

}  // namespace reckon::test
