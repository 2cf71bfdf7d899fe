// The file that keeps the lines of chats.
#include "tools/reckon/history_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

class History : public ::testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::string path_ = directory_.file("history");
  HistoryFile file_{path_};
};

TEST_F(History, KeepsLinesInTheirOrderForTheOwnerOnly) {
  write_file(path_, "");
  ::chmod(path_.c_str(), 0644);
  file_.append("one");
  file_.append("zwei — 中");
  EXPECT_EQ(HistoryFile(path_).load(), (std::vector<std::string>{"one", "zwei — 中"}));
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(History, StaysBounded) {
  const std::string line(200, 'x');
  for (int i = 0; i < 5000; ++i) file_.append(line + std::to_string(i));
  const std::vector<std::string> lines = file_.load();
  ASSERT_EQ(lines.size(), HistoryFile::kMostLines);
  EXPECT_EQ(lines.back(), line + "4999");
  EXPECT_EQ(lines.front(), line + std::to_string(5000 - HistoryFile::kMostLines));
  EXPECT_LT(std::filesystem::file_size(path_), (2 * HistoryFile::kMostLines + 1) * (line.size() + 5));
  file_.append(std::string(100'000, 'y'));
  EXPECT_EQ(file_.load(), lines) << "a line longer than any is not kept";
}

// The file is replaced several times meanwhile.
TEST_F(History, LosesNoLineOfChatsAtTheSameTime) {
  constexpr int kThreads = 4;
  constexpr int kLines = 700;  // together more than a file has before it is shortened
  const std::string padding(300, '.');
  std::vector<std::thread> chats;
  for (int chat = 0; chat < kThreads; ++chat) {
    chats.emplace_back([&, chat] {
      const HistoryFile file(path_);
      for (int i = 0; i < kLines; ++i)
        file.append(std::to_string(chat) + " " + std::to_string(i) + " " + padding);
    });
  }
  for (std::thread& chat : chats) chat.join();
  std::vector<int> next(kThreads, -1);
  const std::vector<std::string> lines = file_.load();
  ASSERT_EQ(lines.size(), HistoryFile::kMostLines);
  for (const std::string& line : lines) {
    int chat = -1;
    int number = -1;
    ASSERT_EQ(std::sscanf(line.c_str(), "%d %d ", &chat, &number), 2) << line;
    ASSERT_TRUE(line.ends_with(" " + padding)) << "whole";
    int& expected = next[static_cast<size_t>(chat)];
    if (expected >= 0) {
      EXPECT_EQ(number, expected) << "none is missing";
    }
    expected = number + 1;
  }
}

TEST_F(History, TakesADamagedFile) {
  write_file(path_, std::string("whole\n\0\xff odd\ncut short", 22));
  EXPECT_EQ(file_.load().size(), 2u);
  file_.append("next");
  EXPECT_EQ(file_.load().back(), "next");
  EXPECT_EQ(file_.load().size(), 4u);
}

// A limit on the size of files stands for a disk that is full after some bytes.
TEST_F(History, TakesALineBackThatTheDiskHasNoRoomFor) {
  file_.append("one");
  const std::string before = read_file(path_);
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 3, before.size() + 3};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    file_.append("another");
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(read_file(path_), before);
}

TEST_F(History, GoesWithoutAFile) {
  for (const std::string& path :
       {std::string(), directory_.path(), directory_.file("none/history"), std::string("/dev/full")}) {
    const HistoryFile file(path);
    file.append("line");
    EXPECT_TRUE(file.load().empty()) << path;
  }
}

}  // namespace
}  // namespace reckon::cli::testing
