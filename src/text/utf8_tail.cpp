#include "text/utf8_tail.hpp"

#include <utility>

#include "text/utf8.hpp"

namespace reckon::text {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

}  // namespace

std::string Utf8Tail::feed(std::string_view bytes) {
  std::string joined = std::exchange(tail_, {});
  joined += bytes;
  std::string out;
  for (std::string_view rest = joined; !rest.empty();) {
    const Utf8Piece piece = first_utf8_piece(rest);
    if (piece.unfinished) {
      tail_ = rest;
      break;
    }
    out += piece.whole ? rest.substr(0, piece.size) : replacement;
    rest.remove_prefix(piece.size);
  }
  return out;
}

std::string Utf8Tail::finish() {
  return std::exchange(tail_, {}).empty() ? std::string() : std::string(replacement);
}

}  // namespace reckon::text
