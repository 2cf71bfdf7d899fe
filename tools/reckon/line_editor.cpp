#include "line_editor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <histedit.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cwchar>
#include <deque>
#include <utility>

#include <reckon/error.hpp>

#include "external_editor.hpp"
#include "history_file.hpp"
#include "io_error.hpp"
#include "key_scanner.hpp"
#include "keyboard.hpp"
#include "output.hpp"
#include "paste_scanner.hpp"
#include "signals.hpp"
#include "terminal.hpp"
#include "terminal_modes.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kLongestLine = 16 << 20;
// Within a line of the history that is a message of several.
constexpr const char* kLineBreak = "⏎";
constexpr wchar_t kLineBreakCharacter = L'\u23ce';

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

std::string with_line_breaks(const std::string& line) { return replaced(line, kLineBreak, "\n"); }

// Lines of a script.
class PlainReader : public LineReader {
 public:
  Result read(const std::string&) override {
    for (;;) {
      const size_t end = pending_.find('\n', searched_);
      if (end != std::string::npos) return take(end, end + 1);
      searched_ = pending_.size();
      if (ended_) return pending_.empty() ? Result{} : take(pending_.size(), pending_.size());
      if (signals::wait_readable(STDIN_FILENO, -1) == signals::Wait::interrupted)
        return {Status::interrupted, ""};
      char block[4096];
      const ssize_t count = ::read(STDIN_FILENO, block, sizeof block);
      if (count > 0) pending_.append(block, static_cast<size_t>(count));
      if (count < 0 && errno != EINTR && errno != EAGAIN) throw_io_error("can't read standard input");
      ended_ = count == 0 || pending_.size() > kLongestLine;
    }
  }

 private:
  Result take(size_t length, size_t consumed) {
    Result result{Status::line, pending_.substr(0, length)};
    pending_.erase(0, consumed);
    searched_ = 0;
    if (result.line.ends_with('\r')) result.line.pop_back();
    return result;
  }

  std::string pending_;
  size_t searched_ = 0;  // no line break before here
  bool ended_ = false;
};

