// Lines of files and pipes.
#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/command.hpp"
#include "tools/reckon/line_source.hpp"

namespace reckon::cli {
namespace {

using Status = LineSource::Status;

// A pipe whose writing end the test holds.
struct Pipe {
  Pipe() { EXPECT_EQ(::pipe(ends), 0); }
  ~Pipe() {
    ::close(ends[0]);
    end();
  }
  void write(const std::string& text) {
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  int ends[2] = {-1, -1};
};

TEST(LineSource, GivesLinesWithTheirNumbersAndEnds) {
  const testing::TemporaryDirectory directory;
  const std::string file = directory.file("lines");
  testing::write_file(file, "one\n\nthree");
  LineSource lines(file, 100);
  for (int pass = 0; pass < 2; ++pass) {
    ASSERT_EQ(lines.next(), Status::line);
    EXPECT_EQ(lines.text(), "one");
    EXPECT_EQ(lines.number(), 1u);
    ASSERT_EQ(lines.next(), Status::line);
    EXPECT_EQ(lines.text(), "");
    EXPECT_TRUE(lines.terminated());
    ASSERT_EQ(lines.next(), Status::line);
    EXPECT_EQ(lines.text(), "three");
    EXPECT_FALSE(lines.terminated());
    EXPECT_EQ(lines.next(), Status::end);
    EXPECT_EQ(lines.next(), Status::end);
    lines.rewind();
  }
}

TEST(LineSource, PassesOverLinesBeyondTheLimit) {
  const testing::TemporaryDirectory directory;
  const std::string file = directory.file("lines");
  const std::string huge(300'000, 'x');  // several reads
  testing::write_file(file, "12345\n123456\n" + huge + "\nok\n" + huge);
  LineSource lines(file, 5);
  EXPECT_EQ(lines.next(), Status::line);
  EXPECT_EQ(lines.next(), Status::too_long);
  EXPECT_EQ(lines.text(), "");
  EXPECT_EQ(lines.next(), Status::too_long);
  EXPECT_EQ(lines.next(), Status::line);
  EXPECT_EQ(lines.text(), "ok");
  EXPECT_EQ(lines.number(), 4u);
  EXPECT_EQ(lines.next(), Status::too_long);
  EXPECT_EQ(lines.next(), Status::end);
}

TEST(LineSource, DoesNotWaitForAPipeUnlessAsked) {
  Pipe pipe;
  LineSource lines(pipe.ends[0], "pipe", 100);
  EXPECT_FALSE(lines.rewindable());
  EXPECT_EQ(lines.next(false), Status::none_yet);
  pipe.write("ha");
  EXPECT_EQ(lines.next(false), Status::none_yet);
  pipe.write("lf\nwhole\nre");
  EXPECT_EQ(lines.next(false), Status::line);
  EXPECT_EQ(lines.text(), "half");
  EXPECT_EQ(lines.next(false), Status::line);
  EXPECT_EQ(lines.next(false), Status::none_yet);
  pipe.end();
  EXPECT_EQ(lines.next(false), Status::line);
  EXPECT_EQ(lines.text(), "re");
  EXPECT_EQ(lines.next(false), Status::end);
}

TEST(LineSource, APipeCanBeMadeToBeReadTwice) {
  Pipe pipe;
  pipe.write("a\nb\n");
  pipe.end();
  LineSource lines(pipe.ends[0], "pipe", 100);
  lines.make_rewindable();
  for (int pass = 0; pass < 2; ++pass) {
    EXPECT_EQ(lines.next(), Status::line);
    EXPECT_EQ(lines.text(), "a");
    EXPECT_EQ(lines.next(), Status::line);
    EXPECT_EQ(lines.next(), Status::end);
    lines.rewind();
  }
}

}  // namespace
}  // namespace reckon::cli
