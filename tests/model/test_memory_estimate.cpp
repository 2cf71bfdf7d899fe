// What `inspect` and loading say a model needs.
#include <gtest/gtest.h>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "model/random_model.hpp"

namespace reckon::test {
namespace {

constexpr uint64_t kLogitRows = 17;  // a token and a draft of 16

MemoryEstimate estimate(const ModelContent& content) {
  const TemporaryFile file(content.to_gguf());
  return Model::estimate_memory(Model::describe(file.path()), 1);
}

TEST(MemoryEstimate, CountsTheLogitsOfADraft) {
  RandomModel small, large;
  large.vocab = small.vocab + 1000;
  const uint64_t difference = estimate(make_content(large)).scratch - estimate(make_content(small)).scratch;
  EXPECT_EQ(difference, kLogitRows * 1000 * sizeof(float));
}

TEST(MemoryEstimate, CountsTheQueriesOfLargerHeads) {
  RandomModel small, large;
  large.head_dim = small.head_dim * 2;
  EXPECT_GT(estimate(make_content(large)).scratch, estimate(make_content(small)).scratch);
}

TEST(MemoryEstimate, RefusesADescriptionOfNothing) {
  test::expect_error(ErrorCode::invalid_argument, {"description"}, [] { Model::estimate_memory({}, 4096); });
  ModelDescription without_heads = Model::describe_embedded();
  without_heads.info.heads = 0;
  test::expect_error(ErrorCode::invalid_argument, {"description"},
                     [&] { Model::estimate_memory(without_heads, 4096); });
}

// With a page of cache (a context of 1) the estimate is what loading asks for, to the byte.
TEST(MemoryEstimate, IsWhatLoadingAsksFor) {
  const ModelContent content = make_content(RandomModel{});
  const MemoryEstimate e = estimate(content);
  LoadOptions options;
  options.memory_limit = e.weights + e.scratch + e.kv_cache;
  EXPECT_NO_THROW(LoadedModel(content, options));
  options.memory_limit--;
  try {
    LoadedModel model(content, options);
    FAIL() << "a byte less is enough";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::out_of_memory) << error.what();
  }
}

}  // namespace
}  // namespace reckon::test
