// Beginnings of prompts on disk: long system prompts and documents, which need not be read again by the next
// process. A folder with a file per prompt; several processes may use it at once.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/cache_file.hpp"

namespace reckon::store {

class PromptCache {
 public:
  // Makes the folder (mode 0700) if it is not there. max_bytes: of all entries, of all models. Throws
  // Error(io).
  PromptCache(std::string folder, uint64_t max_bytes);

  struct Match {
    CacheFile file;
    CacheState state;
    uint64_t tokens;  // how many of the entry's first tokens are those of the prompt
  };
  // The entry with which the prompt has the most tokens in common, at least a page's. Entries that can't be
  // read are removed, with a note.
  std::optional<Match> find(const CacheKind& kind, std::span<const TokenId> prompt,
                            std::vector<std::string>& notes) const;
  // Counts as used now.
  void touch(const Match& match) const;
  // Removes an entry that turned out to be damaged.
  void discard(const std::string& file, const std::string& why, std::vector<std::string>& notes) const;

  // Keeps the cache of these tokens; entries that it contains go, then those used longest ago until the
  // others fit. Nothing is kept that does not fit alone. Throws Error(io).
  void insert(const CacheKind& kind, std::span<const TokenId> tokens, const PageAt& page) const;

 private:
  // Entries that agree with `prompt` in kind and first page, so far as their names tell.
  std::vector<std::string> candidates(const CacheKind& kind, std::span<const TokenId> prompt) const;
  void remove_contained(const CacheKind& kind, std::span<const TokenId> tokens,
                        const std::string& kept) const;
  void shrink() const;

  std::string folder_;
  uint64_t max_bytes_;
};

}  // namespace reckon::store
