// reckon chat: several turns.
#include <fmt/format.h>
#include <unistd.h>

#include "chat.hpp"
#include "chat_commands.hpp"
#include "message_reader.hpp"
#include "output.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

bool from_a_person() { return ::isatty(STDIN_FILENO) == 1; }

// Reads messages and hands them to the chat until either ends.
class Talk {
 public:
  Talk(Chat& chat, bool keep_history)
      : chat_(chat), reader_(LineReader::open(keep_history, [&chat](const std::string& line) {
          return complete_chat_line(chat, line);
        })) {}
  int run();

 private:
  bool exchange();  // false ends the chat
  void take(const MessageReader::Result& input);
  void fail(const std::string& message);

  Chat& chat_;
  MessageReader reader_;
  int status_ = 0;
};

// A script ends at its first error; a person goes on.
void Talk::fail(const std::string& message) {
  report_error(message);
  if (from_a_person()) return;
  status_ = kErrorStatus;
  chat_.end();
}

void Talk::take(const MessageReader::Result& input) {
  if (input.text.find_first_not_of(" \t\n") == std::string::npos) return;
  try {
    if (input.text.front() == '/' && !input.quoted) {
      run_chat_command(chat_, input.text);
    } else {
      chat_.turn(input.text);
    }
  } catch (const UsageError& error) {
    fail(error.what());
  } catch (const Error& error) {
    fail(error.what());
  }
}

bool Talk::exchange() {
  if (from_a_person()) chat_.begin_idle();
  const MessageReader::Result input = reader_.read();
  chat_.end_idle();
  if (input.status == LineReader::Status::end) {
    if (from_a_person()) standard_error().write("\n");
    return false;
  }
  if (input.status == LineReader::Status::interrupted) standard_error().write("\n");
  if (input.status == LineReader::Status::line) take(input);
  return !chat_.ended() && !standard_output().failed();
}

// A person's Ctrl-C ends the turn or the line; every other signal ends the chat.
bool ends_by_signal() {
  if (!signals::interrupted()) return false;
  if (signals::terminated() || !from_a_person()) return true;
  signals::clear();
  return false;
}

int Talk::run() {
  try {
    while (exchange()) {
      if (ends_by_signal()) return signals::exit_status();
    }
  } catch (const UsageError& error) {  // the input has ended where it should not
    fail(error.what());
  }
  return status_;
}

}  // namespace

int chat(const ChatOptions& options) {
  Chat chat(options);
  if (from_a_person() && !options.generation.quiet) {
    dim_parts({chat.info().name, "/help lists the commands, Ctrl-D ends"});
  }
  const int status = Talk(chat, !options.no_history).run();
  chat.finish();
  return status;
}

}  // namespace reckon::cli
