#include "support/aligned_buffer.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <reckon/error.hpp>

namespace reckon::support {

AlignedBuffer::AlignedBuffer(size_t bytes, const std::string& purpose) : bytes_(bytes) {
  if (bytes == 0) return;
  void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) {
    throw Error(ErrorCode::out_of_memory, fmt::format("no memory for {}: {} bytes", purpose, bytes));
  }
  madvise(p, bytes, MADV_HUGEPAGE);  // a hint; refused on systems without them
  data_ = static_cast<std::byte*>(p);
}

AlignedBuffer::~AlignedBuffer() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace reckon::support
