#include "support/cpu.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace reckon::support {
namespace {

namespace fs = std::filesystem;

// A made-up /sys and /proc.
class Cpu : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::temp_directory_path() / ("reckon_cpu_" + std::to_string(getpid()) + "_" + info->name());
    fs::create_directories(root_);
    source_ = {.sys = root_ / "sys", .proc = root_ / "proc", .affinity = {0, 1, 2, 3, 4, 5, 6, 7}};
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  // cpu and cpu + 4 are siblings
  void make_four_cores_of_two_threads() {
    for (int cpu = 0; cpu < 8; cpu++) {
      std::string pair = std::to_string(cpu % 4) + "," + std::to_string(cpu % 4 + 4) + "\n";
      write("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list", pair);
    }
  }

  fs::path root_;
  CpuSource source_;
};

TEST_F(Cpu, CountsSiblingThreadsOnce) {
  make_four_cores_of_two_threads();
  EXPECT_EQ(usable_cores(source_), 4);
  EXPECT_EQ(usable_cpus(source_), 8);
}

TEST_F(Cpu, CountsOnlyTheAffinityMask) {
  make_four_cores_of_two_threads();
  source_.affinity = {1, 5, 2};
  EXPECT_EQ(usable_cores(source_), 2);
  EXPECT_EQ(usable_cpus(source_), 3);
}

TEST_F(Cpu, CountsEveryThreadWhereTopologyIsUnknown) { EXPECT_EQ(usable_cores(source_), 8); }

TEST_F(Cpu, RoundsTheQuotaUp) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/cpu.max", "250000 100000\n");
  EXPECT_EQ(usable_cores(source_), 3);
  write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(usable_cores(source_), 1);
  write("sys/fs/cgroup/cpu.max", "1000 100000\n");
  EXPECT_EQ(usable_cores(source_), 1);
}

TEST_F(Cpu, TakesTheLeastQuotaOfAGroupAndItsAncestors) {
  write("proc/self/cgroup", "0::/user/job/step\n");
  write("sys/fs/cgroup/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/user/cpu.max", "200000 100000\n");
  write("sys/fs/cgroup/user/job/cpu.max", "500000 100000\n");
  EXPECT_EQ(usable_cores(source_), 2);
}

TEST_F(Cpu, ReadsVersionOneGroups) {
  write("proc/self/cgroup", "11:cpuset:/a\n4:cpu,cpuacct:/docker/1\n1:name=systemd:/a\n");
  write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "600000\n");
  write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(usable_cores(source_), 6);
  write("sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "300000\n");
  write("sys/fs/cgroup/cpu/docker/1/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(usable_cores(source_), 3);
  write("sys/fs/cgroup/cpu/docker/1/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(usable_cores(source_), 6);
}

TEST_F(Cpu, IgnoresWhatItCannotParse) {
  for (const char* line : {"", "::", "0::", "0:x", "nonsense", "0::relative"}) {
    write("proc/self/cgroup", line);
    EXPECT_EQ(usable_cores(source_), 8) << line;
  }
  write("proc/self/cgroup", "0::/\n");
  for (const char* line : {"", "max", "5", "a b", "0 0", "-5 10", "10 -5", "99999999999999999999 1", "7 "}) {
    write("sys/fs/cgroup/cpu.max", line);
    EXPECT_EQ(usable_cores(source_), 8) << line;
  }
  write("sys/fs/cgroup/cpu.max", "9223372036854775807 1");
  EXPECT_EQ(usable_cores(source_), 8);
}

TEST_F(Cpu, HasAtLeastOneCore) {
  source_.affinity.clear();
  EXPECT_EQ(usable_cores(source_), 1);
  EXPECT_EQ(usable_cpus(source_), 1);
}

TEST_F(Cpu, NamesTheProcessor) {
  write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some Maker CPU 3.2: 8\nmodel name\t: other\n");
  EXPECT_EQ(processor_name(source_), "Some Maker CPU 3.2: 8");
}

TEST_F(Cpu, NamesTheBoardElseTheArchitecture) {
  write("proc/cpuinfo", "processor\t: 0\nmodel name without a colon\n");
  EXPECT_FALSE(processor_name(source_).empty());
  write("sys/firmware/devicetree/base/model", std::string("Some Board\0", 11));
  EXPECT_EQ(processor_name(source_), "Some Board");
}

TEST_F(Cpu, ReadsCacheSizesOfItsFirstCpu) {
  EXPECT_EQ(cache_sizes(source_).l1, 0u);
  source_.affinity = {3};
  auto cache = [&](int index, const char* level, const char* type, const char* size) {
    std::string folder = "sys/devices/system/cpu/cpu3/cache/index" + std::to_string(index);
    write(folder + "/level", level), write(folder + "/type", type), write(folder + "/size", size);
  };
  cache(0, "1\n", "Data\n", "48K\n");
  cache(1, "1\n", "Instruction\n", "32K\n");
  cache(2, "2\n", "Unified\n", "2M\n");
  cache(3, "3\n", "Unified\n", "nonsense\n");
  EXPECT_EQ(cache_sizes(source_).l1, size_t{48} << 10);
  EXPECT_EQ(cache_sizes(source_).l2, size_t{2} << 20);
  EXPECT_EQ(cache_sizes(source_).l3, 0u);
}

TEST(ThisProcess, HasACoreAndAName) {
  EXPECT_GE(usable_cores(), 1);
  EXPECT_GE(usable_cpus(), usable_cores());
  EXPECT_FALSE(processor_name().empty());
}

}  // namespace
}  // namespace reckon::support
