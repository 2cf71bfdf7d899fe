// A text in the person's own editor.
#include "tools/reckon/external_editor.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include <reckon/error.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

class ExternalEditor : public ::testing::Test {
 protected:
  // In a process of its own: the environment and a limit hold there only.
  bool fails(const std::string& editor, const std::string& message, bool full = false) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("TMPDIR", directory_.path().c_str(), 1);
      ::setenv("VISUAL", editor.c_str(), 1);
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit none{0, 0};
      if (full) ::setrlimit(RLIMIT_FSIZE, &none);
      ::_exit(failure("some text").find(message) == std::string::npos ? 1 : 0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  static std::string failure(const std::string& text) {
    try {
      return "edited: " + edit_text(text);
    } catch (const Error& error) {
      return std::string(to_string(error.code())) + ": " + error.what();
    }
  }
  TemporaryDirectory directory_;
};

TEST_F(ExternalEditor, IsNotOpenedWithoutTheText) {
  const std::string opened = directory_.file("opened");
  EXPECT_TRUE(fails("touch " + opened + " #", "io: can't write " + directory_.path() + "/reckon-", true));
  EXPECT_FALSE(std::filesystem::exists(opened));
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path())) << "the file is removed";
}

TEST_F(ExternalEditor, ThatFailsOrTakesTheFileAwayIsAnError) {
  EXPECT_TRUE(fails("false", "io: the editor failed"));
  EXPECT_TRUE(fails("rm", "io: can't open " + directory_.path() + "/reckon-"));
  EXPECT_TRUE(fails("true", "edited: some text"));
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

}  // namespace
}  // namespace reckon::cli::testing
