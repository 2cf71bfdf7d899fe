// Bytes that the caller's own function gives: from an archive, a network, an encrypted file.
#pragma once

#include <functional>
#include <mutex>

#include "load/byte_source.hpp"

namespace reckon::load {

// See reckon::ReadFunction.
using ReadFunction = std::function<size_t(uint64_t offset, std::span<std::byte> to)>;

class ReaderSource final : public ByteSource {
 public:
  ReaderSource(uint64_t size, ReadFunction function, std::string name)
      : size_(size), function_(std::move(function)), name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  uint64_t size() const override { return size_; }
  // Calls the function until all is there, one thread at a time. Throws Error(io) if it gives nothing or more
  // than was asked for, and what it throws itself.
  void read(uint64_t offset, std::span<std::byte> to) const override;

 private:
  uint64_t size_;
  ReadFunction function_;
  std::string name_;
  mutable std::mutex one_at_a_time_;
};

}  // namespace reckon::load
