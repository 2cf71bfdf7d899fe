// Forms made ready for a vocabulary.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <reckon/answer_form.hpp>

#include "constrain/grammar.hpp"
#include "constrain/token_run.hpp"
#include "constrain/token_table.hpp"

namespace reckon::constrain {

struct CompiledForm {
  // `name` is that of the form in messages.
  CompiledForm(Grammar grammar, std::string name, const TokenTable& table);

  Grammar grammar;
  std::string name;
  std::vector<TokenRun> runs;  // by the grammar's character sets
};

// The forms in use and those used last, so that many answers of one form compile it once. Any number of
// threads may use one.
class FormCache {
 public:
  static constexpr size_t kKept = 4;

  // The table outlives the cache.
  explicit FormCache(const TokenTable& table) : table_(table) {}

  // Throws Error(invalid_argument) for a form that is refused; its kind is not none.
  std::shared_ptr<const CompiledForm> get(const AnswerForm& form);

 private:
  struct Entry {
    AnswerForm form;
    std::shared_ptr<const CompiledForm> compiled;
  };

  std::shared_ptr<const CompiledForm> find(const AnswerForm& form);  // null where it is not known

  const TokenTable& table_;
  std::mutex mutex_;
  std::deque<Entry> entries_;  // the one used last is first
};

}  // namespace reckon::constrain
