// What the system gives and refuses: no home, folders that can't be written, limits on memory, descriptors
// and files.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

const std::string kModel = RECKON_SOURCE_DIR "/models/reckon-tiny.gguf";

// One line that says what is wrong, and the status of an error.
void expect_told(const Result& result, const std::string& part, int status = 1) {
  EXPECT_EQ(result.status, status) << result.err;
  EXPECT_NE(result.err.find("reckon: error: "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find(part), std::string::npos) << result.err;
}

TEST(Surroundings, WithoutAHomeEverythingRunsButWhatNeedsOne) {
  const Surroundings homeless{.input = "", .without = {"HOME"}};
  EXPECT_EQ(run_command({"run", "-q", "--temp", "0", kQuestion}, homeless).status, 0);
  EXPECT_EQ(run_command({"chat", "-q"}, homeless).status, 0);
  EXPECT_EQ(run_command({"inspect"}, homeless).status, 0);
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", "--session", "a", "1"},
                                                    {"run", "--prompt-cache", "on", "1"},
                                                    {"chat", "--session", "a"},
                                                    {"sessions"},
                                                    {"sessions", "show", "a"}}) {
    expect_told(run_command(arguments, homeless), "neither XDG_DATA_HOME nor HOME is set", 2);
  }
}

TEST(Surroundings, HomesOfAnyKindAreNoCrash) {
  const TemporaryDirectory directory;
  for (const std::string& home : {std::string(), directory.file("none/home"), directory.file("\xFF\xC0"),
                                  std::string("/dev/null"), std::string("/proc/reckon")}) {
    const Surroundings around{.input = "", .environment = {{"HOME", home}, {"XDG_STATE_HOME", home}}};
    EXPECT_EQ(run_command({"run", "-q", "--temp", "0", kQuestion}, around).status, 0) << home;
    EXPECT_EQ(run_command({"chat", "-q"}, around).status, 0) << home;
  }
  const std::string endless = "/" + std::string(100'000, 'a');
  const Surroundings around{.input = "", .environment = {{"HOME", endless}}};
  expect_told(run_command({"run", "--session", "a", "1"}, around), "File name too long");
}

TEST(Surroundings, AFolderThatCanNotBeMadeIsNamed) {
  for (const std::string folder : {"/dev/null/x", "/proc/reckon-none"}) {
    const Surroundings around{.input = "", .environment = {{"XDG_DATA_HOME", folder}}};
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"run", "--session", "a", "1"}, {"chat", "--session", "a"}}) {
      expect_told(run_command(arguments, around), folder);
    }
  }
}

TEST(Surroundings, SessionsThatCanNotBeReadAreNotNone) {
  const TemporaryDirectory directory;
  const Surroundings around{.input = "", .environment = {{"XDG_DATA_HOME", directory.path()}}};
  EXPECT_NE(run_command({"sessions"}, around).err.find("there are no sessions"), std::string::npos);
  expect_told(run_command({"sessions", "show", "a"}, around), "there is no session 'a'", 2);
  expect_told(run_command({"sessions", "remove", "a"}, around), "there is no session 'a'", 2);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "who reads makes no folders";
  std::filesystem::create_directories(directory.file("reckon"));
  write_file(directory.file("reckon/sessions"), "no folder");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"sessions"}, {"sessions", "--json"}, {"sessions", "show", "a"}}) {
    expect_told(run_command(arguments, around),
                directory.file("reckon/sessions") + ": can't read this folder");
  }
}

// A directory, a FIFO or a link to nowhere where a session should lie.
TEST(Surroundings, WhatIsNoSessionFileIsNamed) {
  const TemporaryDirectory directory;
  const Surroundings around{.input = "", .environment = {{"XDG_DATA_HOME", directory.path()}}};
  const std::string folder = directory.file("reckon/sessions");
  std::filesystem::create_directories(folder + "/folder.session");
  ASSERT_EQ(std::system(("mkfifo " + folder + "/fifo.session").c_str()), 0);
  std::filesystem::create_symlink("/dev/zero", folder + "/device.session");
  write_file(folder + "/empty.session", "");
  for (const std::string name : {"folder", "fifo", "device", "empty"}) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"run", "--session", name, "1"}, {"sessions", "show", name}}) {
      expect_told(run_command(arguments, around), folder + "/" + name + ".session: ");
    }
  }
  EXPECT_EQ(run_command({"sessions"}, around).status, 0) << "the list says it of each";
}