// libedit, fed by a reader of our own: its built-in one retries when a signal interrupts it.
class EditingReader : public LineReader {
 public:
  EditingReader(HistoryFile file, Completer completer)
      : file_(std::move(file)),
        completer_(std::move(completer)),
        editor_(el_init("reckon", stdin, stderr, stderr)),
        history_(history_init()) {
    HistEvent event;
    history(history_, &event, H_SETSIZE, static_cast<int>(HistoryFile::kMostLines));
    history(history_, &event, H_SETUNIQUE, 1);
    for (const std::string& line : file_.load()) history(history_, &event, H_ENTER, line.c_str());
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_PROMPT, &EditingReader::prompt_of);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_SIGNAL, 0);
    el_set(editor_, EL_HIST, history, history_);
    el_set(editor_, EL_GETCFN, &EditingReader::read_character);
    el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    // With wide strings: libedit keeps copies of the others that it never frees.
    el_wset(editor_, EL_ADDFN, L"open-editor", L"Open the line in an editor", &EditingReader::open_editor);
    el_set(editor_, EL_BIND, "^G", "open-editor", nullptr);
    el_set(editor_, EL_BIND, kRedisplay, "ed-redisplay", nullptr);
    el_wset(editor_, EL_ADDFN, L"complete", L"Complete the word", &EditingReader::complete_word);
    el_set(editor_, EL_BIND, "^I", "complete", nullptr);
    bind_keys();
    watch_terminal();
  }
  ~EditingReader() override {
    history_end(history_);
    el_end(editor_);
  }
  EditingReader(const EditingReader&) = delete;
  EditingReader& operator=(const EditingReader&) = delete;

  Result read(const std::string& prompt) override {
    prompt_ = prompt;
    edited_.reset();
    goes_on_ = break_typed_ = false;
    int length = 0;
    const char* text = el_gets(editor_, &length);
    if (signals::interrupted()) {
      el_reset(editor_);
      scanner_ = {};
      keys_ = {};
      units_.clear();
      return {Status::interrupted, ""};
    }
    if (edited_) return {Status::line, std::move(*edited_), true};
    if (text == nullptr || length <= 0) return {};
    std::string line(text, static_cast<size_t>(length));
    if (line.ends_with('\n')) line.pop_back();
    const bool several = !break_typed_ && line.find(kLineBreak) != std::string::npos;
    return {Status::line, several ? with_line_breaks(line) : line, several, goes_on_};
  }

  // Saved message by message: nothing is lost when the process ends. Several lines are one here; what has the
  // sign that stands for their ends could not be told from them.
  void remember(const std::string& message) override {
    if (message.find_first_not_of(" \t\n") == std::string::npos) return;
    if (message.find(kLineBreak) != std::string::npos) return;
    const std::string line = replaced(message, "\n", kLineBreak);
    HistEvent event;
    history(history_, &event, H_ENTER, line.c_str());
    file_.append(line);
  }

 private:
  static EditingReader& self(EditLine* editor) {
    void* data = nullptr;
    el_get(editor, EL_CLIENTDATA, &data);
    return *static_cast<EditingReader*>(data);
  }

  static char* prompt_of(EditLine* editor) { return self(editor).prompt_.data(); }

  // One character for libedit: 1, 0 at the end of input, -1 when interrupted.
  static int read_character(EditLine* editor, wchar_t* character) {
    std::mbstate_t state{};
    for (;;) {
      char byte = 0;
      const ssize_t count = self(editor).next_byte(byte);
      if (signals::interrupted()) return -1;
      if (count == 0) return 0;
      if (count < 0 && errno != EINTR && errno != EAGAIN) return -1;
      if (count < 0) continue;
      const size_t length = std::mbrtowc(character, &byte, 1, &state);
      if (length <= 1) {
        if (*character == kLineBreakCharacter) self(editor).break_typed_ = true;
        return 1;
      }
      if (length == static_cast<size_t>(-1)) state = {};  // not UTF-8: the byte is dropped
    }
  }

  // What libedit is to take for typed. As read() says.
  ssize_t next_byte(char& byte) {
    while (units_.empty()) {
      const ssize_t count = read_byte(byte);
      if (count <= 0) return count;
      for (const PasteScanner::Unit& unit : scanner_.feed(byte)) add_unit(unit);
    }
    byte = units_.front().byte;
    goes_on_ = units_.front().kind == PasteScanner::Kind::newline;
    units_.pop_front();
    return 1;
  }

  // A pasted tab would be a command.
  void add_unit(const PasteScanner::Unit& unit) {
    constexpr char kQuote = '\x16';  // Ctrl-V
    if (unit.kind == PasteScanner::Kind::key) {
      for (const char byte : keys_.feed(unit.byte)) units_.push_back({unit.kind, byte});
      return;
    }
    if (unit.kind == PasteScanner::Kind::pasted && unit.byte == '\t') units_.push_back({unit.kind, kQuote});
    units_.push_back(unit);
  }

  // What libedit binds by itself follows from TERM, which need not be what sends the keys.
  void bind_keys() {
    const std::pair<const char*, const char*> bindings[] = {
        {keys::kUp, "ed-prev-history"},         {keys::kDown, "ed-next-history"},
        {keys::kRight, "ed-next-char"},         {keys::kLeft, "ed-prev-char"},
        {keys::kHome, "ed-move-to-beg"},        {keys::kEnd, "ed-move-to-end"},
        {keys::kDelete, "ed-delete-next-char"}, {keys::kNextWord, "em-next-word"},
        {keys::kPreviousWord, "ed-prev-word"},  {keys::kDeleteWord, "em-delete-next-word"}};
    for (const auto& [key, action] : bindings) el_set(editor_, EL_BIND, key, action, nullptr);
  }

  // Nothing is thrown through libedit.
  Completion completion_of(const std::string& before) const {
    try {
      return completer_ ? completer_(before) : Completion{};
    } catch (...) {
      return {};
    }
  }

  // Tab: as far as the candidates agree; where they don't any further, they are listed.
  static unsigned char complete_word(EditLine* editor, int) {
    const LineInfo* line = el_line(editor);
    const std::string before(line->buffer, line->cursor);
    const Completion found = self(editor).completion_of(before);
    if (!found.insertion.empty()) {
      return el_insertstr(editor, found.insertion.c_str()) == 0 ? CC_REFRESH : CC_ERROR;
    }
    if (found.candidates.size() < 2) return CC_ERROR;
    const std::string list = fmt::format("{}", fmt::join(found.candidates, "  "));
    standard_error().write("\n" + wrap_words(printable(list), 0, reading_columns(standard_error())) + "\n");
    return CC_REDISPLAY;
  }

  // What was typed while a generation ran comes first.
  ssize_t read_byte(char& byte) {
    if (!typed_ahead().empty()) {
      byte = typed_ahead().front();
      typed_ahead().pop_front();
      return 1;
    }
    if (wait_for_input() < 0) return -1;
    if (std::exchange(continued, 0) != 0) {
      take_terminal_again();
      errno = EINTR;
      return -1;
    }
    return ::read(STDIN_FILENO, &byte, 1);
  }

  // Until there is input, or the process went on after a stop; -1 for an interruption.
  int wait_for_input() {
    while (continued == 0) {
      if (signals::interrupted()) return -1;
      if (std::exchange(window_changed, 0) != 0) el_resize(editor_);
      pollfd waited[3] = {
          {STDIN_FILENO, POLLIN, 0}, {signals::wake_descriptor(), POLLIN, 0}, {event_pipe[0], POLLIN, 0}};
      const int count = ::poll(waited, 3, -1);
      if (count < 0 && errno != EINTR) return 0;  // the read that follows reports the error
      if (count > 0 && waited[0].revents != 0 && !signals::interrupted()) return 0;
      char bytes[16];
      while (::read(event_pipe[0], bytes, sizeof bytes) > 0) {
      }
    }
    return 0;
  }

  // After Ctrl-Z and fg the terminal is as the shell left it.
  void take_terminal_again() {
    el_set(editor_, EL_PREP_TERM, 0);
    el_set(editor_, EL_PREP_TERM, 1);
    for (const char* c = kRedisplay; *c != '\0'; ++c) units_.push_back({PasteScanner::Kind::key, *c});
  }

  // The handlers' pipe wakes poll() also where a signal comes just before it.
  static void on_event(int signal) {
    const int saved_errno = errno;
    (signal == SIGWINCH ? window_changed : continued) = 1;
    [[maybe_unused]] const ssize_t written = ::write(event_pipe[1], "!", 1);
    errno = saved_errno;
  }

  static void watch_terminal() {
    if (::pipe2(event_pipe, O_CLOEXEC | O_NONBLOCK) != 0) event_pipe[0] = event_pipe[1] = -1;
    struct sigaction action {};
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = on_event;
    ::sigaction(SIGWINCH, &action, nullptr);
    ::sigaction(SIGCONT, &action, nullptr);
  }

  // The line as it stands, in the person's editor. One line comes back to be edited further; several can't be
  // shown here and are taken as the message.
  static unsigned char open_editor(EditLine* editor, int) {
    const LineInfo* line = el_line(editor);
    const std::string before = with_line_breaks(std::string(line->buffer, line->lastchar));
    el_set(editor, EL_PREP_TERM, 0);
    self(editor).marks_.reset();
    standard_error().write("\n");
    std::string edited = before, problem;
    try {
      edited = edit_text(before);
    } catch (const Error& error) {
      problem = error.what();
    }
    self(editor).marks_.emplace();
    el_set(editor, EL_PREP_TERM, 1);
    if (!problem.empty()) {
      note(problem + "; the line is as it was");
      return CC_REDISPLAY;
    }
    if (edited.find('\n') != std::string::npos) {
      standard_error().write(printable(edited) + "\n");
      self(editor).edited_ = edited;
      return CC_EOF;
    }
    replace_line(editor, edited);
    return CC_REDISPLAY;
  }

  static void replace_line(EditLine* editor, const std::string& text) {
    const LineInfo* line = el_line(editor);
    el_cursor(editor, static_cast<int>(line->lastchar - line->cursor));
    line = el_line(editor);
    el_deletestr(editor, static_cast<int>(line->lastchar - line->buffer));
    if (!text.empty()) el_insertstr(editor, text.c_str());
  }

  static constexpr const char* kRedisplay = "\x18\x12";  // Ctrl-X Ctrl-R

  static inline volatile std::sig_atomic_t window_changed = 0;
  static inline volatile std::sig_atomic_t continued = 0;  // after a stop
  static inline int event_pipe[2] = {-1, -1};

  HistoryFile file_;
  Completer completer_;
  EditLine* editor_;
  History* history_;
  std::string prompt_;
  std::optional<std::string> edited_;  // several lines from the person's editor
  std::optional<terminal_modes::PasteMarks> marks_{std::in_place};
  PasteScanner scanner_;
  KeyScanner keys_;
  std::deque<PasteScanner::Unit> units_;  // read and not taken yet
  bool break_typed_ = false;              // kLineBreak came from the keys: it is itself
  bool goes_on_ = false;                  // what libedit took last is a pasted line break
};

}  // namespace

Completion complete(const std::string& word, const std::vector<std::string>& candidates) {
  Completion completion;
  for (const std::string& candidate : candidates) {
    if (candidate.starts_with(word)) completion.candidates.push_back(candidate);
  }
  if (completion.candidates.empty()) return completion;
  std::string common = completion.candidates.front();
  for (const std::string& candidate : completion.candidates) {
    const auto [mine, other] = std::ranges::mismatch(common, candidate);
    common.erase(mine, common.end());
  }
  completion.insertion = common.substr(word.size());
  if (completion.candidates.size() == 1) completion.insertion += ' ';
  return completion;
}

std::unique_ptr<LineReader> LineReader::open(bool keep_history, Completer completer) {
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDERR_FILENO) != 1) return std::make_unique<PlainReader>();
  return std::make_unique<EditingReader>(HistoryFile(keep_history ? default_history_path() : ""),
                                         std::move(completer));
}

}  // namespace reckon::cli
