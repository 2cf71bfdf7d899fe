#include "constrain/compiled_form.hpp"

#include <algorithm>

#include "constrain/forms.hpp"

namespace reckon::constrain {

CompiledForm::CompiledForm(Grammar g, std::string n, const TokenTable& table)
    : grammar(std::move(g)), name(std::move(n)) {
  for (const CharSet& set : grammar.char_sets()) runs.emplace_back(table, set);
}

// Compiling may take a second: whoever asks for another form doesn't wait for it. Two that ask for the same
// one may both compile it.
std::shared_ptr<const CompiledForm> FormCache::get(const AnswerForm& form) {
  if (auto known = find(form)) return known;
  auto compiled = std::make_shared<const CompiledForm>(compile_form(form), form_name(form.kind), table_);
  const std::lock_guard lock(mutex_);
  entries_.push_front({form, compiled});
  if (entries_.size() > kKept) entries_.pop_back();
  return compiled;
}

std::shared_ptr<const CompiledForm> FormCache::find(const AnswerForm& form) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return e.form.kind == form.kind && e.form.text == form.text;
  });
  if (found == entries_.end()) return nullptr;
  std::rotate(entries_.begin(), found, found + 1);
  return entries_.front().compiled;
}

}  // namespace reckon::constrain
