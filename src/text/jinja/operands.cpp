// What expressions are made of: literals, names, brackets, the arguments of calls.
#include "text/jinja/parser.hpp"

namespace reckon::text::jinja {

std::unique_ptr<CallSyntax> Parser::call_arguments() {
  auto call = std::make_unique<CallSyntax>();
  expect_symbol("(");
  while (!is_symbol(")")) {
    call_argument(*call);
    if (!is_symbol(")")) expect_symbol(",");
  }
  take();
  return call;
}

void Parser::call_argument(CallSyntax& call) {
  const auto ensure = [this](bool holds) {
    if (!holds) fail("the arguments of a call are in the wrong order");
  };
  if (skip_symbol("*")) {
    ensure(!call.star && !call.double_star);
    call.star = expression();
  } else if (skip_symbol("**")) {
    ensure(!call.double_star);
    call.double_star = expression();
  } else if (current().type == TokenType::name && following().type == TokenType::symbol &&
             following().text == "=") {
    ensure(!call.double_star);
    std::string name = take().text;
    take();
    if (call.keyword.size() == most_names) {
      fail("a call gives more than " + std::to_string(most_names) + " arguments by name");
    }
    for (const auto& other : call.keyword) {
      if (other.first == name) fail("a call gives '" + name + "' twice");
    }
    call.keyword.emplace_back(std::move(name), expression());
  } else {
    ensure(!call.star && !call.double_star && call.keyword.empty());
    call.positional.push_back(expression());
  }
}

bool Parser::at_tuple_end(TupleEnd end) const {
  return current().type == TokenType::variable_end || current().type == TokenType::block_end ||
         is_symbol(")") || (end == TupleEnd::in_for && is_name("recursive"));
}

ExpressionPtr Parser::tuple(bool with_conditional, bool parenthesized, TupleEnd end) {
  const uint32_t line = current().line;
  std::vector<ExpressionPtr> items;
  bool comma = false;
  while (!at_tuple_end(end)) {
    items.push_back(expression(with_conditional));
    if (!skip_symbol(",")) break;
    comma = true;
  }
  if (!comma && !items.empty()) return std::move(items[0]);
  if (items.empty() && !parenthesized) fail("an expression is expected, not " + describe(current()));
  return make(ExpressionKind::tuple, line, std::move(items));
}

ExpressionPtr Parser::primary() {
  const Token& token = current();
  switch (token.type) {
    case TokenType::name: return name_or_literal();
    case TokenType::string: {
      const uint32_t line = token.line;
      std::string text;
      while (current().type == TokenType::string) text += take().text;
      return text_constant(line, std::move(text));
    }
    case TokenType::integer: {
      const Token number = take();
      return constant(number.line, Value::integer(number.integer));
    }
    case TokenType::floating: {
      const Token number = take();
      return constant(number.line, Value::floating(number.floating));
    }
    default: break;
  }
  if (is_symbol("[")) return list();
  if (is_symbol("{")) return dict();
  if (!skip_symbol("(")) fail("unexpected " + describe(token));
  const Deeper deeper(*this);
  ExpressionPtr node = tuple(true, true);
  expect_symbol(")");
  return node;
}

ExpressionPtr Parser::name_or_literal() {
  const Token token = take();
  const std::string& name = token.text;
  if (name == "true" || name == "True") return constant(token.line, Value::boolean(true));
  if (name == "false" || name == "False") return constant(token.line, Value::boolean(false));
  if (name == "none" || name == "None") return constant(token.line, Value::none());
  note_special_name(name);
  ExpressionPtr node = make(ExpressionKind::name, token.line);
  node->symbol = symbol(name);
  return node;
}

ExpressionPtr Parser::list() {
  const uint32_t line = take().line;
  std::vector<ExpressionPtr> items;
  while (!is_symbol("]")) {
    items.push_back(expression());
    if (!is_symbol("]")) expect_symbol(",");
  }
  take();
  return make(ExpressionKind::list, line, std::move(items));
}

ExpressionPtr Parser::dict() {
  const uint32_t line = take().line;
  std::vector<ExpressionPtr> items;
  while (!is_symbol("}")) {
    items.push_back(expression());
    expect_symbol(":");
    items.push_back(expression());
    if (!is_symbol("}")) expect_symbol(",");
  }
  take();
  return make(ExpressionKind::dict, line, std::move(items));
}

}  // namespace reckon::text::jinja
