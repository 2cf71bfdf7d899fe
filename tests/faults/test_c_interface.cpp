// Memory runs out at each allocation behind the C interface: a status, an error object that needs no memory,
// nothing thrown.
#include <gtest/gtest.h>

#include <reckon/error.hpp>

#include "capi/owned.hpp"
#include "faults/each_allocation.hpp"
#include "faults/small_model.hpp"

namespace reckon::test {
namespace {

// Calls a function of the interface as a C program would: call gets the pointer to its error.
template <class Call>
void succeed(const Call& call) {
  reckon_error* error = nullptr;
  const reckon_status status = call(&error);
  const ErrorHandle owned(error);
  EXPECT_EQ(reckon_error_status(error), status);
  if (status == RECKON_OK) return;
  EXPECT_STRNE(reckon_error_message(error), "");
  if (status == RECKON_OUT_OF_MEMORY) throw Error(ErrorCode::out_of_memory, "");
  throw std::runtime_error(reckon_status_name(status));
}

ModelHandle load() {
  reckon_model* model = nullptr;
  succeed([&](reckon_error** error) {
    return reckon_model_from_memory(small_file().data(), small_file().size(), "small", nullptr, &model,
                                    error);
  });
  return ModelHandle(model);
}

SessionHandle new_session(const reckon_model* model) {
  reckon_session* session = nullptr;
  succeed([&](reckon_error** error) { return reckon_session_new(model, nullptr, &session, error); });
  return SessionHandle(session);
}

const reckon_message kAskedInC = {"user", "the thin hen in the inn"};
const char* const kStops[] = {"zzz"};

reckon_generate_options options() {
  auto o = greedy();
  o.max_tokens = 12;
  o.thinking_budget = 4;
  o.stop = kStops;
  o.stop_count = 1;
  return o;
}

reckon_prompt prompt() {
  auto p = initialised(reckon_prompt_init);
  p.messages = &kAskedInC;
  p.message_count = 1;
  return p;
}

std::string generate(reckon_session* session) {
  const reckon_prompt p = prompt();
  const reckon_generate_options o = options();
  reckon_result* result = nullptr;
  const auto on_event = [](void* data, const reckon_event* e) {
    *static_cast<size_t*>(data) += e->text_length;
    return 0;
  };
  size_t n = 0;
  succeed([&](reckon_error** error) {
    return reckon_session_generate(session, &p, &o, on_event, &n, &result, error);
  });
  const ResultHandle owned(result);
  return std::string(result->thinking) + "|" + result->answer + std::to_string(n);
}

// Ends the generation, whatever became of it.
struct Finished {
  reckon_session* session;
  ~Finished() {
    reckon_result* result = nullptr;
    reckon_session_finish(session, &result, nullptr);
    reckon_result_free(result);
  }
};

std::string pull(reckon_session* session) {
  const reckon_prompt p = prompt();
  const reckon_generate_options o = options();
  succeed([&](reckon_error** error) { return reckon_session_start(session, &p, &o, error); });
  const Finished finished{session};
  std::string text;
  const reckon_event* event = nullptr;
  do {
    succeed([&](reckon_error** error) { return reckon_session_next(session, &event, error); });
    if (event != nullptr) text += event->text;
  } while (event != nullptr);
  return text;
}

TEST(AllocationsOfTheCInterface, Loading) {
  const ModelHandle lasting = load();
  EachAllocation{}.run([] {
    const ModelHandle model = load();
    return generate(new_session(model.get()).get());
  });
}

TEST(AllocationsOfTheCInterface, Generating) {
  const ModelHandle model = load();
  const SessionHandle session = new_session(model.get());
  const std::string expected = generate(session.get());
  const auto check = [&] { ASSERT_EQ(generate(session.get()), expected); };
  for (const Fail mode : {Fail::once, Fail::on}) {
    const EachAllocation each{.mode = mode, .check = check, .leaves_nothing = false};
    each.run([&] { return generate(session.get()); });
    each.run([&] { return pull(session.get()); });
  }
}

TEST(AllocationsOfTheCInterface, Texts) {
  const ModelHandle model = load();
  for (const Fail mode : {Fail::once, Fail::on}) {
    EachAllocation{.mode = mode}.run([&] {
      char* text = nullptr;
      size_t length = 0;
      succeed([&](reckon_error** error) {
        return reckon_model_render_chat(model.get(), &kAskedInC, 1, &text, &length, error);
      });
      const Memory owned(text);
      return std::string(text, length);
    });
    EachAllocation{.mode = mode}.run([&] {
      reckon_tokenizer* tokenizer = nullptr;
      succeed([&](reckon_error** error) { return reckon_model_tokenizer(model.get(), &tokenizer, error); });
      const TokenizerHandle owned(tokenizer);
      int32_t* tokens = nullptr;
      size_t count = 0;
      succeed([&](reckon_error** error) {
        return reckon_tokenize(tokenizer, "the hen", 7, 0, &tokens, &count, error);
      });
      const Memory owned_tokens(tokens);
      return std::to_string(count);
    });
  }
}

TEST(AllocationsOfTheCInterface, Descriptions) {
  EachAllocation{}.run([] {
    reckon_description* description = nullptr;
    succeed([&](reckon_error** error) { return reckon_describe(nullptr, &description, error); });
    const size_t keys = reckon_description_key_count(description);
    reckon_description_free(description);
    return std::to_string(keys);
  });
}

}  // namespace
}  // namespace reckon::test
