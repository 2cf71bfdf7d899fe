// A parsed template. Its depth is bounded by the parser, so walking and destroying it needs bounded stack.
#pragma once

#include "text/jinja/operators.hpp"

namespace reckon::text::jinja {

struct Expression;
using ExpressionPtr = std::unique_ptr<Expression>;

struct CallSyntax {
  std::vector<ExpressionPtr> positional;
  std::vector<std::pair<std::string, ExpressionPtr>> keyword;
  ExpressionPtr star, double_star;  // *args and **kwargs, or null
};

enum class ExpressionKind : uint8_t {
  constant,
  name,
  captured,       // what the enclosing filter or set block has put out
  namespace_ref,  // name.attribute as the target of an assignment
  list,
  tuple,
  dict,       // operands: keys and values in turn
  attribute,  // operands: the object
  item,       // operands: object, key
  slice,      // operands: object, start, stop, step; the last three may be null
  call,       // operands: the function
  filter,     // operands: the subject
  test,       // operands: the subject
  negate,
  plus,
  logical_not,
  logical_and,
  logical_or,
  binary,
  concat,
  compare,     // operands: one more than comparisons
  conditional  // operands: condition, value, other value or null
};

enum class Comparison : uint8_t { eq, ne, lt, le, gt, ge, in, not_in };

struct Expression {
  ExpressionKind kind;
  uint32_t line;
  uint32_t depth = 1;
  uint32_t symbol = 0;  // of a name
  BinaryOperator op = BinaryOperator::add;
  Value constant;
  std::string text;  // of an attribute, filter or test
  std::vector<ExpressionPtr> operands;
  std::vector<Comparison> comparisons;
  std::unique_ptr<CallSyntax> call;  // of a call, filter or test
};

struct Statement;
using Body = std::vector<std::unique_ptr<Statement>>;

// What a macro and the body of a call block have in common.
struct MacroSyntax {
  std::string name;
  std::vector<uint32_t> parameters;
  std::vector<std::string> parameter_names;
  std::vector<ExpressionPtr> defaults;  // of the last parameters
  Body body;
  bool uses_caller = false, uses_kwargs = false, uses_varargs = false;
};

enum class StatementKind : uint8_t {
  output,        // values
  if_,           // values: conditions; bodies: one per condition, and one more for else
  for_,          // target, values: source and filter or null; bodies: loop and else
  set,           // target, values: the value
  set_block,     // target, values: filter of the block or null; bodies
  macro,         // symbol, macro
  call_block,    // values: the call; macro: the body
  filter_block,  // values: the filter; bodies
  with,          // targets, values; bodies
  generation,    // bodies
  break_,
  continue_
};

struct Statement {
  StatementKind kind;
  uint32_t line;
  uint32_t symbol = 0;
  std::vector<ExpressionPtr> targets;
  std::vector<ExpressionPtr> values;
  std::vector<Body> bodies;
  std::unique_ptr<MacroSyntax> macro;
};

// Names that the interpreter itself gives values to.
struct SpecialSymbols {
  uint32_t loop, caller, kwargs, varargs;
};

struct Program {
  Body body;
  std::vector<std::string> symbols;
  SpecialSymbols special;
};

Program parse(std::string_view source);  // throws SyntaxFailure

}  // namespace reckon::text::jinja
