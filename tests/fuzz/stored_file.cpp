#include "fuzz/stored_file.hpp"

#include "store/checksum.hpp"

namespace reckon::fuzz {
namespace {

constexpr uint64_t kMagic = 0x0a1a766b6e6b6372;
constexpr uint32_t kVersion = 1;
constexpr uint64_t kMostPages = 8, kMostPageBytes = 1 << 20;

using Bytes = std::vector<std::byte>;

void append(Bytes& to, std::span<const std::byte> bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void append_section(Bytes& to, std::span<const std::byte> content) {
  store::BinaryWriter head;
  head.number<uint64_t>(content.size());
  head.number(store::checksum(content));
  append(to, head.bytes());
  append(to, content);
}

std::optional<store::CacheState> readable(std::span<const std::byte> state) {
  try {
    return store::decode_state(state, "state");
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<std::byte> stored_file(store::FileKind file_kind, std::span<const std::byte> text,
                                   std::span<const std::byte> state, const store::CacheKind& kind,
                                   std::byte fill) {
  store::BinaryWriter preamble;
  preamble.number(kMagic);
  preamble.number(kVersion);
  preamble.number(static_cast<uint32_t>(file_kind));
  Bytes file;
  append(file, preamble.bytes());
  append_section(file, text);
  auto read = readable(state);
  if (read && read->kind.model_identity.empty()) read->kind = kind;
  if (!read || read->page_count() > kMostPages || read->kind.page_bytes > kMostPageBytes) {
    append_section(file, state);
    return file;
  }
  const Bytes page(read->kind.page_bytes, fill);
  for (uint64_t& sum : read->page_checksums) sum = store::checksum(page);
  append_section(file, store::encode(*read).bytes());
  for (size_t i = 0; i < read->page_count(); i++) append(file, page);
  return file;
}

}  // namespace reckon::fuzz
