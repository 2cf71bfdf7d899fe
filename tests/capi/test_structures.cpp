// Structures that begin with their size: callers older and newer than the library.
#include <cmath>
#include <cstddef>
#include <cstring>
#include <vector>

#include <reckon/reckon.hpp>

#include "capi/options.hpp"
#include "capi/owned.hpp"

extern "C" size_t c_sizes[28];

// As one that has grown since its release.
struct grown_options {
  size_t size;
  int32_t first;
  int32_t reserved;
  int64_t added;
};
template <>
grown_options reckon::capi::defaults() noexcept {
  return {.size = 0, .first = 1, .reserved = 0, .added = -1};
}
constexpr size_t first_size(const grown_options*) { return offsetof(grown_options, added); }

namespace reckon::test {
namespace {

TEST(Structures, AreTheSameInCAndInCpp) {
  const size_t sizes[] = {
#include "capi/structure_sizes.inc"
  };
  ASSERT_EQ(std::size(sizes), std::size(c_sizes));
  for (size_t i = 0; i < std::size(sizes); i++) EXPECT_EQ(sizes[i], c_sizes[i]) << i;
}

// Version 1 of the interface on 64-bit systems: these change with RECKON_ABI_VERSION only.
TEST(Structures, HaveTheLayoutOfTheirVersion) {
  static_assert(RECKON_ABI_VERSION == 1);
  EXPECT_EQ(offsetof(reckon_load_options, threads), 56U);
  EXPECT_EQ(offsetof(reckon_reader, data), 40U);
  EXPECT_EQ(offsetof(reckon_model_info, has_think_tokens), 112U);
  EXPECT_EQ(offsetof(reckon_session_options, prompt_cache_bytes), 32U);
  EXPECT_EQ(offsetof(reckon_prompt, token_count), 48U);
  EXPECT_EQ(offsetof(reckon_phase_sampling, top_k), 32U);
  EXPECT_EQ(offsetof(reckon_generate_options, answer_form), 160U);
  EXPECT_EQ(offsetof(reckon_event, inserted), 56U);
  EXPECT_EQ(offsetof(reckon_result, decode_tok_s), 160U);
  EXPECT_EQ(offsetof(reckon_result, note_count), 176U);
  EXPECT_EQ(offsetof(reckon_memory_estimate, available), 48U);
  EXPECT_EQ(offsetof(reckon_saved_text, unfinished), 64U);
  EXPECT_EQ(offsetof(reckon_batch_options, cache_type), 24U);
  EXPECT_EQ(offsetof(reckon_batch_request, samples), 40U);
  EXPECT_EQ(offsetof(reckon_batch_result, status), 36U);
  EXPECT_EQ(offsetof(reckon_answer_count, first_sample), 36U);
  EXPECT_EQ(offsetof(reckon_vote_options, cache_type), 28U);
  EXPECT_EQ(offsetof(reckon_vote_sample, state), 72U);
  EXPECT_EQ(offsetof(reckon_vote_progress, running), 52U);
  EXPECT_EQ(offsetof(reckon_vote_result, cancelled), 76U);
  EXPECT_EQ(offsetof(reckon_engine_options, cache_type), 16U);
  EXPECT_EQ(offsetof(reckon_batch_row, logits), 8U);
  EXPECT_EQ(offsetof(reckon_token_probability, token), 8U);
  EXPECT_EQ(offsetof(reckon_instruction_set, selected), 20U);
  EXPECT_EQ(offsetof(reckon_system_info, usable_cores), 32U);
  EXPECT_EQ(offsetof(reckon_read_size, bytes), 8U);
}

TEST(Structures, TheirDefaultsAreThoseOfTheCppStructures) {
  const GenerateOptions generate;
  const auto o = initialised(reckon_generate_options_init);
  EXPECT_EQ(o.temperature, generate.sampling.temperature);
  EXPECT_EQ(o.top_p, generate.sampling.top_p);
  EXPECT_EQ(o.repeat_last, generate.sampling.repeat_last);
  EXPECT_EQ(o.max_tokens, generate.max_tokens);
  EXPECT_EQ(o.thinking_budget == RECKON_NO_BUDGET, !generate.thinking.budget.has_value());
  EXPECT_EQ(o.thinking_grace, generate.thinking.grace);
  EXPECT_EQ(o.answer_reserve == RECKON_DEFAULT_RESERVE, !generate.thinking.answer_reserve.has_value());
  EXPECT_EQ(o.loop_breaker != 0, generate.thinking.loop_breaker);
  EXPECT_EQ(o.hesitation_bias, generate.thinking.hesitation_bias);
  EXPECT_EQ(o.no_think != 0, generate.no_think);
  EXPECT_EQ(o.draft_tokens, generate.draft_tokens);
  EXPECT_EQ(initialised(reckon_batch_request_init).samples, BatchRequest().samples);
  EXPECT_EQ(initialised(reckon_batch_options_init).parallel, BatchOptions().parallel);
  EXPECT_EQ(initialised(reckon_session_options_init).prompt_cache_bytes, SessionOptions().prompt_cache_bytes);
}

TEST(Structures, InitWritesNoMoreThanTheCallerHas) {
  std::vector<unsigned char> bytes(2 * sizeof(reckon_generate_options), 0xee);
  auto* options = reinterpret_cast<reckon_generate_options*>(bytes.data());
  const size_t old = offsetof(reckon_generate_options, seed);
  reckon_generate_options_init(options, old);
  EXPECT_EQ(options->size, old);
  EXPECT_EQ(options->temperature, 0.6f);
  for (size_t i = old; i < bytes.size(); i++) ASSERT_EQ(bytes[i], 0xee) << i;
  reckon_generate_options_init(options, bytes.size());
  EXPECT_EQ(options->draft_tokens, -1);
  for (size_t i = sizeof *options; i < bytes.size(); i++) ASSERT_EQ(bytes[i], 0) << i;
  std::vector<unsigned char> tiny_buffer(4, 0xee);
  reckon_generate_options_init(reinterpret_cast<reckon_generate_options*>(tiny_buffer.data()), 4);
  EXPECT_EQ(tiny_buffer, std::vector<unsigned char>(4, 0xee));
}

reckon_status generate(const reckon_generate_options* options, reckon_error** error = nullptr,
                       reckon_result** out = nullptr) {
  const SessionHandle session = new_session();
  const reckon_prompt prompt = question();
  reckon_result* result = nullptr;
  const reckon_status status =
      reckon_session_generate(session.get(), &prompt, options, nullptr, nullptr, &result, error);
  if (out != nullptr) {
    *out = result;
  } else {
    reckon_result_free(result);
  }
  return status;
}

// What an older caller does not know of is as if it had not been set.
TEST(Structures, AShorterOneHasDefaultsForTheRest) {
  const grown_options options = {first_size(static_cast<const grown_options*>(nullptr)), 7, 0,
                                 99};  // 99: another variable's garbage
  const grown_options taken = capi::read(&options, "options");
  EXPECT_EQ(taken.first, 7);
  EXPECT_EQ(taken.added, -1);
}

// A size that no header has ever had is a mistake of the caller's, such as that of a pointer.
TEST(Structures, AreNeverShorterThanTheirFirstRelease) {
  EXPECT_EQ(capi::first_size(static_cast<const reckon_load_options*>(nullptr)), sizeof(reckon_load_options));
  for (const size_t size : {sizeof(void*), size_t{20}, sizeof(reckon_load_options) - 1}) {
    reckon_load_options options = initialised(reckon_load_options_init);
    options.isa = "scalar";
    options.size = size;
    reckon_model* model = nullptr;
    EXPECT_REFUSED("options.size", reckon_model_embedded(&options, &model, &error));
  }
  reckon_prompt prompt = question();
  prompt.size = 12;
  const SessionHandle session = new_session();
  reckon_result* result = nullptr;
  EXPECT_REFUSED("prompt.size",
                 reckon_session_generate(session.get(), &prompt, nullptr, nullptr, nullptr, &result, &error));
}

TEST(Structures, ALongerOneIsTakenIfItsRestIsZero) {
  std::vector<unsigned char> bytes(sizeof(reckon_generate_options) + 24);
  auto* options = reinterpret_cast<reckon_generate_options*>(bytes.data());
  reckon_generate_options_init(options, bytes.size());
  options->temperature = 0;
  EXPECT_EQ(generate(options), RECKON_OK);
  bytes.back() = 1;
  reckon_error* error = nullptr;
  const reckon_status status = generate(options, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "does not have", status, error);
}

TEST(Structures, OneThatWasNotInitialisedIsRefused) {
  for (const size_t size : {size_t{0}, size_t{7}, size_t{8}, SIZE_MAX, size_t{1} << 20}) {
    reckon_generate_options options = greedy();
    options.size = size;
    reckon_error* error = nullptr;
    const reckon_status status = generate(&options, &error);
    expect_failure(RECKON_INVALID_ARGUMENT, "options.size", status, error);
  }
}

// A later version may give it a meaning.
TEST(Structures, WhatIsReservedIsZero) {
  reckon_generate_options options = greedy();
  options.reserved = 1;
  reckon_error* error = nullptr;
  const reckon_status status = generate(&options, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "options.reserved", status, error);
}

TEST(Structures, PhasesHaveTheirOwnSampling) {
  auto answer = initialised(reckon_phase_sampling_init);
  EXPECT_TRUE(std::isnan(answer.temperature));
  reckon_generate_options options = greedy();
  options.answer_sampling = &answer;
  EXPECT_EQ(generate(&options), RECKON_OK) << "NaN and -1 are not values";
  answer.top_p = 7;
  reckon_error* error = nullptr;
  const reckon_status status = generate(&options, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "top_p", status, error);
}

}  // namespace
}  // namespace reckon::test
