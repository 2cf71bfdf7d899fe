// A stored cache: of a session, or of a prompt's beginning.
//
//   magic      8 bytes
//   version    uint32
//   kind       uint32      session or prefix
//   text       section     SavedText; empty for a prefix
//   state      section     CacheState, with a checksum per page
//   pages      as they lie in memory, the state's number of them; then the file ends
//
// A section is its length (uint64), the checksum of its content (uint64), its content. Every byte is covered:
// a file of which any differs is refused, and where the damage lies behind the text, the text can be read.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "load/byte_source.hpp"
#include "store/records.hpp"

namespace reckon::store {

enum class FileKind : uint32_t { session = 1, prefix = 2 };

// Page i of a cache, (kind.page_bytes) bytes.
using PageAt = std::function<std::span<const std::byte>(size_t i)>;

// Replaces `path` atomically. The state's page checksums are filled in here; its kind and positions say how
// many pages there are. Throws Error(io).
void write_cache_file(const std::string& path, FileKind kind, const SavedText& text, CacheState state,
                      const PageAt& page);

class CacheFile {
 public:
  // Reads what comes before the text, and the text. Throws Error: io, malformed_file, unsupported.
  CacheFile(std::unique_ptr<const load::ByteSource> source, FileKind kind);
  static CacheFile open(const std::string& path, FileKind kind);

  const std::string& name() const { return source_->name(); }
  uint64_t bytes() const { return source_->size(); }
  const SavedText& text() const { return text_; }

  // The state; afterwards pages can be read. The file has as many bytes as it says, so that what is allocated
  // for it is bounded by its size. Throws Error: io, malformed_file.
  CacheState read_state();
  // Page i of `state`, the one that was read. Throws Error(io), Error(malformed_file) if its checksum
  // differs.
  void read_page(const CacheState& state, size_t i, std::span<std::byte> to) const;

 private:
  std::vector<std::byte> read_section(const char* what);
  [[noreturn]] void malformed(const std::string& problem) const;

  std::unique_ptr<const load::ByteSource> source_;
  FileKind kind_;
  uint64_t position_ = 0;  // after the text: of the state; after the state: of the pages
  SavedText text_;
};

}  // namespace reckon::store
