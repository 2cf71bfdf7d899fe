#include "store/atomic_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "load/expect_error.hpp"
#include "load/temp_dir.hpp"
#include "store/sample_files.hpp"

namespace reckon::store {
namespace {

using reckon::test::TempDir;
using test::Bytes;

constexpr size_t kBytes = 1 << 20;

void write_of(const std::string& path, std::byte value) {
  AtomicFile file(path);
  const Bytes part(kBytes / 64, value);
  for (int i = 0; i < 64; i++) file.write(part);
  file.commit();
}

size_t files_in(const TempDir& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(AtomicFile, IsNotThereUntilCommitted) {
  const TempDir folder;
  write_of(folder / "a", std::byte{1});
  {
    AtomicFile file(folder / "a");
    file.write(Bytes(10, std::byte{2}));
  }
  EXPECT_EQ(test::read_bytes(folder / "a"), Bytes(kBytes, std::byte{1}));
  EXPECT_EQ(files_in(folder), 1u) << "nothing is left behind";
}

TEST(AtomicFile, NamesThePathItCantWrite) {
  const TempDir folder;
  reckon::test::expect_error(ErrorCode::io, {folder / "none/a", "can't create"},
                             [&] { AtomicFile file(folder / "none/a"); });
}

TEST(AtomicFile, RefusesAPathWithANulAndLeavesTheFileInFrontOfIt) {
  const TempDir folder;
  write_of(folder / "a", std::byte{1});
  const std::string path = (folder / "a") + std::string("\0.txt", 5);
  reckon::test::expect_error(ErrorCode::io, {folder / "a", "NUL"}, [&] { AtomicFile file(path); });
  EXPECT_EQ(test::read_bytes(folder / "a"), Bytes(kBytes, std::byte{1}));
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(AtomicFile, RefusesAFolderAndLeavesWhatLiesInIt) {
  const TempDir folder;
  const std::string others[] = {folder / ".notes.tmp", folder / ".a.abcdef.tmp", folder / ".tmp"};
  for (const std::string& other : others) std::ofstream(other) << "not ours";
  for (const std::string& path : {std::string(), folder.path() + "/", folder.path() + "/.", folder / ".."}) {
    reckon::test::expect_error(ErrorCode::io, {"names no file"}, [&] { AtomicFile file(path); });
  }
  AtomicFile(folder / "b");
  AtomicFile(folder / "notes");
  EXPECT_EQ(files_in(folder), 3u);
  AtomicFile(folder / "a");
  EXPECT_EQ(files_in(folder), 2u) << "that one was left by a writer of \"a\"";
}

TEST(AtomicFile, RefusesAPipeAndLeavesIt) {
  const TempDir folder;
  const std::string pipe = folder / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  reckon::test::expect_error(ErrorCode::io, {pipe, "regular file"}, [&] { AtomicFile file(pipe); });
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_EQ(files_in(folder), 1u);
}

// A child that writes for ever is killed at moments spread over its writes.
TEST(AtomicFile, KilledAtAnyMomentTheOldOrTheNewContentIsThere) {
  const TempDir folder;
  const std::string path = folder / "a";
  write_of(path, std::byte{255});
  for (int kill_after_us = 0; kill_after_us < 20'000; kill_after_us += 400) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (unsigned value = 0;; value++) write_of(path, static_cast<std::byte>(value));
    }
    std::this_thread::sleep_for(std::chrono::microseconds(kill_after_us));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const Bytes found = test::read_bytes(path);
    ASSERT_EQ(found.size(), kBytes) << kill_after_us;
    ASSERT_EQ(found, Bytes(kBytes, found.front())) << kill_after_us;
  }
  write_of(path, std::byte{1});
  EXPECT_EQ(files_in(folder), 1u) << "what killed writers left is removed by the next one";
}

TEST(AtomicFile, WritersAtTheSameTimeDontDisturbEachOther) {
  const TempDir folder;
  const std::string path = folder / "a";
  std::vector<std::thread> writers;
  for (unsigned value = 1; value <= 4; value++) {
    writers.emplace_back([&, value] {
      for (int i = 0; i < 10; i++) write_of(path, static_cast<std::byte>(value));
    });
  }
  for (std::thread& writer : writers) writer.join();
  const Bytes found = test::read_bytes(path);
  EXPECT_EQ(found, Bytes(kBytes, found.front()));
  EXPECT_EQ(files_in(folder), 1u);
}

}  // namespace
}  // namespace reckon::store
