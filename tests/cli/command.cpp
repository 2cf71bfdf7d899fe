#include "cli/command.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace reckon::cli::testing {
namespace {

constexpr const char* kCommand = RECKON_BINARY_DIR "/bin/reckon";

struct Pipe {
  int read_end = -1;
  int write_end = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    read_end = ends[0];
    write_end = ends[1];
  }
};

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

std::vector<std::string> environment_for(const Surroundings& around) {
  std::map<std::string, std::string> variables{
      {"PATH", std::getenv("PATH")}, {"TERM", "xterm"}, {"HOME", "/dev/null"}};
  if (const char* isa = std::getenv("RECKON_ISA")) variables["RECKON_ISA"] = isa;
  for (const auto& [name, value] : around.environment) variables[name] = value;
  for (const std::string& name : around.without) variables.erase(name);
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

// In the child: puts the descriptors in place.
void place(int in, int out, int err, const Surroundings& around) {
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(err, STDERR_FILENO);
  if (around.input_closed) ::close(STDIN_FILENO);
  if (around.output_closed) ::close(STDOUT_FILENO);
  for (const auto& [resource, most] : around.limits) {
    const rlimit limit{most, most};
    ::setrlimit(static_cast<__rlimit_resource_t>(resource), &limit);
  }
}

// Writes all of `text`; false if nobody reads it any more. Only here are broken pipes no signal: the command
// would inherit that.
bool write_all(int descriptor, const std::string& text) {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  size_t done = 0;
  ssize_t count = 0;
  while (done < text.size() && (count = ::write(descriptor, text.data() + done, text.size() - done)) >= 0) {
    done += static_cast<size_t>(count);
  }
  std::signal(SIGPIPE, before);
  return done == text.size();
}

}  // namespace

Command::Command(const std::vector<std::string>& arguments, const Surroundings& around) {
  std::vector<std::string> words = joined({kCommand}, arguments);
  std::vector<std::string> variables = environment_for(around);
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> envp = pointers(variables);
  if (around.terminal) {
    winsize size{24, around.columns, 0, 0};
    pid_ = ::forkpty(&out_descriptor_, nullptr, nullptr, &size);
    if (pid_ == 0) {
      ::execve(kCommand, argv.data(), envp.data());
      ::_exit(127);
    }
    in_ = ::dup(out_descriptor_);
    return;
  }
  const bool piped = around.input.has_value() || around.input_stays_open;
  Pipe input;
  Pipe output;
  Pipe error;
  const std::string input_file = around.input_file.empty() ? "/dev/null" : around.input_file;
  const int unpiped = ::open(input_file.c_str(), O_RDONLY | O_CLOEXEC);
  const int file = around.output_file.empty()
                       ? -1
                       : ::open(around.output_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (around.small_pipes) {
    ::fcntl(output.write_end, F_SETPIPE_SZ, 4096);
    ::fcntl(error.write_end, F_SETPIPE_SZ, 4096);
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    place(piped ? input.read_end : unpiped, file >= 0 ? file : output.write_end, error.write_end, around);
    ::execve(kCommand, argv.data(), envp.data());
    ::_exit(127);
  }
  for (int end : {input.read_end, output.write_end, error.write_end, unpiped, file}) close_if_open(end);
  in_ = input.write_end;
  out_descriptor_ = output.read_end;
  err_descriptor_ = error.read_end;
  if (around.input) write_all(in_, *around.input);  // a refused command ends before it reads
  if (!around.input_stays_open) end_input();
}

Command::~Command() {
  for (int* descriptor : {&in_, &out_descriptor_, &err_descriptor_}) close_if_open(*descriptor);
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

void Command::type(const std::string& text) {
  if (!write_all(in_, text)) throw std::runtime_error("the command does not take its input");
}

void Command::end_input() { close_if_open(in_); }
void Command::close_output() { close_if_open(out_descriptor_); }
void Command::signal(int number) { ::kill(pid_, number); }

void Command::resize(unsigned short columns) {
  const winsize size{24, columns, 0, 0};
  ::ioctl(in_, TIOCSWINSZ, &size);
}

// One read of whatever is there. False at the end of both streams or when the time is up.
bool Command::read_some(int timeout_ms) {
  if (out_descriptor_ < 0 && err_descriptor_ < 0) return false;
  pollfd waited[2] = {{out_descriptor_, POLLIN, 0}, {err_descriptor_, POLLIN, 0}};
  if (::poll(waited, 2, timeout_ms) <= 0) return false;
  char block[65536];
  for (int i = 0; i < 2; ++i) {
    if (waited[i].revents == 0) continue;
    int& descriptor = i == 0 ? out_descriptor_ : err_descriptor_;
    const ssize_t count = ::read(descriptor, block, sizeof block);
    if (count > 0) (i == 0 ? out_ : err_).append(block, static_cast<size_t>(count));
    if (count <= 0) close_if_open(descriptor);  // a terminal ends with an error
  }
  return true;
}

template <class Condition>
bool Command::read_until(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end || !read_some(1000 * static_cast<int>(kPatience.count()))) {
      return condition();
    }
  }
  return true;
}

bool Command::wait_for(const std::string& text, bool on_error) {
  return read_until([&] { return (on_error ? err_ : out_).find(text) != std::string::npos; });
}

bool Command::wait_for_bytes(size_t bytes, bool on_error) {
  return read_until([&] { return (on_error ? err_ : out_).size() >= bytes; });
}

bool Command::wait_for_editing() {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if ((modes().c_lflag & ICANON) == 0) return true;
    read_some(10);
  }
  return false;
}

termios Command::modes() const {
  termios modes{};
  if (::tcgetattr(in_, &modes) != 0) throw std::runtime_error("no terminal");
  return modes;
}

Result Command::finish() {
  const bool ended = read_until([&] { return out_descriptor_ < 0 && err_descriptor_ < 0; });
  if (!ended) {
    ADD_FAILURE() << "the command did not end; standard error so far: " << err_;
    ::kill(pid_, SIGKILL);
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out_, err_};
}

Result run_command(const std::vector<std::string>& arguments, const Surroundings& around) {
  return Command(arguments, around).finish();
}

TemporaryDirectory::TemporaryDirectory() {
  std::string path = (std::filesystem::temp_directory_path() / "reckon-cli-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary directory");
  path_ = path;
}

TemporaryDirectory::~TemporaryDirectory() { std::filesystem::remove_all(path_); }

void write_file(const std::string& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

std::string read_file(const std::string& file) {
  std::ostringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool has_program(const std::string& name) {
  return std::system(("command -v " + name + " > /dev/null 2>&1").c_str()) == 0;
}

bool only_an_error(const std::string& out) {
  return out.empty() || (out.starts_with("{\"error\":") && lines_of(out).size() == 1);
}

std::vector<std::string> endless_thinking() {
  static const std::vector<std::string> options = [] {
    const Result tag = run_command({"tokenize"}, {.input = "</think>"});
    const Result model = run_command({"inspect", "--json"});
    std::vector<std::string> bias;
    const auto forbid = [&](const nlohmann::json& id) {
      bias.insert(bias.end(), {"--logit-bias", id.dump() + "=-inf"});
    };
    forbid(nlohmann::json::parse(tag.out).at(0));
    forbid(nlohmann::json::parse(model.out).at("metadata").at("tokenizer.ggml.eos_token_id"));
    return bias;
  }();
  return options;
}

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace reckon::cli::testing
