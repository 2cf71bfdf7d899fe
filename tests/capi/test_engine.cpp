// The engine and its logits through the C interface.
#include <cmath>
#include <cstring>
#include <vector>

#include <reckon/engine.hpp>
#include <reckon/sampling.hpp>

#include "capi/owned.hpp"

namespace reckon::test {
namespace {

EngineHandle new_engine(uint64_t max_positions = 0) {
  auto options = initialised(reckon_engine_options_init);
  options.max_positions = max_positions;
  reckon_engine* engine = nullptr;
  EXPECT_EQ(reckon_engine_new(tiny(), &options, &engine, nullptr), RECKON_OK);
  return EngineHandle(engine);
}

uint32_t new_sequence(reckon_engine* engine) {
  uint32_t id = UINT32_MAX;
  EXPECT_EQ(reckon_engine_add_sequence(engine, &id, nullptr), RECKON_OK);
  return id;
}

uint64_t length(const reckon_engine* engine, uint32_t sequence) {
  uint64_t n = UINT64_MAX;
  EXPECT_EQ(reckon_engine_length(engine, sequence, &n, nullptr), RECKON_OK);
  return n;
}

// The hash of the logits after `tokens` more.
uint64_t append(reckon_engine* engine, uint32_t sequence, const std::vector<int32_t>& tokens) {
  std::vector<reckon_batch_row> rows;
  for (const int32_t t : tokens) rows.push_back({sequence, t, 0});
  rows.back().logits = 1;
  reckon_error* error = nullptr;
  EXPECT_EQ(reckon_engine_forward(engine, rows.data(), rows.size(), &error), RECKON_OK)
      << reckon_error_message(error);
  const float* logits = nullptr;
  size_t count = 0;
  EXPECT_EQ(reckon_engine_logits(engine, 0, &logits, &count, nullptr), RECKON_OK);
  EXPECT_EQ(count, reckon_model_get_info(tiny())->vocab_size);
  return reckon_hash_logits(logits, count);
}

uint64_t expected_hash(const std::vector<int32_t>& tokens) {
  Engine engine(Model::embedded());
  const SequenceId id = engine.add_sequence();
  std::vector<BatchRow> rows;
  for (const int32_t t : tokens) rows.push_back({id, t, true});
  engine.forward(rows);
  return hash_logits(engine.logits(rows.size() - 1));
}

std::vector<int32_t> counting(size_t n) {
  std::vector<int32_t> tokens(n);
  for (size_t i = 0; i < n; i++) tokens[i] = static_cast<int32_t>(i % 200);
  return tokens;
}

TEST(CEngine, GivesTheLogitsOfTheCppInterface) {
  const EngineHandle engine = new_engine();
  const uint32_t id = new_sequence(engine.get());
  EXPECT_EQ(append(engine.get(), id, counting(70)), expected_hash(counting(70)));
  EXPECT_EQ(length(engine.get(), id), 70U);
  EXPECT_GT(reckon_engine_kv_bytes(engine.get()), 0U);
}

TEST(CEngine, ForksRewindsAndRemoves) {
  const EngineHandle engine = new_engine();
  const uint32_t first = new_sequence(engine.get());
  append(engine.get(), first, counting(70));
  uint32_t second = UINT32_MAX;
  ASSERT_EQ(reckon_engine_fork(engine.get(), first, &second, nullptr), RECKON_OK);
  ASSERT_NE(second, first);
  ASSERT_EQ(reckon_engine_rewind(engine.get(), second, 66, nullptr), RECKON_OK);
  EXPECT_EQ(length(engine.get(), second), 66U);
  EXPECT_EQ(append(engine.get(), second, {66, 67, 68, 69, 70}), expected_hash(counting(71)));
  EXPECT_EQ(append(engine.get(), first, {70, 71}), expected_hash(counting(72)));
  ASSERT_EQ(reckon_engine_remove(engine.get(), second, nullptr), RECKON_OK);
  uint64_t n;
  EXPECT_REFUSED("no such sequence", reckon_engine_length(engine.get(), second, &n, &error));
}

TEST(CEngine, ABranchGoesOnByItself) {
  EngineHandle engine = new_engine();
  const uint32_t id = new_sequence(engine.get());
  append(engine.get(), id, counting(70));
  reckon_engine* other = nullptr;
  ASSERT_EQ(reckon_engine_branch(engine.get(), id, &other, nullptr), RECKON_OK);
  const EngineHandle branch(other);
  engine.reset();
  EXPECT_EQ(append(other, 0, {70, 71}), expected_hash(counting(72)));
}

TEST(CEngine, LogitsAreInTheOrderOfTheRows) {
  const EngineHandle engine = new_engine();
  const uint32_t a = new_sequence(engine.get()), b = new_sequence(engine.get());
  const reckon_batch_row rows[] = {{a, 5, 1}, {b, 9, 0}, {b, 10, 1}};
  ASSERT_EQ(reckon_engine_forward(engine.get(), rows, 3, nullptr), RECKON_OK);
  const float* logits = nullptr;
  size_t count = 0;
  ASSERT_EQ(reckon_engine_logits(engine.get(), 0, &logits, &count, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_hash_logits(logits, count), expected_hash({5}));
  ASSERT_EQ(reckon_engine_logits(engine.get(), 1, &logits, &count, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_hash_logits(logits, count), expected_hash({9, 10}));
  EXPECT_REFUSED("logits 2", reckon_engine_logits(engine.get(), 2, &logits, &count, &error));
}

int stops_at(void* data) {
  auto& left = *static_cast<int*>(data);
  return left-- == 0 ? 1 : 0;
}

TEST(CEngine, AStepThatIsStoppedChangesNothing) {
  const EngineHandle engine = new_engine();
  const uint32_t id = new_sequence(engine.get());
  const reckon_batch_row row = {id, 5, 1};
  int left = 1;
  int32_t done = 7;
  ASSERT_EQ(reckon_engine_forward_until(engine.get(), &row, 1, stops_at, &left, &done, nullptr), RECKON_OK);
  EXPECT_EQ(done, 0);
  EXPECT_EQ(length(engine.get(), id), 0U);
  left = 1000;
  ASSERT_EQ(reckon_engine_forward_until(engine.get(), &row, 1, stops_at, &left, &done, nullptr), RECKON_OK);
  EXPECT_EQ(done, 1);
  EXPECT_LT(left, 1000);
  ASSERT_EQ(reckon_engine_forward_until(engine.get(), &row, 1, nullptr, nullptr, &done, nullptr), RECKON_OK);
  EXPECT_EQ(length(engine.get(), id), 2U);
  EXPECT_REFUSED("done",
                 reckon_engine_forward_until(engine.get(), &row, 1, nullptr, nullptr, nullptr, &error));
}

// Pages copied out of one engine.
struct Pages {
  std::vector<std::vector<char>> bytes;
  size_t fails_at = SIZE_MAX;
};

int fill(void* data, size_t index, void* page, size_t size) {
  const auto& pages = *static_cast<const Pages*>(data);
  if (index == pages.fails_at) return 1;
  EXPECT_EQ(pages.bytes.at(index).size(), size);
  std::memcpy(page, pages.bytes.at(index).data(), size);
  return 0;
}

TEST(CEngine, TheCacheGoesToAnotherEngineAsBytes) {
  const EngineHandle engine = new_engine(), other = new_engine();
  const uint32_t id = new_sequence(engine.get()), to = new_sequence(other.get());
  append(engine.get(), id, counting(70));
  const uint64_t size = reckon_engine_kv_page_bytes(engine.get());
  ASSERT_EQ(reckon_engine_kv_page_positions(engine.get()), 64U);
  Pages pages;
  const void* page = nullptr;
  for (size_t i = 0; i < 2; i++) {
    ASSERT_EQ(reckon_engine_kv_page(engine.get(), id, i, &page, nullptr), RECKON_OK);
    pages.bytes.emplace_back(static_cast<const char*>(page), static_cast<const char*>(page) + size);
  }
  EXPECT_REFUSED("page 2", reckon_engine_kv_page(engine.get(), id, 2, &page, &error));
  pages.fails_at = 1;
  EXPECT_FAILURE(RECKON_IO, "page 1", reckon_engine_import_kv(other.get(), to, 70, fill, &pages, &error));
  EXPECT_EQ(length(other.get(), to), 0U);
  pages.fails_at = SIZE_MAX;
  ASSERT_EQ(reckon_engine_import_kv(other.get(), to, 70, fill, &pages, nullptr), RECKON_OK);
  EXPECT_EQ(append(other.get(), to, {70}), expected_hash(counting(71)));
  EXPECT_REFUSED("not empty", reckon_engine_import_kv(other.get(), to, 70, fill, &pages, &error));
}

TEST(CEngine, BoundsAreErrorsAndChangeNothing) {
  const EngineHandle engine = new_engine(64);
  const uint32_t id = new_sequence(engine.get());
  append(engine.get(), id, counting(60));
  const std::vector<reckon_batch_row> rows(5, {id, 5, 0});
  EXPECT_FAILURE(RECKON_CONTEXT_FULL, "64 positions",
                 reckon_engine_forward(engine.get(), rows.data(), rows.size(), &error));
  EXPECT_EQ(length(engine.get(), id), 60U);
  const reckon_batch_row unknown = {id + 1, 5, 0}, outside = {id, -1, 0};
  EXPECT_REFUSED("no such sequence", reckon_engine_forward(engine.get(), &unknown, 1, &error));
  EXPECT_REFUSED("token -1", reckon_engine_forward(engine.get(), &outside, 1, &error));
  EXPECT_REFUSED("rewind", reckon_engine_rewind(engine.get(), id, 61, &error));
}

TEST(CEngine, NullIsRefused) {
  const EngineHandle e = new_engine();
  reckon_engine* none;
  uint32_t id;
  uint64_t n;
  const float* logits;
  size_t count;
  const void* page;
  EXPECT_REFUSED("model", reckon_engine_new(nullptr, nullptr, &none, &error));
  EXPECT_REFUSED("out", reckon_engine_new(tiny(), nullptr, nullptr, &error));
  auto options = initialised(reckon_engine_options_init);
  options.cache_type = 9;
  EXPECT_REFUSED("cache_type", reckon_engine_new(tiny(), &options, &none, &error));
  options.size = 1;
  EXPECT_REFUSED("options.size", reckon_engine_new(tiny(), &options, &none, &error));
  EXPECT_REFUSED("engine", reckon_engine_add_sequence(nullptr, &id, &error));
  EXPECT_REFUSED("out", reckon_engine_add_sequence(e.get(), nullptr, &error));
  EXPECT_REFUSED("engine", reckon_engine_fork(nullptr, 0, &id, &error));
  EXPECT_REFUSED("no such sequence", reckon_engine_fork(e.get(), 0, &id, &error));
  EXPECT_REFUSED("engine", reckon_engine_branch(nullptr, 0, &none, &error));
  EXPECT_REFUSED("no such sequence", reckon_engine_branch(e.get(), 0, &none, &error));
  EXPECT_REFUSED("engine", reckon_engine_rewind(nullptr, 0, 0, &error));
  EXPECT_REFUSED("engine", reckon_engine_remove(nullptr, 0, &error));
  EXPECT_REFUSED("no such sequence", reckon_engine_remove(e.get(), 0, &error));
  EXPECT_REFUSED("engine", reckon_engine_length(nullptr, 0, &n, &error));
  EXPECT_REFUSED("out", reckon_engine_length(e.get(), 0, nullptr, &error));
  EXPECT_REFUSED("engine", reckon_engine_forward(nullptr, nullptr, 0, &error));
  EXPECT_REFUSED("rows", reckon_engine_forward(e.get(), nullptr, 1, &error));
  EXPECT_REFUSED("engine", reckon_engine_logits(nullptr, 0, &logits, &count, &error));
  EXPECT_REFUSED("count", reckon_engine_logits(e.get(), 0, &logits, nullptr, &error));
  EXPECT_REFUSED("engine", reckon_engine_kv_page(nullptr, 0, 0, &page, &error));
  EXPECT_REFUSED("fill", reckon_engine_import_kv(e.get(), 0, 1, nullptr, nullptr, &error));
  EXPECT_EQ(reckon_engine_forward(e.get(), nullptr, 0, nullptr), RECKON_OK) << "no rows";
  reckon_engine_free(nullptr);
  EXPECT_EQ(reckon_engine_kv_bytes(nullptr), 0U);
  EXPECT_EQ(reckon_engine_kv_page_bytes(nullptr), 0U);
  EXPECT_EQ(reckon_engine_kv_page_positions(nullptr), 0U);
}

TEST(CLogits, ProbabilitiesAreThoseOfTheCppInterface) {
  const std::vector<float> logits = {0.5f, 2, -1, 2};
  double p = 0;
  ASSERT_EQ(reckon_logprob(logits.data(), 4, 0, &p, nullptr), RECKON_OK);
  EXPECT_EQ(p, logprob(logits, 0));
  reckon_token_probability* top = nullptr;
  size_t count = 0;
  ASSERT_EQ(reckon_top_logprobs(logits.data(), 4, 3, &top, &count, nullptr), RECKON_OK);
  const Memory owned(top);
  ASSERT_EQ(count, 3U);
  EXPECT_EQ(top[0].token, 1);
  EXPECT_EQ(top[1].token, 3);
  EXPECT_EQ(top[2].token, 0);
  EXPECT_EQ(top[2].logprob, p);
  EXPECT_EQ(reckon_hash_logits(logits.data(), 4), hash_logits(logits));
}

TEST(CLogits, BadArgumentsAreRefused) {
  const float logits[] = {1, 2};
  double p;
  reckon_token_probability* top = nullptr;
  size_t count = 7;
  EXPECT_REFUSED("logits", reckon_logprob(nullptr, 2, 0, &p, &error));
  EXPECT_REFUSED("out", reckon_logprob(logits, 2, 0, nullptr, &error));
  EXPECT_REFUSED("token 2", reckon_logprob(logits, 2, 2, &p, &error));
  EXPECT_REFUSED("token -1", reckon_logprob(logits, 2, -1, &p, &error));
  EXPECT_REFUSED("logits", reckon_top_logprobs(nullptr, 2, 1, &top, &count, &error));
  EXPECT_REFUSED("out", reckon_top_logprobs(logits, 2, 1, nullptr, &count, &error));
  EXPECT_REFUSED("out_count", reckon_top_logprobs(logits, 2, 1, &top, nullptr, &error));
  ASSERT_EQ(reckon_top_logprobs(logits, 2, 100, &top, &count, nullptr), RECKON_OK);
  EXPECT_EQ(count, 2U);
  reckon_free(top);
  ASSERT_EQ(reckon_top_logprobs(nullptr, 0, 1, &top, &count, nullptr), RECKON_OK);
  EXPECT_EQ(count, 0U);
  reckon_free(top);
  EXPECT_EQ(reckon_hash_logits(nullptr, 5), 0U);
}

}  // namespace
}  // namespace reckon::test
