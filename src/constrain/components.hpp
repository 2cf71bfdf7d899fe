// Strongly connected components of a directed graph.
#pragma once

#include <cstdint>
#include <vector>

namespace reckon::constrain {

// By node, the number of its component (Tarjan, 1972, "Depth-first search and linear graph algorithms"), with
// a stack of its own: as deep as the graph is.
std::vector<uint32_t> strong_components(const std::vector<std::vector<uint32_t>>& successors);

}  // namespace reckon::constrain
