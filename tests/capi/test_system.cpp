// The machine and its limits through the C interface.
#include <algorithm>
#include <cmath>
#include <string>

#include <reckon/system.hpp>

#include "capi/owned.hpp"

namespace reckon::test {
namespace {

TEST(CSystem, InstructionSetsAreThoseOfTheCppInterface) {
  reckon_instruction_set* sets = nullptr;
  size_t count = 0;
  ASSERT_EQ(reckon_instruction_sets(&sets, &count, nullptr), RECKON_OK);
  const Memory owned(sets);
  const auto expected = instruction_sets();
  ASSERT_EQ(count, expected.size());
  for (size_t i = 0; i < count; i++) {
    EXPECT_EQ(sets[i].name, expected[i].name);
    EXPECT_EQ(sets[i].description, expected[i].description);
    EXPECT_EQ(sets[i].supported != 0, expected[i].supported);
    EXPECT_EQ(sets[i].selected != 0, expected[i].selected);
  }
}

TEST(CSystem, DescribesTheMachine) {
  reckon_system_info* info = nullptr;
  ASSERT_EQ(reckon_system_describe(&info, nullptr), RECKON_OK);
  const Memory owned(info);
  EXPECT_EQ(info->size, sizeof *info);
  EXPECT_EQ(info->processor, system_info().processor);
  EXPECT_EQ(info->memory_total, system_info().memory_total);
  EXPECT_EQ(info->usable_cores, system_info().usable_cores);
  EXPECT_GT(info->memory_available, 0U);
  EXPECT_GT(reckon_resident_bytes(), uint64_t{1} << 20);
  EXPECT_GE(reckon_peak_resident_bytes(), reckon_resident_bytes() / 2);
}

TEST(CSystem, MeasuresLimits) {
  double speed = 0, took = 0;
  uint64_t bytes = 0;
  ASSERT_EQ(reckon_measure_read_bandwidth(1, 1 << 20, 0, &speed, nullptr), RECKON_OK);
  EXPECT_GT(speed, 1e6);
  ASSERT_EQ(reckon_measure_compute_peak(reckon_model_isa(tiny()), 1, 0, &speed, nullptr), RECKON_OK);
  EXPECT_GT(speed, 1e6);
  ASSERT_EQ(reckon_measure_packing(nullptr, nullptr, 0, &bytes, &took, nullptr), RECKON_OK);
  EXPECT_GT(bytes, 0U) << "a part, for no seconds";
  EXPECT_GT(took, 0);
  reckon_read_size* sizes = nullptr;
  size_t count = 0;
  ASSERT_EQ(reckon_read_sizes(2, &sizes, &count, nullptr), RECKON_OK);
  const Memory owned(sizes);
  const auto expected = read_sizes(2);
  ASSERT_EQ(count, expected.size());
  for (size_t i = 0; i < count; i++) EXPECT_EQ(sizes[i].name, expected[i].name);
  EXPECT_EQ(sizes[0].bytes, expected[0].bytes);
}

TEST(CSystem, BadArgumentsAreRefused) {
  double speed, took;
  uint64_t bytes;
  size_t count;
  reckon_instruction_set* sets;
  reckon_read_size* sizes;
  EXPECT_REFUSED("out", reckon_instruction_sets(nullptr, &count, &error));
  EXPECT_REFUSED("count", reckon_instruction_sets(&sets, nullptr, &error));
  EXPECT_REFUSED("out", reckon_system_describe(nullptr, &error));
  EXPECT_REFUSED("out", reckon_read_sizes(1, nullptr, &count, &error));
  EXPECT_REFUSED("count", reckon_read_sizes(1, &sizes, nullptr, &error));
  EXPECT_REFUSED("bytes_per_s", reckon_measure_read_bandwidth(1, 4096, 0, nullptr, &error));
  EXPECT_REFUSED("isa", reckon_measure_compute_peak(nullptr, 1, 0, &speed, &error));
  EXPECT_REFUSED("operations_per_s", reckon_measure_compute_peak("scalar", 1, 0, nullptr, &error));
  EXPECT_REFUSED("bytes", reckon_measure_packing(nullptr, nullptr, 0, nullptr, &took, &error));
  EXPECT_REFUSED("took", reckon_measure_packing(nullptr, nullptr, 0, &bytes, nullptr, &error));
  EXPECT_FAILURE(RECKON_INVALID_ARGUMENT, "none such",
                 reckon_measure_compute_peak("none such", 1, 0, &speed, &error));
  EXPECT_FAILURE(RECKON_IO, "/no/such/file",
                 reckon_measure_packing("/no/such/file", nullptr, 0, &bytes, &took, &error));
}

TEST(CSystem, NumbersOutOfRangeAreNamed) {
  double speed, took;
  uint64_t bytes;
  size_t count;
  reckon_read_size* sizes;
  for (const int32_t threads : {INT32_MIN, -1, 0, 257, INT32_MAX}) {
    const std::string said = "threads " + std::to_string(threads);
    EXPECT_REFUSED(said, reckon_read_sizes(threads, &sizes, &count, &error));
    EXPECT_REFUSED(said, reckon_measure_read_bandwidth(threads, 4096, 0, &speed, &error));
    EXPECT_REFUSED(said, reckon_measure_compute_peak("scalar", threads, 0, &speed, &error));
  }
  for (const double seconds : {std::nan(""), -1.0, -1e300, 3600.5, HUGE_VAL}) {
    EXPECT_REFUSED("seconds", reckon_measure_read_bandwidth(1, 4096, seconds, &speed, &error));
    EXPECT_REFUSED("seconds", reckon_measure_compute_peak("scalar", 1, seconds, &speed, &error));
    EXPECT_REFUSED("seconds", reckon_measure_packing(nullptr, nullptr, seconds, &bytes, &took, &error));
  }
  for (const uint64_t much : {uint64_t{1} << 46, UINT64_MAX}) {
    EXPECT_FAILURE(RECKON_OUT_OF_MEMORY, "available",
                   reckon_measure_read_bandwidth(1, much, 0, &speed, &error));
  }
}

}  // namespace
}  // namespace reckon::test
