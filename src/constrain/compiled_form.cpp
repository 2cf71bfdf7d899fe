#include "constrain/compiled_form.hpp"

#include <algorithm>

#include "constrain/forms.hpp"

namespace reckon::constrain {

CompiledForm::CompiledForm(Grammar g, std::string n, const TokenTable& table)
    : grammar(std::move(g)), name(std::move(n)) {
  for (const CharSet& set : grammar.char_sets()) runs.emplace_back(table, set);
}

// Whoever else asks for the form meanwhile waits for it.
std::shared_ptr<const CompiledForm> FormCache::get(const AnswerForm& form) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return e.form.kind == form.kind && e.form.text == form.text;
  });
  if (found != entries_.end()) {
    std::rotate(entries_.begin(), found, found + 1);
    return entries_.front().compiled;
  }
  entries_.push_front(
      {form, std::make_shared<CompiledForm>(compile_form(form), form_name(form.kind), table_)});
  if (entries_.size() > kKept) entries_.pop_back();
  return entries_.front().compiled;
}

}  // namespace reckon::constrain
