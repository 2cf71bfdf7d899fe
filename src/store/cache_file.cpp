#include "store/cache_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "load/checked.hpp"
#include "load/file_source.hpp"
#include "store/atomic_file.hpp"
#include "store/checksum.hpp"

namespace reckon::store {
namespace {

constexpr uint64_t kMagic = 0x0a1a766b6e6b6372;  // "rcknkv", end of file for DOS, a line break
constexpr uint32_t kVersion = 1;

// What comes before the first section, and before each section's content.
struct Preamble {
  uint64_t magic;
  uint32_t version;
  uint32_t kind;
};
struct SectionHead {
  uint64_t bytes;
  uint64_t checksum;
};

template <class T>
std::span<const std::byte> bytes_of(const T& value) {
  return std::as_bytes(std::span(&value, 1));
}

void write_section(AtomicFile& file, const BinaryWriter& content) {
  file.write(bytes_of(SectionHead{content.bytes().size(), checksum(content.bytes())}));
  file.write(content.bytes());
}

void add_page_checksums(CacheState& state, const PageAt& page) {
  const uint64_t pages = (state.positions + state.kind.page_positions - 1) / state.kind.page_positions;
  state.page_checksums.clear();
  for (size_t i = 0; i < pages; i++) state.page_checksums.push_back(checksum(page(i)));
}

}  // namespace

void write_cache_file(const std::string& path, FileKind kind, const SavedText& text, CacheState state,
                      const PageAt& page) {
  add_page_checksums(state, page);
  AtomicFile file(path);
  file.write(bytes_of(Preamble{kMagic, kVersion, static_cast<uint32_t>(kind)}));
  write_section(file, encode(text));
  write_section(file, encode(state));
  for (size_t i = 0; i < state.page_count(); i++) file.write(page(i));
  file.commit();
}

CacheFile CacheFile::open(const std::string& path, FileKind kind) {
  return {std::make_unique<load::FileSource>(path), kind};
}

namespace {

const char* described(FileKind kind) {
  return kind == FileKind::session ? "a saved session" : "an entry of a prompt cache";
}

}  // namespace

CacheFile::CacheFile(std::unique_ptr<const load::ByteSource> source, FileKind kind)
    : source_(std::move(source)), kind_(kind) {
  Preamble preamble{};
  const auto begin = std::as_writable_bytes(std::span(&preamble, 1));
  if (source_->size() < begin.size()) malformed(fmt::format("is not {}: it is too short", described(kind)));
  source_->read(0, begin);
  if (preamble.magic != kMagic)
    malformed(fmt::format("is not {}: it begins in another way", described(kind)));
  if (preamble.version != kVersion) {
    throw Error(ErrorCode::unsupported, fmt::format("{}: is of version {}; this reckon reads {}", name(),
                                                    preamble.version, kVersion));
  }
  if (preamble.kind != static_cast<uint32_t>(kind))
    malformed(fmt::format("is not {}: it is of kind {}", described(kind), preamble.kind));
  position_ = begin.size();
  text_ = decode_text(read_section("conversation"), name());
}

CacheState CacheFile::read_state() {
  CacheState state = decode_state(read_section("state"), name());
  // A turn's tokens may have no position; a prefix is used as far as its tokens go.
  if (kind_ == FileKind::prefix && state.open_turn) malformed("a turn, expected the beginning of a prompt");
  const auto page_bytes = load::checked_mul(state.page_count(), state.kind.page_bytes);
  const uint64_t there = source_->size() - position_;
  if (!page_bytes || *page_bytes != there) {
    malformed(fmt::format("{} bytes of cache, expected {} pages of {}", there, state.page_count(),
                          state.kind.page_bytes));
  }
  return state;
}

void CacheFile::read_page(const CacheState& state, size_t i, std::span<std::byte> to) const {
  source_->read(position_ + i * state.kind.page_bytes, to);
  if (checksum(to) != state.page_checksums[i]) malformed(fmt::format("page {} of its cache is damaged", i));
}

std::vector<std::byte> CacheFile::read_section(const char* what) {
  SectionHead head{};
  const auto begin = std::as_writable_bytes(std::span(&head, 1));
  if (source_->size() - position_ < begin.size()) malformed(fmt::format("ends before its {}", what));
  source_->read(position_, begin);
  position_ += begin.size();
  if (head.bytes > source_->size() - position_) malformed(fmt::format("ends within its {}", what));
  std::vector<std::byte> content(head.bytes);
  source_->read(position_, content);
  position_ += head.bytes;
  if (checksum(content) != head.checksum) malformed(fmt::format("its {} is damaged", what));
  return content;
}

void CacheFile::malformed(const std::string& problem) const {
  throw Error(ErrorCode::malformed_file, fmt::format("{}: {}", name(), problem));
}

}  // namespace reckon::store
