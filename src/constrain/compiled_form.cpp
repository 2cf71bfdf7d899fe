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
  std::erase_if(entries_, [](const Entry& e) { return e.compiled.expired(); });
  entries_.push_front({form, compiled});
  keep(compiled);
  return compiled;
}

std::shared_ptr<const CompiledForm> FormCache::find(const AnswerForm& form) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return e.form.kind == form.kind && e.form.text == form.text;
  });
  auto compiled = found == entries_.end() ? nullptr : found->compiled.lock();
  if (compiled) keep(compiled);
  return compiled;
}

void FormCache::keep(const std::shared_ptr<const CompiledForm>& compiled) {
  std::erase(kept_, compiled);
  kept_.push_front(compiled);
  if (kept_.size() > kKept) kept_.pop_back();
}

}  // namespace reckon::constrain
