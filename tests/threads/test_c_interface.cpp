// The C interface used by several threads.
#include <gtest/gtest.h>

#include "capi/owned.hpp"
#include "faults/small_model.hpp"
#include "threads/together.hpp"

namespace reckon::test {
namespace {

ModelHandle load() {
  reckon_model* model = nullptr;
  EXPECT_EQ(
      reckon_model_from_memory(small_file().data(), small_file().size(), nullptr, nullptr, &model, nullptr),
      RECKON_OK);
  return ModelHandle(model);
}

std::string pull(reckon_session* session) {
  const reckon_prompt prompt = question();
  auto options = greedy();
  options.max_tokens = 40;
  EXPECT_EQ(reckon_session_start(session, &prompt, &options, nullptr), RECKON_OK);
  std::string text;
  const reckon_event* event = nullptr;
  while (reckon_session_next(session, &event, nullptr) == RECKON_OK && event != nullptr) text += event->text;
  reckon_result* result = nullptr;
  EXPECT_EQ(reckon_session_finish(session, &result, nullptr), RECKON_OK);
  const ResultHandle owned(result);
  return std::to_string(result->finish_reason) + text;
}

TEST(ThreadsOfTheCInterface, PullOnOneModel) {
  const ModelHandle model = load();
  const auto session_of = [&] {
    reckon_session* session = nullptr;
    EXPECT_EQ(reckon_session_new(model.get(), nullptr, &session, nullptr), RECKON_OK);
    return SessionHandle(session);
  };
  const std::string expected = pull(session_of().get());
  together(3, [&](int) {
    const SessionHandle session = session_of();
    for (int n = 0; n < 4; n++) EXPECT_EQ(pull(session.get()), expected);
  });
}

TEST(ThreadsOfTheCInterface, AreToldFromOthersWhilePulling) {
  const ModelHandle model = load();
  reckon_session* session = nullptr;
  ASSERT_EQ(reckon_session_new(model.get(), nullptr, &session, nullptr), RECKON_OK);
  const SessionHandle owned(session);
  const std::string expected = pull(session);
  {
    const Meanwhile requests([&] {
      reckon_session_add_budget(session, 1);
      reckon_session_end_thinking(session);
      reckon_session_cancel(session);
    });
    for (int n = 0; n < 10; n++) pull(session);
  }
  EXPECT_EQ(pull(session), expected) << "requests are forgotten when the next one begins";
}

}  // namespace
}  // namespace reckon::test
