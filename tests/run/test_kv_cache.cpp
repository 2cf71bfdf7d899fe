#include "run/kv_cache.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace reckon::run {
namespace {

constexpr size_t kPage = kernels::kKvBlockPositions;

model::KvLayout small_layout() {
  model::Config c;
  c.n_layers = 2;
  c.n_kv_heads = 2;
  c.head_dim = 16;
  return model::KvLayout(c);
}

void grow(KvCache& cache, SequenceId id, size_t positions) {
  cache.reserve(id, positions);
  cache.commit(id, positions);
}

TEST(KvCache, TakesPagesAsPositionsFill) {
  KvCache cache(small_layout(), 0);
  SequenceId a = cache.add();
  EXPECT_EQ(cache.bytes(), 0u);
  grow(cache, a, 1);
  EXPECT_EQ(cache.bytes(), small_layout().page_bytes());
  grow(cache, a, kPage - 1);
  EXPECT_EQ(cache.pages(a).size(), 1u);
  grow(cache, a, 1);
  EXPECT_EQ(cache.pages(a).size(), 2u);
  EXPECT_EQ(cache.length(a), kPage + 1);
}

TEST(KvCache, ForksShareUntilOneWrites) {
  KvCache cache(small_layout(), 0);
  SequenceId a = cache.add();
  grow(cache, a, kPage + 3);
  std::memset(cache.pages(a)[1], 7, small_layout().page_bytes());
  SequenceId b = cache.fork(a);
  EXPECT_EQ(cache.bytes(), 2 * small_layout().page_bytes());
  grow(cache, b, 1);
  EXPECT_EQ(cache.pages(a)[0], cache.pages(b)[0]);
  EXPECT_NE(cache.pages(a)[1], cache.pages(b)[1]);
  EXPECT_EQ(std::memcmp(cache.pages(a)[1], cache.pages(b)[1], small_layout().page_bytes()), 0);
  std::byte* last = cache.pages(a)[1];
  grow(cache, a, 1);  // the only owner now: no copy
  EXPECT_EQ(cache.pages(a)[1], last);
}

TEST(KvCache, AForkAtAPageBoundaryCopiesNothing) {
  KvCache cache(small_layout(), 0);
  SequenceId a = cache.add();
  grow(cache, a, kPage);
  SequenceId b = cache.fork(a);
  grow(cache, b, 1);
  EXPECT_EQ(cache.bytes(), 2 * small_layout().page_bytes());
}

TEST(KvCache, RewindAndRemoveGivePagesBack) {
  KvCache cache(small_layout(), 0);
  SequenceId a = cache.add();
  grow(cache, a, 3 * kPage);
  SequenceId b = cache.fork(a);
  cache.rewind(a, kPage + 1);
  EXPECT_EQ(cache.length(a), kPage + 1);
  EXPECT_EQ(cache.bytes(), 3 * small_layout().page_bytes());  // b has them still
  cache.remove(b);
  EXPECT_EQ(cache.bytes(), 2 * small_layout().page_bytes());
  cache.rewind(a, 0);
  EXPECT_EQ(cache.bytes(), 0u);
}

TEST(KvCache, RefusesMoreThanItsBound) {
  KvCache cache(small_layout(), 2);
  SequenceId a = cache.add();
  grow(cache, a, 2 * kPage);
  try {
    cache.reserve(a, 1);
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ErrorCode::context_full);
  }
  EXPECT_EQ(cache.length(a), 2 * kPage);
}

TEST(KvCache, RefusesUnknownSequencesAndForwardRewinds) {
  KvCache cache(small_layout(), 0);
  SequenceId a = cache.add();
  EXPECT_THROW(cache.fork(a + 1), Error);
  EXPECT_THROW(cache.rewind(a, 1), Error);
  cache.remove(a);
  EXPECT_THROW(cache.length(a), Error);
}

}  // namespace
}  // namespace reckon::run
