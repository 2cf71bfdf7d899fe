#include "markdown_table.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "markdown_inline.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr size_t kMostColumns = 64;  // what further cells hold stays in the last one
constexpr int kNarrowest = 4;        // a column made narrower than this can't be read
constexpr std::string_view kBetween = " │ ";
constexpr int kBetweenColumns = 3;
constexpr int kUnlimited = 1 << 20;

enum class Alignment { left, centre, right };
using Row = std::vector<std::string>;

std::string trimmed_cell(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin));
}

// The cells between the bars; "\|" is a bar within a cell.
Row cells_of(const std::string& line) {
  Row cells{""};
  const std::string inside = trimmed_cell(line).substr(1);
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\' && i + 1 < inside.size() && inside[i + 1] == '|') {
      cells.back() += inside[++i];
    } else if (inside[i] == '|' && i + 1 == inside.size()) {
      break;
    } else if (inside[i] == '|' && cells.size() < kMostColumns) {
      cells.emplace_back();
    } else {
      cells.back() += inside[i];
    }
  }
  for (std::string& cell : cells) cell = trimmed_cell(cell);
  return cells;
}

bool is_separator(const std::string& cell) {
  return cell.find('-') != std::string::npos && cell.find_first_not_of(":-") == std::string::npos;
}

Alignment alignment_of(const std::string& cell) {
  if (!cell.ends_with(':')) return Alignment::left;
  return cell.starts_with(':') ? Alignment::centre : Alignment::right;
}

// A cell's lines, none wider than `columns`.
std::vector<std::string> cell_lines(const std::string& cell, int columns, bool styled, bool head) {
  WrapWriter writer(columns, styled);
  InlineRenderer(writer, Style{.bold = head}).render(cell);
  writer.end_line();
  std::vector<std::string> lines;
  const std::string text = writer.take();
  for (size_t at = 0; at < text.size();) {
    const size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

int shown_columns(std::string_view text) {
  int columns = 0;
  while (!text.empty()) {
    const size_t escape = std::min(text.find('\x1b'), text.size());
    columns += columns_of(text.substr(0, escape));
    const size_t end = text.find('m', escape);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return columns;
}

std::string aligned(const std::string& text, int columns, Alignment alignment) {
  const int free = std::max(0, columns - shown_columns(text));
  const int before = alignment == Alignment::left ? 0 : alignment == Alignment::right ? free : free / 2;
  return std::string(static_cast<size_t>(before), ' ') + text +
         std::string(static_cast<size_t>(free - before), ' ');
}

std::string without_blanks_behind(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

class Table {
 public:
  Table(const std::vector<std::string>& rows, bool styled);
  std::vector<std::string> lines(int columns) const;

 private:
  std::vector<int> natural_widths() const;
  std::vector<std::string> row_lines(const Row& row, const std::vector<int>& widths, bool head) const;
  std::vector<std::string> list(int columns) const;

  bool styled_;
  std::vector<Alignment> alignments_;
  std::vector<Row> rows_;  // the head first, all of the same number of cells
};

Table::Table(const std::vector<std::string>& rows, bool styled) : styled_(styled) {
  size_t columns = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    Row cells = cells_of(rows[i]);
    columns = std::max(columns, cells.size());
    if (i == 1) {
      std::transform(cells.begin(), cells.end(), std::back_inserter(alignments_), alignment_of);
    } else {
      rows_.push_back(std::move(cells));
    }
  }
  alignments_.resize(columns, Alignment::left);
  for (Row& row : rows_) row.resize(columns);
}

std::vector<int> Table::natural_widths() const {
  std::vector<int> widths(alignments_.size(), 1);
  for (const Row& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      for (const std::string& line : cell_lines(row[i], kUnlimited, styled_, &row == &rows_.front())) {
        widths[i] = std::max(widths[i], shown_columns(line));
      }
    }
  }
  return widths;
}

// The widest columns give way to the others. Empty if there is no room.
std::vector<int> fitted(std::vector<int> widths, int room) {
  const auto total = [&](int most) {
    return std::accumulate(widths.begin(), widths.end(), 0,
                           [&](int sum, int width) { return sum + std::min(width, most); });
  };
  int most = room;
  while (most >= kNarrowest && total(most) > room) --most;
  if (most < kNarrowest) return {};
  for (int& width : widths) width = std::min(width, most);
  return widths;
}

std::vector<std::string> Table::row_lines(const Row& row, const std::vector<int>& widths, bool head) const {
  std::vector<std::vector<std::string>> cells;
  size_t height = 1;
  for (size_t i = 0; i < row.size(); ++i) {
    cells.push_back(cell_lines(row[i], widths[i], styled_, head));
    height = std::max(height, cells.back().size());
  }
  std::vector<std::string> lines;
  for (size_t line = 0; line < height; ++line) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += kBetween;
      text += aligned(line < cells[i].size() ? cells[i][line] : "", widths[i], alignments_[i]);
    }
    lines.push_back(without_blanks_behind(std::move(text)));
  }
  return lines;
}

std::vector<std::string> Table::list(int columns) const {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& text) {
    for (std::string& line : cell_lines(text, columns, styled_, false)) lines.push_back(std::move(line));
  };
  const Row& head = rows_.front();
  if (rows_.size() == 1) std::for_each(head.begin(), head.end(), add);
  for (size_t row = 1; row < rows_.size(); ++row) {
    if (row > 1) lines.emplace_back();
    for (size_t i = 0; i < head.size(); ++i) add((head[i].empty() ? "" : head[i] + ": ") + rows_[row][i]);
  }
  return lines;
}

std::vector<std::string> Table::lines(int columns) const {
  const int between = kBetweenColumns * (static_cast<int>(alignments_.size()) - 1);
  const std::vector<int> widths = fitted(natural_widths(), columns - between);
  if (widths.empty()) return list(columns);
  std::vector<std::string> lines = row_lines(rows_.front(), widths, true);
  std::string rule;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) rule += "─┼─";
    for (int column = 0; column < widths[i]; ++column) rule += "─";
  }
  lines.push_back(rule);
  for (size_t row = 1; row < rows_.size(); ++row) {
    for (std::string& line : row_lines(rows_[row], widths, false)) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

bool separates_table_head(const std::string& line) {
  const Row cells = cells_of(line);
  return std::all_of(cells.begin(), cells.end(), is_separator);
}

std::vector<std::string> table_lines(const std::vector<std::string>& rows, int columns, bool styled) {
  return Table(rows, styled).lines(columns);
}

}  // namespace reckon::cli
