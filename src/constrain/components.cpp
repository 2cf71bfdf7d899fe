#include "constrain/components.hpp"

#include <algorithm>
#include <cstddef>

namespace reckon::constrain {
namespace {

constexpr uint32_t kUnseen = UINT32_MAX;

class Components {
 public:
  explicit Components(const std::vector<std::vector<uint32_t>>& successors)
      : successors_(successors),
        order_(successors.size(), kUnseen),
        low_(successors.size()),
        component_(successors.size(), kUnseen) {}

  std::vector<uint32_t> run() {
    for (uint32_t node = 0; node < successors_.size(); node++)
      if (order_[node] == kUnseen) visit(node);
    return std::move(component_);
  }

 private:
  struct Frame {
    uint32_t node;
    size_t next;  // of its successors
  };

  void enter(uint32_t node) {
    order_[node] = low_[node] = n_visited_++;
    open_.push_back(node);
    frames_.push_back({node, 0});
  }

  void visit(uint32_t start) {
    enter(start);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      const uint32_t node = frame.node;
      if (frame.next < successors_[node].size()) {
        const uint32_t to = successors_[node][frame.next++];
        if (order_[to] == kUnseen) {
          enter(to);
        } else if (component_[to] == kUnseen) {
          low_[node] = std::min(low_[node], order_[to]);
        }
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) low_[frames_.back().node] = std::min(low_[frames_.back().node], low_[node]);
      if (low_[node] == order_[node]) close(node);
    }
  }

  void close(uint32_t first) {
    uint32_t node = kUnseen;
    do {
      node = open_.back();
      open_.pop_back();
      component_[node] = n_components_;
    } while (node != first);
    n_components_++;
  }

  const std::vector<std::vector<uint32_t>>& successors_;
  std::vector<uint32_t> order_, low_, component_, open_;
  std::vector<Frame> frames_;
  uint32_t n_visited_ = 0, n_components_ = 0;
};

}  // namespace

std::vector<uint32_t> strong_components(const std::vector<std::vector<uint32_t>>& successors) {
  return Components(successors).run();
}

}  // namespace reckon::constrain
