#include "store/prompt_cache.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "load/file_source.hpp"
#include "store/atomic_file.hpp"
#include "store/checksum.hpp"
#include "store/folder.hpp"

namespace reckon::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kExtension = ".prefix";
constexpr std::string_view kHexDigits = "0123456789abcdef";

// What the names of all entries of a kind that begin with the same page begin with.
std::string group_name(const CacheKind& kind, std::span<const TokenId> tokens) {
  return fmt::format("{:.16}-{}-{:016x}-", kind.model_identity,
                     kind.cache_type == CacheType::f16 ? "f16" : "q8_0",
                     checksum(std::as_bytes(tokens.first(kind.page_positions))));
}

std::string entry_name(const CacheKind& kind, std::span<const TokenId> tokens) {
  return group_name(kind, tokens) + fmt::format("{:016x}{}", checksum(std::as_bytes(tokens)), kExtension);
}

// Of an entry, of whatever kind: the folder may hold files that are none.
bool is_entry_name(std::string_view name) {
  constexpr size_t kLengths[] = {16, 0, 16, 16};  // what stands between the dashes; 0: the cache's type
  if (!name.ends_with(kExtension)) return false;
  name.remove_suffix(std::string_view(kExtension).size());
  for (const size_t length : kLengths) {
    const std::string_view part = name.substr(0, name.find('-'));
    const bool right = length == 0 ? part == "f16" || part == "q8_0"
                                   : part.size() == length && part.find_first_not_of(kHexDigits) == part.npos;
    if (!right) return false;
    name.remove_prefix(std::min(part.size() + 1, name.size()));
  }
  return name.empty();
}

uint64_t common_length(std::span<const TokenId> a, std::span<const TokenId> b) {
  return static_cast<uint64_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

// What an entry takes, but for some hundred bytes.
uint64_t entry_bytes(const CacheKind& kind, uint64_t tokens) {
  const uint64_t pages = (tokens + kind.page_positions - 1) / kind.page_positions;
  return pages * (kind.page_bytes + sizeof(uint64_t)) + tokens * sizeof(TokenId);
}

struct Entry {
  std::string path;
  uint64_t bytes;
  std::pair<int64_t, int64_t> used;  // seconds, nanoseconds
};

// Other processes remove entries too: what is gone is left out.
std::vector<Entry> entries_of(const std::string& folder) {
  std::vector<Entry> entries;
  for (const std::string& name : names_in(folder)) {
    if (!is_entry_name(name)) continue;
    std::string path = (fs::path(folder) / name).string();
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) continue;
    entries.push_back({std::move(path),
                       static_cast<uint64_t>(status.st_size),
                       {status.st_mtim.tv_sec, status.st_mtim.tv_nsec}});
  }
  return entries;
}

}  // namespace

PromptCache::PromptCache(std::string folder, uint64_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes) {
  make_private_folder(folder_);
}

std::vector<std::string> PromptCache::candidates(const CacheKind& kind,
                                                 std::span<const TokenId> prompt) const {
  std::vector<std::string> files;
  if (prompt.size() < kind.page_positions) return files;
  const std::string group = group_name(kind, prompt);
  for (const Entry& entry : entries_of(folder_)) {
    if (fs::path(entry.path).filename().string().starts_with(group)) files.push_back(entry.path);
  }
  return files;
}

std::optional<PromptCache::Match> PromptCache::find(const CacheKind& kind, std::span<const TokenId> prompt,
                                                    std::vector<std::string>& notes) const {
  std::optional<Match> best;
  for (const std::string& path : candidates(kind, prompt)) {
    try {
      CacheFile file = CacheFile::open(path, FileKind::prefix);
      CacheState state = file.read_state();
      if (!kind.difference(state.kind).empty()) continue;
      const uint64_t tokens = common_length(state.tokens, prompt);
      if (tokens >= kind.page_positions && (!best || tokens > best->tokens)) {
        best.emplace(Match{std::move(file), std::move(state), tokens});
      }
    } catch (const Error& error) {
      // Another process may have removed it.
      if (error.code() == ErrorCode::malformed_file) discard(path, error.what(), notes);
    }
  }
  return best;
}

void PromptCache::touch(const Match& match) const {
  ::utimensat(AT_FDCWD, match.file.name().c_str(), nullptr, 0);
}

void PromptCache::discard(const std::string& file, const std::string& why,
                          std::vector<std::string>& notes) const {
  std::error_code ignored;
  fs::remove(file, ignored);
  notes.push_back(fmt::format("the prompt cache's entry is removed: {}", why));
}

void PromptCache::insert(const CacheKind& kind, std::span<const TokenId> tokens, const PageAt& page) const {
  if (tokens.size() < kind.page_positions || entry_bytes(kind, tokens.size()) > max_bytes_) return;
  CacheState state;
  state.kind = kind;
  state.tokens.assign(tokens.begin(), tokens.end());
  state.positions = tokens.size();
  const std::string path = (fs::path(folder_) / entry_name(kind, tokens)).string();
  write_cache_file(path, FileKind::prefix, {}, std::move(state), page);
  remove_contained(kind, tokens, path);
  shrink();
}

void PromptCache::remove_contained(const CacheKind& kind, std::span<const TokenId> tokens,
                                   const std::string& kept) const {
  std::vector<std::string> ignored;
  for (const std::string& path : candidates(kind, tokens)) {
    if (path == kept) continue;
    try {
      CacheFile file = CacheFile::open(path, FileKind::prefix);
      const CacheState state = file.read_state();
      if (common_length(state.tokens, tokens) == state.tokens.size()) discard(path, "", ignored);
    } catch (const Error&) {  // find() deals with it
    }
  }
}

// One process at a time, so that two don't both remove what one of them need not.
void PromptCache::shrink() const {
  const std::string lock = (fs::path(folder_) / ".lock").string();
  const load::FileDescriptor file(::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() >= 0) ::flock(file.get(), LOCK_EX);
  remove_abandoned(folder_, is_entry_name);
  std::vector<Entry> entries = entries_of(folder_);
  std::ranges::sort(entries, {}, &Entry::used);
  uint64_t total = 0;
  for (const Entry& entry : entries) total += entry.bytes;
  for (const Entry& entry : entries) {
    if (total <= max_bytes_) return;
    std::error_code ignored;
    fs::remove(entry.path, ignored);
    total -= entry.bytes;
  }
}

}  // namespace reckon::store
