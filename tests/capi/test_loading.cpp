// Models from paths, memory and readers, with progress, log and limits, through the C interface.
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <vector>

#include <reckon/model.hpp>

#include "capi/owned.hpp"

namespace reckon::test {
namespace {

const std::string kPath = RECKON_SOURCE_DIR "/models/reckon-tiny.gguf";

const std::vector<char>& file() {
  static const std::vector<char> bytes = [] {
    std::ifstream in(kPath, std::ios::binary);
    return std::vector<char>(std::istreambuf_iterator<char>(in), {});
  }();
  return bytes;
}

// Counts what the library does with a reader.
struct Reader {
  int64_t most = INT64_MAX;  // bytes it gives at a time
  int64_t fails_with = 1;    // what it returns from call `fails_at` on
  int fails_at = INT32_MAX;
  int calls = 0;
  int released = 0;
};

int64_t read_file(void* data, uint64_t offset, void* to, size_t count) {
  auto& reader = *static_cast<Reader*>(data);
  if (reader.calls++ >= reader.fails_at) return reader.fails_with;
  const auto n = std::min(static_cast<int64_t>(count), reader.most);
  std::memcpy(to, file().data() + offset, static_cast<size_t>(n));
  return n;
}

void release(void* data) { static_cast<Reader*>(data)->released++; }

reckon_reader reader_of(Reader& state) {
  auto reader = initialised(reckon_reader_init);
  reader.total_bytes = file().size();
  reader.name = "box";
  reader.read = read_file;
  reader.release = release;
  reader.data = &state;
  return reader;
}

std::string answer_of(const reckon_model* model) {
  reckon_session* s = nullptr;
  EXPECT_EQ(reckon_session_new(model, nullptr, &s, nullptr), RECKON_OK);
  const SessionHandle session(s);
  const reckon_prompt prompt = question();
  const reckon_generate_options options = greedy();
  reckon_result* result = nullptr;
  EXPECT_EQ(reckon_session_generate(s, &prompt, &options, nullptr, nullptr, &result, nullptr), RECKON_OK);
  const ResultHandle owned(result);
  return result == nullptr ? "" : result->answer;
}

TEST(CLoading, APathMemoryAndAReaderGiveTheSameModel) {
  const std::string expected = answer_of(tiny());
  reckon_model* m = nullptr;
  ASSERT_EQ(reckon_model_load(kPath.c_str(), nullptr, &m, nullptr), RECKON_OK);
  EXPECT_EQ(answer_of(m), expected);
  EXPECT_EQ(reckon_model_get_info(m)->file, kPath);
  reckon_model_free(m);
  ASSERT_EQ(reckon_model_from_memory(file().data(), file().size(), nullptr, nullptr, &m, nullptr), RECKON_OK);
  EXPECT_EQ(answer_of(m), expected);
  EXPECT_STREQ(reckon_model_get_info(m)->file, "(memory)");
  reckon_model_free(m);
  Reader state{.most = 1000};
  const reckon_reader reader = reader_of(state);
  ASSERT_EQ(reckon_model_from_reader(&reader, nullptr, &m, nullptr), RECKON_OK);
  EXPECT_EQ(answer_of(m), expected);
  EXPECT_STREQ(reckon_model_get_info(m)->file, "box");
  EXPECT_EQ(state.released, 0);
  reckon_model_free(m);
  EXPECT_EQ(state.released, 1);
}

TEST(CLoading, AModelTellsWhatItIs) {
  const Model expected = Model::embedded();
  const char* identity = nullptr;
  ASSERT_EQ(reckon_model_identity(tiny(), &identity, nullptr), RECKON_OK);
  EXPECT_EQ(identity, expected.identity());
  EXPECT_GT(reckon_model_load_ms(tiny()), 0);
  EXPECT_EQ(reckon_model_cache_bytes_per_token(tiny(), RECKON_CACHE_F16),
            reckon_model_get_info(tiny())->kv_bytes_per_token);
  EXPECT_EQ(reckon_model_cache_bytes_per_token(tiny(), RECKON_CACHE_Q8_0),
            Model::cache_bytes_per_token(expected.info(), CacheType::q8_0));
  EXPECT_EQ(reckon_model_cache_bytes_per_token(tiny(), 2), 0U);
  EXPECT_REFUSED("model", reckon_model_identity(nullptr, &identity, &error));
  EXPECT_REFUSED("out", reckon_model_identity(tiny(), nullptr, &error));
}

TEST(CLoading, AReaderThatFailsIsAnError) {
  struct Case {
    int64_t fails_with;
    const char* message;
  };
  for (const Case& c : {Case{-5, "box: the reader failed with -5 at offset "},
                        Case{INT64_MIN, "box: the reader failed with -9223372036854775808 at offset "},
                        Case{0, "box: the reader gave nothing"}, Case{INT64_MAX, "box: the reader claims"}}) {
    for (const int at : {0, 1, 20}) {
      Reader state{.fails_with = c.fails_with, .fails_at = at};
      const reckon_reader reader = reader_of(state);
      reckon_model* m = nullptr;
      reckon_error* error = nullptr;
      const reckon_status status = reckon_model_from_reader(&reader, nullptr, &m, &error);
      expect_failure(RECKON_IO, c.message, status, error);
      EXPECT_EQ(m, nullptr);
      EXPECT_EQ(state.released, 1);
    }
  }
}

TEST(CLoading, AReaderIsReleasedWhateverIsWrong) {
  Reader state;
  reckon_reader reader = reader_of(state);
  reckon_load_options options = initialised(reckon_load_options_init);
  options.threads = -1;
  reckon_model* m = nullptr;
  reckon_error* error = nullptr;
  reckon_status status = reckon_model_from_reader(&reader, &options, &m, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "threads", status, error);
  EXPECT_EQ(state.released, 1);
  reader.read = nullptr;
  status = reckon_model_from_reader(&reader, nullptr, &m, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "reader.read", status, error);
  EXPECT_EQ(state.released, 2);
}

TEST(CLoading, ProgressIsToldAndCanStop) {
  struct Progress {
    uint64_t done = 0, total = 0;
    int calls = 0, stop_at = INT32_MAX;
  } progress;
  auto options = initialised(reckon_load_options_init);
  options.progress_data = &progress;
  options.progress = [](void* data, uint64_t done, uint64_t total) {
    auto& p = *static_cast<Progress*>(data);
    EXPECT_GE(done, p.done);
    p.done = done;
    p.total = total;
    return int{++p.calls > p.stop_at};
  };
  reckon_model* m = nullptr;
  ASSERT_EQ(reckon_model_embedded(&options, &m, nullptr), RECKON_OK);
  reckon_model_free(m);
  EXPECT_GT(progress.total, 0U);
  EXPECT_EQ(progress.done, progress.total);
  progress = {.stop_at = 1};
  reckon_error* error = nullptr;
  const reckon_status status = reckon_model_embedded(&options, &m, &error);
  expect_failure(RECKON_CANCELLED, "loading stopped", status, error);
  EXPECT_EQ(progress.calls, 2);
}

TEST(CLoading, TheLogTellsOfEachModelApart) {
  struct Log {
    std::string text;
    int warnings = 0;
  } first, second;
  const auto log = [](void* data, int32_t level, const char* message) {
    auto& l = *static_cast<Log*>(data);
    l.text += message;
    l.text += '\n';
    if (level == RECKON_LOG_WARNING) l.warnings++;
  };
  auto options = initialised(reckon_load_options_init);
  options.threads = 1;
  options.log = log;
  options.log_data = &first;
  reckon_model* m = nullptr;
  ASSERT_EQ(reckon_model_embedded(&options, &m, nullptr), RECKON_OK);
  EXPECT_NE(first.text.find(std::string("kernels ") + reckon_model_isa(m) + ", threads 1"), std::string::npos)
      << first.text;
  EXPECT_NE(first.text.find("packed in"), std::string::npos) << first.text;
  EXPECT_EQ(first.warnings, 0);
  reckon_model_free(m);
  options.threads = 200;
  options.log_data = &second;
  const std::string before = first.text;
  ASSERT_EQ(reckon_model_embedded(&options, &m, nullptr), RECKON_OK);
  EXPECT_EQ(reckon_model_threads(m), 200);
  reckon_model_free(m);
  EXPECT_EQ(first.text, before);
  EXPECT_EQ(second.warnings, 1) << second.text;
}

TEST(CLoading, BoundsAndPathsAreErrorsOfTheirOwn) {
  reckon_model* m = nullptr;
  reckon_error* error = nullptr;
  auto options = initialised(reckon_load_options_init);
  options.memory_limit = 1 << 20;
  reckon_status status = reckon_model_embedded(&options, &m, &error);
  expect_failure(RECKON_OUT_OF_MEMORY, "1 MiB are allowed", status, error);
  options = initialised(reckon_load_options_init);
  options.isa = "none such";
  status = reckon_model_embedded(&options, &m, &error);
  expect_failure(RECKON_INVALID_ARGUMENT, "none such", status, error);
  status = reckon_model_load("/no/such/file.gguf", nullptr, &m, &error);
  expect_failure(RECKON_IO, "/no/such/file.gguf", status, error);
  status = reckon_model_from_memory("GGUF", 4, "four bytes", nullptr, &m, &error);
  expect_failure(RECKON_MALFORMED_FILE, "four bytes", status, error);
}

}  // namespace
}  // namespace reckon::test
