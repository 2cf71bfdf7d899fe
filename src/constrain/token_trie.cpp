#include "constrain/token_trie.hpp"

#include <algorithm>

namespace reckon::constrain {

TokenTrie::TokenTrie(std::vector<Entry> entries) {
  if (!std::is_sorted(entries.begin(), entries.end())) std::sort(entries.begin(), entries.end());
  std::vector<uint32_t> path;  // nodes from the root to the last one
  std::string_view last;
  const auto close = [&](size_t depth) {
    for (; path.size() > depth; path.pop_back())
      nodes_[path.back()].skip = static_cast<uint32_t>(nodes_.size());
  };
  for (const auto& [bytes, token] : entries) {
    const auto common = std::mismatch(last.begin(), last.end(), bytes.begin(), bytes.end()).second;
    close(static_cast<size_t>(common - bytes.begin()));
    while (path.size() < bytes.size()) {
      const auto byte = static_cast<uint8_t>(bytes[path.size()]);
      path.push_back(static_cast<uint32_t>(nodes_.size()));
      nodes_.push_back({static_cast<uint32_t>(path.size()), 0, static_cast<uint32_t>(tokens_.size()), byte});
    }
    tokens_.push_back(token);
    depth_ = std::max(depth_, static_cast<uint32_t>(bytes.size()));
    last = bytes;
  }
  close(0);
  nodes_.push_back({0, 0, static_cast<uint32_t>(tokens_.size()), 0});
}

}  // namespace reckon::constrain
