// Where a model's bytes come from: a file or memory. Bytes are copied out, never read in place: a mapping of
// a file that someone cuts off ends the process at the next access, and a library can't prevent that without
// taking over the process's signals, whereas reading a file that has become too short is an error like any
// other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace reckon::load {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  virtual const std::string& name() const = 0;  // the path, or what stands for it in messages
  virtual uint64_t size() const = 0;            // at opening
  // Copies the bytes from `offset` on into `to`; all of them lie within size(). Any number of threads may
  // read at once. Throws Error(io).
  virtual void read(uint64_t offset, std::span<std::byte> to) const = 0;
  // All the bytes, where they are in memory for as long as this object lives; else empty.
  virtual std::span<const std::byte> resident() const { return {}; }
  // Throws Error(io) if there are fewer bytes now than at opening.
  virtual void check_unchanged() const {}
};

}  // namespace reckon::load
