// Work on whole texts that methods and filters share.
#pragma once

#include "text/jinja/runtime.hpp"

namespace reckon::text::jinja {

// Where `wanted` first or last occurs, or npos: in linear time whatever the two are.
size_t find_in(std::string_view text, std::string_view wanted, size_t from = 0);
size_t find_last_in(std::string_view text, std::string_view wanted);
// Of such a search through a text, in bytes: short ones begin again where a part is found.
uint64_t search_cost(std::string_view text, std::string_view wanted);

enum class Side : uint8_t { left, right, both };

// Without the code points of `chars` (white space when it is null) at its ends.
std::string_view strip(std::string_view text, const std::string_view* chars, Side side);
std::string replace_all(Runtime& runtime, std::string_view text, std::string_view from, std::string_view to,
                        Integer limit);  // limit < 0: all
std::vector<std::string_view> split_lines(Runtime& runtime, std::string_view text, bool keep_ends);
std::vector<std::string_view> split_on_space(Runtime& runtime, std::string_view text, Integer limit);
std::vector<std::string_view> split_on_space_from_right(Runtime& runtime, std::string_view text,
                                                        Integer limit);
std::vector<std::string_view> split_on(Runtime& runtime, std::string_view text, std::string_view separator,
                                       Integer limit, bool from_right);
std::string center(Runtime& runtime, std::string_view text, Integer width, std::string_view fill);

}  // namespace reckon::text::jinja
