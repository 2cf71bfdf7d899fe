// Handles of the C interface that free themselves, and errors as values.
#pragma once

#include <reckon/reckon.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace reckon::test {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using ModelHandle = std::unique_ptr<reckon_model, FreeWith<reckon_model_free>>;
using SessionHandle = std::unique_ptr<reckon_session, FreeWith<reckon_session_free>>;
using TokenizerHandle = std::unique_ptr<reckon_tokenizer, FreeWith<reckon_tokenizer_free>>;
using ResultHandle = std::unique_ptr<reckon_result, FreeWith<reckon_result_free>>;
using TextHandle = std::unique_ptr<reckon_saved_text, FreeWith<reckon_saved_text_free>>;
using BatchHandle = std::unique_ptr<reckon_batch, FreeWith<reckon_batch_free>>;
using BatchResultHandle = std::unique_ptr<reckon_batch_result, FreeWith<reckon_batch_result_free>>;
using TallyHandle = std::unique_ptr<reckon_tally, FreeWith<reckon_tally_free>>;
using VoteHandle = std::unique_ptr<reckon_vote_result, FreeWith<reckon_vote_result_free>>;
using EngineHandle = std::unique_ptr<reckon_engine, FreeWith<reckon_engine_free>>;
using ErrorHandle = std::unique_ptr<reckon_error, FreeWith<reckon_error_free>>;
using Memory = std::unique_ptr<void, FreeWith<reckon_free>>;

// The status says what the error says, and the message has `part`.
inline void expect_failure(reckon_status expected, const std::string& part, reckon_status status,
                           reckon_error* error) {
  const ErrorHandle owned(error);
  EXPECT_EQ(status, expected);
  EXPECT_EQ(reckon_error_status(error), expected);
  EXPECT_NE(std::string(reckon_error_message(error)).find(part), std::string::npos)
      << reckon_error_message(error);
}

// A call that fails with this status. It gets the `error` to fill in.
#define EXPECT_FAILURE(expected, part, call)       \
  do {                                             \
    reckon_error* error = nullptr;                 \
    const reckon_status status = call;             \
    expect_failure(expected, part, status, error); \
  } while (false)
#define EXPECT_REFUSED(part, call) EXPECT_FAILURE(RECKON_INVALID_ARGUMENT, part, call)

// The embedded model, loaded once.
inline const reckon_model* tiny() {
  static const ModelHandle model = [] {
    reckon_model* loaded = nullptr;
    EXPECT_EQ(reckon_model_embedded(nullptr, &loaded, nullptr), RECKON_OK);
    return ModelHandle(loaded);
  }();
  return model.get();
}

inline SessionHandle new_session() {
  reckon_session* session = nullptr;
  EXPECT_EQ(reckon_session_new(tiny(), nullptr, &session, nullptr), RECKON_OK);
  return SessionHandle(session);
}

template <class T>
T initialised(void (*init)(T*, size_t)) {
  T value;
  init(&value, sizeof value);
  return value;
}

inline constexpr reckon_message kQuestion = {"user", "What is 123 + 456?"};

inline reckon_prompt question() {
  auto prompt = initialised(reckon_prompt_init);
  prompt.messages = &kQuestion;
  prompt.message_count = 1;
  return prompt;
}

inline reckon_generate_options greedy() {
  auto options = initialised(reckon_generate_options_init);
  options.temperature = 0;
  return options;
}

}  // namespace reckon::test
