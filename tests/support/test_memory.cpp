#include "support/memory.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

namespace reckon::support {
namespace {

constexpr uint64_t kMiB = 1 << 20;

// A system's files below a directory of the test's own.
class FakeSystem : public testing::Test {
 protected:
  FakeSystem() {
    std::string pattern = (std::filesystem::temp_directory_path() / "reckon-memory-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("can't make a directory for the test");
    root = pattern;
    write("/proc/meminfo", "MemTotal:       8388608 kB\nMemFree:  1 kB\nMemAvailable:    4194304 kB\n");
  }
  ~FakeSystem() override { std::filesystem::remove_all(root); }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(root + path).parent_path());
    std::ofstream(root + path) << text;
  }
  void mount_v2(const std::string& mount_root, const std::string& group) const {
    write("/proc/self/mountinfo",
          "23 1 0:1 / / rw - ext4 /dev/vda rw\n30 23 0:26 " + mount_root +
              " /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    write("/proc/self/cgroup", "0::" + group + "\n");
  }
  void limit_v2(const std::string& folder, const std::string& max, uint64_t current,
                uint64_t file_pages) const {
    write("/sys/fs/cgroup" + folder + "/memory.max", max + "\n");
    write("/sys/fs/cgroup" + folder + "/memory.current", std::to_string(current) + "\n");
    write("/sys/fs/cgroup" + folder + "/memory.stat",
          "anon 1\ninactive_file " + std::to_string(file_pages) + "\nactive_file 0\n");
  }
  void expect_memory(uint64_t total_mib, uint64_t available_mib) const {
    const MemoryStatus status = read_memory_status(root);
    EXPECT_EQ(status.total / kMiB, total_mib);
    EXPECT_EQ(status.available / kMiB, available_mib);
  }

  std::string root;
};

TEST_F(FakeSystem, HasWhatTheSystemSaysWithoutGroups) { expect_memory(8192, 4096); }

TEST_F(FakeSystem, HasNoMoreThanItsGroupLeaves) {
  mount_v2("/", "/app");
  limit_v2("/app", std::to_string(1000 * kMiB), 600 * kMiB, 0);
  expect_memory(1000, 400);
}

TEST_F(FakeSystem, CountsFilePagesOfTheGroupAsFree) {
  mount_v2("/", "/app");
  limit_v2("/app", std::to_string(1000 * kMiB), 600 * kMiB, 500 * kMiB);
  expect_memory(1000, 900);
}

TEST_F(FakeSystem, IsBoundByTheGroupsAboveToo) {
  mount_v2("/", "/user/app");
  limit_v2("/user/app", "max", 100 * kMiB, 0);
  limit_v2("/user", std::to_string(500 * kMiB), 450 * kMiB, 0);
  expect_memory(500, 50);
}

TEST_F(FakeSystem, HasNoLimitWhereTheGroupHasNone) {
  mount_v2("/", "/app");
  limit_v2("/app", "max", 100 * kMiB, 0);
  expect_memory(8192, 4096);
}

TEST_F(FakeSystem, HasNothingLeftInAGroupBeyondItsLimit) {
  mount_v2("/", "/app");
  limit_v2("/app", std::to_string(100 * kMiB), 101 * kMiB, 0);
  expect_memory(100, 0);
}

TEST_F(FakeSystem, FindsItsGroupInAContainer) {
  mount_v2("/docker/1f", "/docker/1f");
  limit_v2("", std::to_string(700 * kMiB), 100 * kMiB, 0);
  expect_memory(700, 600);
}

TEST_F(FakeSystem, ReadsVersion1Groups) {
  write("/proc/self/mountinfo",
        "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n"
        "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
        "33 31 0:30 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
        "34 31 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  write("/proc/self/cgroup", "5:cpu:/elsewhere\n4:hugetlb,memory:/app\n0::/app\n");
  write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "12345\n");
  write("/sys/fs/cgroup/memory/app/memory.limit_in_bytes", std::to_string(800 * kMiB) + "\n");
  write("/sys/fs/cgroup/memory/app/memory.usage_in_bytes", std::to_string(500 * kMiB) + "\n");
  write("/sys/fs/cgroup/memory/app/memory.stat", "inactive_file 7\ntotal_inactive_file " +
                                                     std::to_string(100 * kMiB) + "\ntotal_active_file " +
                                                     std::to_string(50 * kMiB) + "\n");
  expect_memory(800, 450);
}

TEST_F(FakeSystem, SurvivesFilesOfAnotherForm) {
  write("/proc/self/mountinfo", "\n- - -\n1 2 3 / /sys/fs/cgroup rw - cgroup2 x y\n");
  write("/proc/self/cgroup", "nothing\n::\n0::///\n");
  write("/sys/fs/cgroup/memory.max", "many\n");
  expect_memory(8192, 4096);
}

TEST(Memory, OfThisProcessIsWithinTheMachines) {
  EXPECT_GT(available_memory(), 0U);
  EXPECT_LE(available_memory(), total_memory());
  EXPECT_GT(resident_memory(), kMiB);
  EXPECT_LE(resident_memory(), total_memory());
}

TEST(Memory, GrowsWithWhatIsTouchedAndKeepsItsPeak) {
  constexpr size_t kSize = 64 * kMiB;
  const uint64_t before = resident_memory();
  auto block = std::make_unique_for_overwrite<char[]>(kSize);
  std::memset(block.get(), 1, kSize);
  const uint64_t with_block = resident_memory();
  EXPECT_GE(with_block, before + kSize * 9 / 10);
  block.reset();
  EXPECT_GE(peak_resident_memory(), before + kSize * 9 / 10);
}

TEST(Memory, IsBoundByTheAddressSpaceLimit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's own address space is beyond any limit";
#endif
  rlimit old{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &old), 0);
  rlimit low = old;
  low.rlim_cur = 2048 * kMiB;
  ASSERT_EQ(setrlimit(RLIMIT_AS, &low), 0);
  const uint64_t available = available_memory();
  ASSERT_EQ(setrlimit(RLIMIT_AS, &old), 0);
  EXPECT_LT(available, 2048 * kMiB);
  EXPECT_GT(available, 512 * kMiB);
}

}  // namespace
}  // namespace reckon::support