TEST(Surroundings, FewDescriptorsAreEnoughOrAnError) {
  if (kSanitized) GTEST_SKIP() << "the sanitizers need more";
  for (const rlim_t most : {4, 5, 6, 7, 8, 12}) {
    SCOPED_TRACE(most);
    const std::map<int, rlim_t> limits{{RLIMIT_NOFILE, most}};
    const Result embedded =
        run_command({"run", "-q", "--temp", "0", kQuestion}, {.input = "", .limits = limits});
    constexpr int kNotLoaded = 127;  // the system could not even open the command's shared libraries
    if (embedded.status == kNotLoaded) continue;
    EXPECT_EQ(embedded.status, 0) << embedded.err;
    const Result file =
        run_command({"run", "-q", "--temp", "0", "-m", kModel, kQuestion}, {.input = "", .limits = limits});
    if (file.status != 0) expect_told(file, kModel + ": can't open the file: Too many open files");
  }
}

TEST(Surroundings, FilesThatMayNotGrowAreAnErrorAndTheOldOneStays) {
  const TemporaryDirectory directory;
  Surroundings around{.input = "", .environment = {{"XDG_DATA_HOME", directory.path()}}};
  ASSERT_EQ(run_command({"run", "-q", "--session", "a", "--temp", "0", kQuestion}, around).status, 0);
  const std::string session = directory.file("reckon/sessions/a.session");
  const std::string before = read_file(session);
  for (const rlim_t most : {rlim_t{0}, rlim_t{1}, rlim_t{4096}, rlim_t{before.size() / 2}}) {
    SCOPED_TRACE(most);
    around.limits = {{RLIMIT_FSIZE, most}};
    expect_told(run_command({"run", "-q", "--session", "a", "--temp", "0", kQuestion}, around),
                session + ": can't write it: File too large");
    EXPECT_EQ(read_file(session), before);
  }
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.file("reckon/sessions"))) {
    files += entry.is_regular_file();
  }
  EXPECT_EQ(files, 1u) << "no temporary file is left";
}

TEST(Surroundings, AnOutputThatMayNotGrowIsAnError) {
  const TemporaryDirectory directory;
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", "-q", "--temp", "0", kQuestion},
        {"run", "--json", "--temp", "0", kQuestion},
        {"inspect"},
        {"man"}}) {
    const Result result = run_command(
        arguments, {.input = "", .output_file = directory.file("out"), .limits = {{RLIMIT_FSIZE, 3}}});
    expect_told(result, "can't write to standard output: File too large");
  }
  write_file(directory.file("in"), R"({"custom_id":"a","prompt":"1 + 1"})"
                                   "\n");
  expect_told(run_command({"batch", "-q", directory.file("in"), directory.file("results")},
                          {.input = "", .limits = {{RLIMIT_FSIZE, 3}}}),
              directory.file("results") + ": File too large");
}

// From less than the program itself takes to plenty. Less than what its libraries take is the loader's error,
// 127.
TEST(Surroundings, LittleMemoryIsEnoughOrAnError) {
  if (kSanitized) GTEST_SKIP() << "the sanitizers need more";
  size_t refused = 0, done = 0;
  for (rlim_t mib = 16; mib <= 512; mib += mib < 128 ? 4 : 32) {
    SCOPED_TRACE(std::to_string(mib) + " MiB");
    for (const std::vector<std::string>& model : {std::vector<std::string>{}, {"-m", kModel}}) {
      const Result result = run_command(joined({"run", "-q", "--temp", "0", "-t", "2", kQuestion}, model),
                                        {.input = "", .limits = {{RLIMIT_AS, mib << 20}}});
      if (result.status == 127) continue;
      if (result.status == 0) {
        EXPECT_NE(result.out.find("15"), std::string::npos);
        ++done;
      } else {
        expect_told(result, "memory");
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 0u);
  EXPECT_GT(done, 0u);
}

}  // namespace
}  // namespace reckon::cli::testing
