#include "answer_view.hpp"

#include <algorithm>

#include "output.hpp"
#include "thought_view.hpp"

namespace reckon::cli {
namespace {

// The last column stays free: some terminals wrap a line that fills it.
int text_columns() { return std::max(1, terminal_width() - 1); }

}  // namespace

AnswerView::AnswerView(bool render) {
  if (render && standard_output().terminal())
    markdown_.emplace(text_columns(), use_colour(standard_output()));
}

// The line breaks with which models set off an answer say nothing here.
void AnswerView::add(std::string_view text) {
  if (!begun_) text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
  if (text.empty()) return;
  begun_ = true;
  Output& out = standard_output();
  if (markdown_) {
    markdown_->set_columns(text_columns());  // the terminal may have changed
    out.write(markdown_->push(text));
  } else {
    out.write_foreign(text);
  }
}

void AnswerView::end() {
  if (!begun_) return;
  if (markdown_) {
    markdown_->set_columns(text_columns());
    standard_output().write(markdown_->finish());
  }
  if (!standard_output().at_line_start()) standard_output().write("\n");
  begun_ = false;
}

// A line below says so; the text goes on where it was.
void AnswerView::set_paused(bool paused) {
  if (!begun_ || !use_rewriting()) return;
  if (!paused) {
    line_.clear();
    return left_.go_back();
  }
  left_.leave(standard_output());
  if (standard_output().terminal() && !standard_output().at_line_start()) standard_error().write("\n");
  line_.show(kPausedText, true);
}

}  // namespace reckon::cli
