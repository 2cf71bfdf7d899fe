#include "load/reader_source.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "expect_error.hpp"

namespace reckon::load {
namespace {

using test::expect_error;

// Bytes 0, 1, 2, ... of which at most `most` come at a time.
ReadFunction counting_reader(size_t most) {
  return [most](uint64_t offset, std::span<std::byte> to) {
    const size_t n = std::min(most, to.size());
    for (size_t i = 0; i < n; i++) to[i] = static_cast<std::byte>(offset + i);
    return n;
  };
}

std::vector<std::byte> read(const ReaderSource& source, uint64_t offset, size_t n) {
  std::vector<std::byte> bytes(n);
  source.read(offset, bytes);
  return bytes;
}

TEST(ReaderSource, AsksUntilAllIsThere) {
  for (const size_t most : {1, 7, 1000}) {
    const ReaderSource source(200, counting_reader(most), "numbers");
    const auto bytes = read(source, 10, 100);
    for (size_t i = 0; i < bytes.size(); i++) ASSERT_EQ(bytes[i], static_cast<std::byte>(10 + i)) << most;
  }
}

TEST(ReaderSource, ANothingAndATooMuchAreErrors) {
  const ReaderSource empty(
      200, [](uint64_t, std::span<std::byte>) { return size_t{0}; }, "empty");
  expect_error(ErrorCode::io, {"empty", "nothing at offset 10", "200"}, [&] { read(empty, 10, 4); });
  for (const size_t claim : {size_t{5}, SIZE_MAX}) {
    const ReaderSource liar(
        200, [&](uint64_t, std::span<std::byte>) { return claim; }, "liar");
    expect_error(ErrorCode::io, {"liar", std::to_string(claim), "1 to 4"}, [&] { read(liar, 10, 4); });
  }
}

TEST(ReaderSource, WhatTheFunctionThrowsIsThrownAndItCanBeAskedAgain) {
  int calls = 0;
  const ReaderSource source(
      200,
      [&](uint64_t offset, std::span<std::byte> to) {
        if (calls++ == 0) throw std::logic_error("not now");
        return counting_reader(100)(offset, to);
      },
      "moody");
  EXPECT_THROW(read(source, 0, 4), std::logic_error);
  EXPECT_EQ(read(source, 3, 1).front(), std::byte{3}) << "no lock is left";
}

TEST(ReaderSource, IsAskedByOneThreadAtATime) {
  std::atomic<int> inside = 0;
  bool together = false;
  const ReaderSource source(
      256,
      [&](uint64_t offset, std::span<std::byte> to) {
        together |= ++inside != 1;
        std::this_thread::yield();
        const size_t n = counting_reader(3)(offset, to);
        --inside;
        return n;
      },
      "numbers");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; i++) EXPECT_EQ(read(source, 9, 40).back(), std::byte{48});
    });
  }
  for (std::thread& t : threads) t.join();
  EXPECT_FALSE(together);
}

}  // namespace
}  // namespace reckon::load
