// A session goes on with the model it was begun with, unless another one is named.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <reckon/session.hpp>

#include "cli/command.hpp"

namespace reckon::cli::testing {
namespace {

using Json = nlohmann::json;

const std::string kTiny = RECKON_SOURCE_DIR "/models/reckon-tiny.gguf";

class SessionModel : public ::testing::Test {
 protected:
  SessionModel() {
    std::string bytes = read_file(kTiny);
    bytes.replace(bytes.find("reckon-tiny"), 11, "other-model");
    write_file(other_, bytes);
  }
  Result command(const std::vector<std::string>& arguments, const std::string& input = "") const {
    return run_command(arguments, {.input = input, .environment = {{"XDG_DATA_HOME", directory_.path()}}});
  }
  std::string session() const { return read_file(directory_.file("reckon/sessions/s.session")); }
  TemporaryDirectory directory_;
  std::string other_ = directory_.file("other.gguf");
};

TEST_F(SessionModel, AForgottenOneIsRefusedAndTheSessionLeftAsItIs) {
  ASSERT_EQ(command({"run", "-m", other_, "--session", "s", kQuestion}).status, 0);
  const std::string before = session();
  const std::string told =
      "session 's' is of the model other-model, and without -m reckon-tiny would answer; give -m FILE";
  for (const std::vector<std::string>& goes_on :
       {std::vector<std::string>{"run", "--session", "s", kQuestion},
        {"run", "-q", "--session", "s", kQuestion},
        {"run", "--json", "--session", "s", kQuestion},
        {"chat", "--session", "s"},
        {"chat", "-q", "--session", "s"}}) {
    const Result result = command(goes_on, kQuestion + "\n");
    EXPECT_EQ(result.status, 2);
    EXPECT_NE(result.err.find("reckon: error: " + told), std::string::npos) << result.err;
    EXPECT_EQ(result.out.find("\"error\"") != std::string::npos, goes_on[1] == "--json");
    EXPECT_EQ(session(), before);
  }
  const Result loaded = command({"chat"}, "/load s\n" + kQuestion + "\n");
  EXPECT_EQ(loaded.status, 1);
  EXPECT_NE(loaded.err.find(told), std::string::npos) << loaded.err;
  EXPECT_EQ(session(), before);
  EXPECT_EQ(command({"run", "-m", other_, "--session", "s", kQuestion}).status, 0);
}

TEST_F(SessionModel, AnotherOneThatIsNamedTakesItsPlaceAndBothAreTold) {
  const std::string told =
      "reckon: note: session 's' is of the model reckon-tiny, and other-model goes on with it; the "
      "conversation "
      "is computed again from its text\n";
  command({"run", "--session", "s", kQuestion});
  const std::string before = session();
  const Result chat = command({"chat", "-m", other_, "--session", "s"});
  EXPECT_EQ(chat.status, 0);
  EXPECT_NE(chat.err.find(told), std::string::npos) << chat.err;
  EXPECT_EQ(session(), before) << "nothing was said";
  const Result run = command({"run", "-m", other_, "--session", "s", kQuestion});
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.err.find(told), std::string::npos) << run.err;
  EXPECT_NE(command({"sessions", "show", "s"}).out.find("s: other-model, "), std::string::npos);
}

TEST_F(SessionModel, BothAreToldOfASessionWithoutItsCacheToo) {
  command({"run", "--session", "s", kQuestion});
  SavedText words;
  words.model = "other-model";
  words.messages = {{"user", kQuestion}, {"assistant", "15"}};
  Session(Model::embedded()).save(directory_.file("reckon/sessions/s.session"), words, false);
  const Result result = command({"run", "-m", kTiny, "--session", "s", kQuestion});
  EXPECT_NE(result.err.find("is of the model other-model, and reckon-tiny goes on with it"),
            std::string::npos)
      << result.err;
}

// As programs that embed reckon may save one.
TEST_F(SessionModel, ASessionThatDoesNotTellItsModelIsKnownByItsState) {
  command({"run", "--session", "s", kQuestion});
  const Model model = Model::load(other_);
  Session other(model);
  GenerateOptions few;
  few.max_tokens = 5;
  other.complete("7 + 8", few);
  const std::string path = directory_.file("reckon/sessions/s.session");
  SavedText unnamed;
  unnamed.messages = {{"user", kQuestion}, {"assistant", "15"}};
  other.save(path, unnamed);
  const std::string before = session();
  const Result result = command({"run", "--session", "s", kQuestion});
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.err.find("its state is of another model; give -m FILE"), std::string::npos) << result.err;
  EXPECT_EQ(session(), before);
  EXPECT_EQ(command({"run", "-m", kTiny, "--session", "s", kQuestion}).status, 0);
}

}  // namespace
}  // namespace reckon::cli::testing
