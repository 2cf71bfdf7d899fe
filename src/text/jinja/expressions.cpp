// The expression half of the parser.
#include <algorithm>

#include "text/jinja/builtins.hpp"
#include "text/jinja/code_points.hpp"
#include "text/jinja/parser.hpp"

namespace reckon::text::jinja {
namespace {

constexpr uint32_t deepest_expression = 200;

template <typename... Operands>
std::vector<ExpressionPtr> operands_of(Operands... operands) {
  std::vector<ExpressionPtr> list;
  (list.push_back(std::move(operands)), ...);
  return list;
}

}  // namespace

void Parser::bound_depth(Expression& node) const {
  uint32_t deepest = 0;
  const auto look = [&](const ExpressionPtr& child) {
    if (child) deepest = std::max(deepest, child->depth);
  };
  for (const auto& operand : node.operands) look(operand);
  if (node.call) {
    for (const auto& argument : node.call->positional) look(argument);
    for (const auto& argument : node.call->keyword) look(argument.second);
    look(node.call->star);
    look(node.call->double_star);
  }
  node.depth = deepest + 1;
  if (node.depth > deepest_expression) {
    throw SyntaxFailure(
        node.line, "an expression nests more than " + std::to_string(deepest_expression) + " levels deep");
  }
}

ExpressionPtr Parser::make(ExpressionKind kind, uint32_t line, std::vector<ExpressionPtr> operands) {
  auto node = std::make_unique<Expression>();
  node->kind = kind;
  node->line = line;
  node->operands = std::move(operands);
  bound_depth(*node);
  return node;
}

ExpressionPtr Parser::constant(uint32_t line, Value value) {
  auto node = make(ExpressionKind::constant, line);
  node->constant = std::move(value);
  return node;
}

ExpressionPtr Parser::text_constant(uint32_t line, std::string text) {
  const size_t points = count_code_points(text);
  return constant(
      line, Value(Value::Payload(std::make_shared<const Text>(Text{std::move(text), points, false, {}}))));
}

ExpressionPtr Parser::expression(bool with_conditional) {
  const Deeper deeper(*this);
  return with_conditional ? conditional() : logical_or();
}

ExpressionPtr Parser::conditional() {
  const uint32_t line = current().line;
  const size_t unknown_before = unknown_.size();
  ExpressionPtr value = logical_or();
  while (skip_name("if")) {
    unknown_.resize(unknown_before);
    const bool outer = std::exchange(conditional_, true);
    ExpressionPtr condition = logical_or();
    ExpressionPtr otherwise;
    if (skip_name("else")) otherwise = expression();
    conditional_ = outer;
    value = make(ExpressionKind::conditional, line,
                 operands_of(std::move(condition), std::move(value), std::move(otherwise)));
  }
  return value;
}

ExpressionPtr Parser::logical_or() {
  ExpressionPtr left = logical_and();
  while (is_name("or")) {
    const uint32_t line = take().line;
    ExpressionPtr right = logical_and();
    left = make(ExpressionKind::logical_or, line, operands_of(std::move(left), std::move(right)));
  }
  return left;
}

ExpressionPtr Parser::logical_and() {
  ExpressionPtr left = logical_not();
  while (is_name("and")) {
    const uint32_t line = take().line;
    ExpressionPtr right = logical_not();
    left = make(ExpressionKind::logical_and, line, operands_of(std::move(left), std::move(right)));
  }
  return left;
}

ExpressionPtr Parser::logical_not() {
  if (!is_name("not")) return comparison();
  const Deeper deeper(*this);
  const uint32_t line = take().line;
  return make(ExpressionKind::logical_not, line, operands_of(logical_not()));
}

ExpressionPtr Parser::comparison() {
  static constexpr std::pair<std::string_view, Comparison> symbols[] = {
      {"==", Comparison::eq}, {"!=", Comparison::ne}, {"<", Comparison::lt},
      {"<=", Comparison::le}, {">", Comparison::gt},  {">=", Comparison::ge}};
  const uint32_t line = current().line;
  std::vector<ExpressionPtr> operands = operands_of(sum());
  std::vector<Comparison> comparisons;
  while (true) {
    const auto* found = std::find_if(std::begin(symbols), std::end(symbols),
                                     [this](const auto& entry) { return is_symbol(entry.first); });
    if (found != std::end(symbols)) {
      take();
      comparisons.push_back(found->second);
    } else if (skip_name("in")) {
      comparisons.push_back(Comparison::in);
    } else if (is_name("not") && following().type == TokenType::name && following().text == "in") {
      take();
      take();
      comparisons.push_back(Comparison::not_in);
    } else {
      break;
    }
    operands.push_back(sum());
  }
  if (comparisons.empty()) return std::move(operands[0]);
  ExpressionPtr node = make(ExpressionKind::compare, line, std::move(operands));
  node->comparisons = std::move(comparisons);
  return node;
}

ExpressionPtr Parser::sum() {
  ExpressionPtr left = concatenation();
  while (is_symbol("+") || is_symbol("-")) {
    const Token sign = take();
    ExpressionPtr right = concatenation();
    left = make(ExpressionKind::binary, sign.line, operands_of(std::move(left), std::move(right)));
    left->op = sign.text == "+" ? BinaryOperator::add : BinaryOperator::subtract;
  }
  return left;
}

ExpressionPtr Parser::concatenation() {
  const uint32_t line = current().line;
  std::vector<ExpressionPtr> parts = operands_of(product());
  while (skip_symbol("~")) parts.push_back(product());
  if (parts.size() == 1) return std::move(parts[0]);
  return make(ExpressionKind::concat, line, std::move(parts));
}

ExpressionPtr Parser::product() {
  static constexpr std::pair<std::string_view, BinaryOperator> symbols[] = {
      {"*", BinaryOperator::multiply},
      {"/", BinaryOperator::divide},
      {"//", BinaryOperator::floor_divide},
      {"%", BinaryOperator::modulo}};
  ExpressionPtr left = power();
  while (true) {
    const auto* found = std::find_if(std::begin(symbols), std::end(symbols),
                                     [this](const auto& entry) { return is_symbol(entry.first); });
    if (found == std::end(symbols)) return left;
    const uint32_t line = take().line;
    ExpressionPtr right = power();
    left = make(ExpressionKind::binary, line, operands_of(std::move(left), std::move(right)));
    left->op = found->second;
  }
}

ExpressionPtr Parser::power() {
  ExpressionPtr left = unary();
  while (is_symbol("**")) {  // from left to right, unlike Python
    const uint32_t line = take().line;
    ExpressionPtr right = unary();
    left = make(ExpressionKind::binary, line, operands_of(std::move(left), std::move(right)));
    left->op = BinaryOperator::power;
  }
  return left;
}

ExpressionPtr Parser::unary(bool with_filter) {
  ExpressionPtr node;
  if (is_symbol("-") || is_symbol("+")) {
    const Deeper deeper(*this);
    const Token sign = take();
    node = make(sign.text == "-" ? ExpressionKind::negate : ExpressionKind::plus, sign.line,
                operands_of(unary(false)));
  } else {
    node = primary();
  }
  node = postfix(std::move(node));
  return with_filter ? filters_and_tests(std::move(node)) : std::move(node);
}

ExpressionPtr Parser::postfix(ExpressionPtr node) {
  while (true) {
    if (is_symbol(".") || is_symbol("[")) {
      node = subscript(std::move(node));
    } else if (is_symbol("(")) {
      const uint32_t line = current().line;
      node = make(ExpressionKind::call, line, operands_of(std::move(node)));
      node->call = call_arguments();
      bound_depth(*node);
    } else {
      return node;
    }
  }
}

ExpressionPtr Parser::filters_and_tests(ExpressionPtr node) {
  while (true) {
    if (skip_symbol("|")) {
      node = filter(std::move(node));
    } else if (is_name("is")) {
      take();
      node = test(std::move(node));
    } else if (is_symbol("(")) {
      node = postfix(std::move(node));
    } else {
      return node;
    }
  }
}

ExpressionPtr Parser::filter(ExpressionPtr subject) {
  const uint32_t line = current().line;
  std::string name = expect_any_name();
  while (skip_symbol(".")) name.append(1, '.').append(expect_any_name());
  if (find_filter(name) == nullptr) note_unknown("filter", name);
  ExpressionPtr node = make(ExpressionKind::filter, line, operands_of(std::move(subject)));
  node->text = std::move(name);
  node->call = is_symbol("(") ? call_arguments() : std::make_unique<CallSyntax>();
  bound_depth(*node);
  return node;
}

ExpressionPtr Parser::test(ExpressionPtr subject) {
  const uint32_t line = current().line;
  const bool negated = skip_name("not");
  std::string name = expect_any_name();
  while (skip_symbol(".")) name.append(1, '.').append(expect_any_name());
  if (find_test(name) == nullptr) note_unknown("test", name);
  ExpressionPtr node = make(ExpressionKind::test, line, operands_of(std::move(subject)));
  node->text = std::move(name);
  const TokenType next = current().type;
  const bool operand = next == TokenType::string || next == TokenType::integer ||
                       next == TokenType::floating || is_symbol("[") || is_symbol("{") ||
                       (next == TokenType::name && !is_name("else") && !is_name("or") && !is_name("and"));
  if (is_symbol("(")) {
    node->call = call_arguments();
  } else {
    node->call = std::make_unique<CallSyntax>();
    if (operand && is_name("is")) fail("tests can't be chained with 'is'");
    if (operand) node->call->positional.push_back(postfix(primary()));
  }
  bound_depth(*node);
  return negated ? make(ExpressionKind::logical_not, line, operands_of(std::move(node))) : std::move(node);
}

ExpressionPtr Parser::subscript(ExpressionPtr object) {
  const Token opening = take();
  if (opening.text == "[") return slice_or_key(std::move(object));
  const Token name = take();
  if (name.type == TokenType::name) {
    ExpressionPtr node = make(ExpressionKind::attribute, opening.line, operands_of(std::move(object)));
    node->text = name.text;
    return node;
  }
  if (name.type != TokenType::integer)
    throw SyntaxFailure(name.line, "a name or number is expected after '.'");
  return make(ExpressionKind::item, opening.line,
              operands_of(std::move(object), constant(name.line, Value::integer(name.integer))));
}

ExpressionPtr Parser::slice_or_key(ExpressionPtr object) {
  const uint32_t line = current().line;
  std::vector<ExpressionPtr> bounds;
  const auto bound = [this] {
    return is_symbol(":") || is_symbol("]") || is_symbol(",") ? nullptr : expression();
  };
  if (is_symbol("]"))
    return make(ExpressionKind::item, line,
                operands_of(std::move(object), make(ExpressionKind::tuple, line)));
  bounds.push_back(is_symbol(":") ? nullptr : expression());
  const bool slice = is_symbol(":");
  while (bounds.size() < 3 && skip_symbol(":")) bounds.push_back(bound());
  if (slice) {
    if (is_symbol(",")) fail("a subscript of several slices is not supported");
    expect_symbol("]");
    bounds.resize(3);
    return make(
        ExpressionKind::slice, line,
        operands_of(std::move(object), std::move(bounds[0]), std::move(bounds[1]), std::move(bounds[2])));
  }
  if (is_symbol(",")) {  // a tuple as the key
    while (skip_symbol(",")) {
      if (is_symbol("]")) fail("a subscript ends in a comma");
      bounds.push_back(expression());
    }
    ExpressionPtr key = make(ExpressionKind::tuple, line, std::move(bounds));
    bounds.clear();
    bounds.push_back(std::move(key));
  }
  expect_symbol("]");
  return make(ExpressionKind::item, line, operands_of(std::move(object), std::move(bounds[0])));
}

}  // namespace reckon::text::jinja
