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

// A system with this much memory, of which the cache's pages are all that is taken.
struct FakeSystem {
  uint64_t memory = 0;
  int questions = 0;
  const KvCache* cache = nullptr;

  KvCache::AvailableMemory answer() {
    return [this] {
      questions++;
      return memory - cache->bytes();
    };
  }
};

TEST(KvCache, RefusesAPageBeforeMemoryIsUsedUp) {
  const uint64_t page = small_layout().page_bytes();
  for (const uint64_t pages : {1, 2, 15, 16, 17, 100, 1000}) {
    FakeSystem system{.memory = pages * page + page / 2};
    KvCache cache(small_layout(), 0, system.answer());
    system.cache = &cache;
    const SequenceId a = cache.add();
    grow(cache, a, pages * kPage);
    try {
      cache.reserve(a, 1);
      ADD_FAILURE() << pages;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::out_of_memory);
    }
    EXPECT_EQ(cache.length(a), pages * kPage);
    system.memory += page;
    cache.reserve(a, 1);  // as soon as there is memory again
  }
}

TEST(KvCache, AsksForMemoryOncePerShareOfIt) {
  const uint64_t page = small_layout().page_bytes();
  FakeSystem system{.memory = 16'000 * page};
  KvCache cache(small_layout(), 0, system.answer());
  system.cache = &cache;
  const SequenceId a = cache.add();
  grow(cache, a, 500 * kPage);
  EXPECT_EQ(system.questions, 1) << "a sixteenth is 1,000 pages";
  grow(cache, a, 14'500 * kPage);
  EXPECT_LE(system.questions, 50);
}

// However much there is: other processes take memory too.
TEST(KvCache, AsksAgainAfter64MiB) {
  const uint64_t page = small_layout().page_bytes();
  const size_t pages = (uint64_t{64} << 20) / page;
  FakeSystem system{.memory = uint64_t{1} << 40};
  KvCache cache(small_layout(), 0, system.answer());
  system.cache = &cache;
  const SequenceId a = cache.add();
  grow(cache, a, (pages + 1) * kPage);
  EXPECT_EQ(system.questions, 1);
  system.memory = cache.bytes();  // someone else took the rest
  EXPECT_THROW(cache.reserve(a, 2 * kPage), Error);
  EXPECT_EQ(system.questions, 2);
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
