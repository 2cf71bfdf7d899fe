// Tables of Markdown, fitted to a width.
#pragma once

#include <string>
#include <vector>

namespace reckon::cli {

// Is `line` what separates a table's head from its body: |:--|--:|
bool separates_table_head(const std::string& line);

// A table's rows as shown, each a line of at most `columns`, with escape sequences if `styled`. `rows` are
// lines that begin with "|", of which the second separates the head. Where the columns don't fit side by
// side, every cell is a line "head: cell".
std::vector<std::string> table_lines(const std::vector<std::string>& rows, int columns, bool styled);

}  // namespace reckon::cli
