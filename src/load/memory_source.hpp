// Bytes in memory that outlive the source: the model that is part of the library.
#pragma once

#include <algorithm>

#include "load/byte_source.hpp"

namespace reckon::load {

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  const std::string& name() const override { return name_; }
  uint64_t size() const override { return bytes_.size(); }
  void read(uint64_t offset, std::span<std::byte> to) const override {
    std::ranges::copy(bytes_.subspan(offset, to.size()), to.begin());
  }
  std::span<const std::byte> resident() const override { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
};

}  // namespace reckon::load
