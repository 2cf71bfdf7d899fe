#include "load/mapped_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "expect_error.hpp"
#include "gguf_builder.hpp"
#include "support/memory.hpp"
#include "temp_dir.hpp"

namespace reckon::load {
namespace {

using test::expect_error;
using test::TempDir;
using test::to_bytes;
using test::write_file;

void expect_io_error(const std::string& path, std::initializer_list<std::string_view> parts) {
  expect_error(ErrorCode::io, parts, [&] { const MappedFile file(path); });
}

TEST(MappedFile, ShowsTheFilesBytes) {
  const TempDir dir;
  write_file(dir / "a", to_bytes("content"));
  const MappedFile file(dir / "a");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()), "content");
  EXPECT_EQ(file.path(), dir / "a");
  file.check_unchanged();
}

TEST(MappedFile, RefusesWhatIsNoRegularFile) {
  const TempDir dir;
  expect_io_error(dir / "missing", {"missing", "No such file"});
  expect_io_error("", {"No such file"});
  expect_io_error(dir.path(), {dir.path(), "is a directory"});
  expect_io_error(dir.path() + "/", {"is a directory"});
  expect_io_error("/dev/zero", {"/dev/zero", "is a device"});
  expect_io_error(std::string("model\0.gguf", 11), {"model", "NUL"});
  expect_io_error(std::string(100000, 'a'), {"too long"});
  write_file(dir / "empty", {});
  expect_io_error(dir / "empty", {"empty", "the file is empty"});
  write_file(dir / "file", to_bytes("x"));
  expect_io_error(dir / "file/below", {"Not a directory"});
}

TEST(MappedFile, RefusesAFifoWithoutWaitingForItsWriter) {
  const TempDir dir;
  ASSERT_EQ(mkfifo((dir / "fifo").c_str(), 0600), 0);
  expect_io_error(dir / "fifo", {"fifo", "is a FIFO"});
}

TEST(MappedFile, RefusesALinkToItself) {
  const TempDir dir;
  std::filesystem::create_symlink(dir / "loop", dir / "loop");
  expect_io_error(dir / "loop", {"loop", "symbolic links"});
}

// Root may read everything, so the test gives the right up for a moment.
class OtherUser {
 public:
  OtherUser() : was_root_(geteuid() == 0 && seteuid(65534) == 0) {}
  ~OtherUser() {
    if (was_root_ && seteuid(0) != 0) ADD_FAILURE() << "can't become root again";
  }

 private:
  bool was_root_;
};

TEST(MappedFile, SaysThatPermissionIsMissing) {
  const TempDir dir;
  write_file(dir / "secret", to_bytes("x"));
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod((dir / "secret").c_str(), 0), 0);
  const OtherUser nobody;
  ASSERT_NE(geteuid(), 0U);
  expect_io_error(dir / "secret", {"secret", "Permission denied"});
}

TEST(MappedFile, NoticesThatTheFileBecameShorter) {
  const TempDir dir;
  write_file(dir / "a", test::Bytes(100000));
  const MappedFile file(dir / "a");
  file.check_unchanged();
  std::filesystem::resize_file(dir / "a", 200000);
  file.check_unchanged();
  std::filesystem::resize_file(dir / "a", 99999);
  expect_error(ErrorCode::io, {dir / "a", "100000", "99999"}, [&] { file.check_unchanged(); });
  std::filesystem::resize_file(dir / "a", 0);
  expect_error(ErrorCode::io, {dir / "a", "shorter"}, [&] { file.check_unchanged(); });
}

TEST(MappedFile, KeepsItsContentWhenAnotherFileTakesTheName) {
  const TempDir dir;
  write_file(dir / "a", to_bytes("first content"));
  write_file(dir / "b", to_bytes("second"));
  const MappedFile file(dir / "a");
  std::filesystem::rename(dir / "b", dir / "a");
  file.check_unchanged();
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.bytes().data()), 5), "first");
}

uint64_t sum_of(std::span<const std::byte> bytes) {
  uint64_t sum = 0;
  for (const std::byte b : bytes) sum += std::to_integer<uint64_t>(b);
  return sum;
}

TEST(MappedFile, ReleasesPagesAndReadsThemAgain) {
  const TempDir dir;
  constexpr uint64_t kSize = 32 << 20;
  write_file(dir / "a", test::Bytes(kSize, std::byte{1}));
  const MappedFile file(dir / "a");
  EXPECT_EQ(sum_of(file.bytes()), kSize);
  const uint64_t touched = support::resident_memory();
  file.release_pages(file.bytes().subspan(5, kSize - 10));
  EXPECT_LT(support::resident_memory() + kSize * 3 / 4, touched);
  EXPECT_EQ(sum_of(file.bytes()), kSize);
}

TEST(MappedFile, IgnoresReleaseOfBytesThatAreNotItsOwn) {
  const TempDir dir;
  write_file(dir / "a", test::Bytes(10000, std::byte{1}));
  const MappedFile file(dir / "a");
  const test::Bytes other(100000, std::byte{2});
  file.release_pages(other);
  file.release_pages({});
  file.release_pages(file.bytes().first(1));
  EXPECT_EQ(sum_of(other), 200000U);
  EXPECT_EQ(sum_of(file.bytes()), 10000U);
}

}  // namespace
}  // namespace reckon::load
