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

TEST(MemoryEstimate, RefusesSizesThatNoFileMayHave) {
  const ModelDescription good = Model::describe_embedded();
  for (uint32_t ModelInfo::*const size :
       {&ModelInfo::layers, &ModelInfo::hidden_size, &ModelInfo::ffn_size, &ModelInfo::heads,
        &ModelInfo::kv_heads, &ModelInfo::head_dim, &ModelInfo::vocab_size}) {
    for (const uint32_t value : {0U, UINT32_MAX}) {
      ModelDescription bad = good;
      bad.info.*size = value;
      test::expect_error(ErrorCode::invalid_argument, {"description", std::to_string(value)},
                         [&] { Model::estimate_memory(bad, 4096); });
    }
  }
  ModelDescription uneven = good;
  uneven.info.heads = 4;
  uneven.info.kv_heads = 3;
  test::expect_error(ErrorCode::invalid_argument, {"KV heads 3"}, [&] { Model::estimate_memory(uneven, 1); });
}

TEST(MemoryEstimate, EndsAtTheGreatestNumber) {
  const ModelDescription good = Model::describe_embedded();
  const MemoryEstimate long_context = Model::estimate_memory(good, UINT64_MAX);
  EXPECT_EQ(long_context.kv_cache, UINT64_MAX);
  EXPECT_EQ(long_context.total, UINT64_MAX);
  for (const std::vector<uint64_t>& shape : {std::vector<uint64_t>{UINT64_MAX, 1},
                                             {UINT64_MAX - 255, UINT64_MAX},
                                             {1U << 31, UINT64_MAX},
                                             {256, UINT64_MAX}}) {
    ModelDescription huge = good;
    huge.tensors.push_back({"blk.0.huge.weight", "Q4_K", shape, UINT64_MAX});
    const MemoryEstimate e = Model::estimate_memory(huge, 1);
    EXPECT_EQ(e.weights, UINT64_MAX);
    EXPECT_EQ(e.total, UINT64_MAX);
  }
  ModelInfo info;
  info.layers = info.kv_heads = info.head_dim = UINT32_MAX;
  EXPECT_EQ(Model::cache_bytes_per_token(info, CacheType::f16), UINT64_MAX);
  EXPECT_EQ(Model::cache_bytes_per_token(info, CacheType::q8_0), UINT64_MAX);
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
