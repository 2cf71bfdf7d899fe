#include "load/file_source.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "expect_error.hpp"
#include "gguf_builder.hpp"
#include "temp_dir.hpp"

namespace reckon::load {
namespace {

using test::expect_error;
using test::TempDir;
using test::to_bytes;
using test::write_file;

void expect_io_error(const std::string& path, std::initializer_list<std::string_view> parts) {
  expect_error(ErrorCode::io, parts, [&] { const FileSource file(path); });
}

std::string text_of(const FileSource& file, uint64_t offset, uint64_t size) {
  std::string text(size, '\0');
  file.read(offset, std::as_writable_bytes(std::span(text)));
  return text;
}

TEST(FileSource, ReadsTheFilesBytes) {
  const TempDir dir;
  write_file(dir / "a", to_bytes("content"));
  const FileSource file(dir / "a");
  EXPECT_EQ(text_of(file, 0, file.size()), "content");
  EXPECT_EQ(text_of(file, 3, 4), "tent");
  EXPECT_EQ(text_of(file, 7, 0), "");
  EXPECT_EQ(file.name(), dir / "a");
  file.check_unchanged();
}

TEST(FileSource, RefusesWhatIsNoRegularFile) {
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

TEST(FileSource, RefusesAFifoWithoutWaitingForItsWriter) {
  const TempDir dir;
  ASSERT_EQ(mkfifo((dir / "fifo").c_str(), 0600), 0);
  expect_io_error(dir / "fifo", {"fifo", "is a FIFO"});
}

TEST(FileSource, RefusesALinkToItself) {
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

TEST(FileSource, SaysThatPermissionIsMissing) {
  const TempDir dir;
  write_file(dir / "secret", to_bytes("x"));
  ASSERT_EQ(chmod(dir.path().c_str(), 0755), 0);
  ASSERT_EQ(chmod((dir / "secret").c_str(), 0), 0);
  const OtherUser nobody;
  ASSERT_NE(geteuid(), 0U);
  expect_io_error(dir / "secret", {"secret", "Permission denied"});
}

TEST(FileSource, NoticesThatTheFileBecameShorter) {
  const TempDir dir;
  write_file(dir / "a", test::Bytes(100000));
  const FileSource file(dir / "a");
  file.check_unchanged();
  std::filesystem::resize_file(dir / "a", 200000);
  file.check_unchanged();
  std::filesystem::resize_file(dir / "a", 99999);
  expect_error(ErrorCode::io, {dir / "a", "100000", "99999"}, [&] { file.check_unchanged(); });
  EXPECT_EQ(text_of(file, 0, 99999).size(), 99999U) << "what is there can be read";
  expect_error(ErrorCode::io, {dir / "a", "100000", "99999"}, [&] { text_of(file, 99998, 2); });
  std::filesystem::resize_file(dir / "a", 0);
  expect_error(ErrorCode::io, {dir / "a", "shorter"}, [&] { file.check_unchanged(); });
  expect_error(ErrorCode::io, {dir / "a", "shorter"}, [&] { text_of(file, 0, 1); });
}

TEST(FileSource, KeepsItsContentWhenAnotherFileTakesTheName) {
  const TempDir dir;
  write_file(dir / "a", to_bytes("first content"));
  write_file(dir / "b", to_bytes("second"));
  const FileSource file(dir / "a");
  std::filesystem::rename(dir / "b", dir / "a");
  file.check_unchanged();
  EXPECT_EQ(text_of(file, 0, 5), "first");
}

}  // namespace
}  // namespace reckon::load
