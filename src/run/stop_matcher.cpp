#include "run/stop_matcher.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <reckon/error.hpp>

#include "text/utf8.hpp"

namespace reckon::run {
namespace {

uint64_t key(int32_t node, uint8_t byte) { return static_cast<uint64_t>(node) << 8 | byte; }

void check(const std::vector<std::string>& stops) {
  auto fail = [](const std::string& what) { throw Error(ErrorCode::invalid_argument, "stop: " + what); };
  if (stops.size() > StopMatcher::kMaxStrings) {
    fail(fmt::format("{} strings; expected at most {}", stops.size(), StopMatcher::kMaxStrings));
  }
  size_t bytes = 0;
  for (size_t i = 0; i < stops.size(); i++) {
    if (stops[i].empty()) fail(fmt::format("string {} is empty", i + 1));
    if (!text::is_utf8(stops[i])) fail(fmt::format("string {} is not UTF-8", i + 1));
    bytes += stops[i].size();
    if (bytes > StopMatcher::kMaxBytes)
      fail(fmt::format("more than {} bytes together", StopMatcher::kMaxBytes));
  }
}

}  // namespace

StopMatcher::StopMatcher(const std::vector<std::string>& stops) : nodes_(1) {
  check(stops);
  for (const std::string& s : stops) insert(s);
  link();
}

void StopMatcher::insert(const std::string& stop) {
  int32_t node = 0;
  for (char c : stop) {
    auto byte = static_cast<uint8_t>(c);
    auto [it, is_new] = children_.try_emplace(key(node, byte), static_cast<int32_t>(nodes_.size()));
    if (is_new) nodes_.push_back({node, byte, nodes_[static_cast<size_t>(node)].depth + 1, 0, 0});
    node = it->second;
  }
  nodes_[static_cast<size_t>(node)].stop_bytes = static_cast<uint32_t>(stop.size());
}

// Fallbacks by increasing depth, so that those of shorter prefixes are there when they are needed.
void StopMatcher::link() {
  std::vector<int32_t> order(nodes_.size());
  for (size_t i = 0; i < order.size(); i++) order[i] = static_cast<int32_t>(i);
  auto depth = [&](int32_t n) { return nodes_[static_cast<size_t>(n)].depth; };
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return depth(a) < depth(b); });
  for (int32_t n : order) {
    Node& node = nodes_[static_cast<size_t>(n)];
    if (node.depth > 1) node.fallback = advance(nodes_[static_cast<size_t>(node.parent)].fallback, node.byte);
    const Node& shorter = nodes_[static_cast<size_t>(node.fallback)];
    if (node.stop_bytes == 0) node.stop_bytes = shorter.stop_bytes;
  }
}

int32_t StopMatcher::child(int32_t node, uint8_t byte) const {
  auto it = children_.find(key(node, byte));
  return it == children_.end() ? -1 : it->second;
}

int32_t StopMatcher::advance(int32_t node, uint8_t byte) const {
  while (true) {
    int32_t next = child(node, byte);
    if (next >= 0) return next;
    if (node == 0) return 0;
    node = nodes_[static_cast<size_t>(node)].fallback;
  }
}

std::string StopMatcher::feed(std::string_view text) {
  for (size_t i = 0; i < text.size() && !matched_; i++) {
    held_ += text[i];
    state_ = advance(state_, static_cast<uint8_t>(text[i]));
    const Node& node = nodes_[static_cast<size_t>(state_)];
    matched_ = node.stop_bytes > 0;
    if (matched_) held_.resize(held_.size() - node.stop_bytes);
  }
  size_t hold = matched_ ? 0 : nodes_[static_cast<size_t>(state_)].depth;
  std::string shown = held_.substr(0, held_.size() - hold);
  held_.erase(0, shown.size());
  return shown;
}

std::string StopMatcher::finish() {
  state_ = 0;
  return std::exchange(held_, {});
}

}  // namespace reckon::run
