// Finds the first of many stop strings in a stream of text, and says how much of the stream can be shown
// already.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace reckon::run {

// An automaton over the bytes of all strings (Aho and Corasick, 1975), so the cost per byte does not depend
// on how many there are.
class StopMatcher {
 public:
  static constexpr size_t kMaxStrings = 10'000;
  static constexpr size_t kMaxBytes = 1 << 20;  // of all strings together

  // Throws Error(invalid_argument): too many, too long, empty, or not UTF-8.
  explicit StopMatcher(const std::vector<std::string>& stops);

  // Text that certainly is not (the beginning of) a stop string. After a match: what stood before it, and
  // nothing more.
  std::string feed(std::string_view text);
  bool matched() const { return matched_; }
  // What was held back because it might have become a stop string.
  std::string finish();

 private:
  void insert(const std::string& stop);
  void link();
  int32_t child(int32_t node, uint8_t byte) const;
  int32_t advance(int32_t node, uint8_t byte) const;

  struct Node {
    int32_t parent = 0;
    uint8_t byte = 0;
    uint32_t depth = 0;
    int32_t fallback = 0;     // longest proper suffix that is a node
    uint32_t stop_bytes = 0;  // length of the longest stop string that ends here, 0: none
  };
  std::vector<Node> nodes_;
  std::unordered_map<uint64_t, int32_t> children_;  // (node, byte) -> node
  int32_t state_ = 0;
  std::string held_;
  bool matched_ = false;
};

}  // namespace reckon::run
