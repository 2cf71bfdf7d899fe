// Expressions.
#include "text/jinja/builtins.hpp"
#include "text/jinja/interpreter.hpp"
#include "text/jinja/printing.hpp"

namespace reckon::text::jinja {

Value Interpreter::evaluate(const Expression& node, Scope& scope) {
  const Nesting nesting(runtime_);
  runtime_.step();
  runtime_.line = node.line;
  switch (node.kind) {
    case ExpressionKind::constant: return node.constant;
    case ExpressionKind::name: return evaluate_name(node, scope);
    case ExpressionKind::captured: return *captured_;
    case ExpressionKind::namespace_ref: break;  // only ever a target
    case ExpressionKind::list:
    case ExpressionKind::tuple: return evaluate_list(node, scope);
    case ExpressionKind::dict: return evaluate_dict(node, scope);
    case ExpressionKind::attribute:
      return get_attribute(runtime_, evaluate(*node.operands[0], scope), node.text);
    case ExpressionKind::item: return evaluate_item(node, scope);
    case ExpressionKind::slice: return evaluate_slice(node, scope);
    case ExpressionKind::call: return evaluate_call(node, scope);
    case ExpressionKind::filter: return evaluate_filter(node, scope);
    case ExpressionKind::test: return evaluate_test(node, scope);
    case ExpressionKind::negate: return negate(evaluate(*node.operands[0], scope));
    case ExpressionKind::plus: return plus(evaluate(*node.operands[0], scope));
    case ExpressionKind::logical_not: return Value::boolean(!is_true(evaluate(*node.operands[0], scope)));
    case ExpressionKind::logical_and:
    case ExpressionKind::logical_or: return evaluate_logical(node, scope);
    case ExpressionKind::binary: return evaluate_binary(node, scope);
    case ExpressionKind::concat: return evaluate_concat(node, scope);
    case ExpressionKind::compare: return evaluate_compare(node, scope);
    case ExpressionKind::conditional: return evaluate_conditional(node, scope);
  }
  return Value();
}

Value Interpreter::evaluate_name(const Expression& node, Scope& scope) {
  if (const Value* value = scope.find(runtime_, node.symbol)) return *value;
  return runtime_.undefined("'" + program_.symbols[node.symbol] + "' is undefined");
}

Value Interpreter::evaluate_list(const Expression& node, Scope& scope) {
  Values items;
  items.reserve(node.operands.size());
  for (const auto& operand : node.operands) items.push_back(evaluate(*operand, scope));
  return node.kind == ExpressionKind::list ? runtime_.list(std::move(items))
                                           : runtime_.tuple(std::move(items));
}

Value Interpreter::evaluate_dict(const Expression& node, Scope& scope) {
  std::vector<DictEntry> entries;
  for (size_t i = 0; i < node.operands.size(); i += 2) {
    Value key = evaluate(*node.operands[i], scope);
    entries.emplace_back(std::move(key), evaluate(*node.operands[i + 1], scope));
  }
  return runtime_.dict(std::move(entries));
}

Value Interpreter::evaluate_item(const Expression& node, Scope& scope) {
  const Value object = evaluate(*node.operands[0], scope);
  const Value key = evaluate(*node.operands[1], scope);
  runtime_.line = node.line;
  return get_item(runtime_, object, key);
}

Value Interpreter::evaluate_slice(const Expression& node, Scope& scope) {
  const Value object = evaluate(*node.operands[0], scope);
  Value bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    bounds[i] = node.operands[i + 1] ? evaluate(*node.operands[i + 1], scope) : Value::none();
  }
  runtime_.line = node.line;
  return get_slice(runtime_, object, bounds[0], bounds[1], bounds[2]);
}

CallArguments Interpreter::evaluate_arguments(const CallSyntax& call, Scope& scope) {
  CallArguments arguments;
  arguments.positional.reserve(call.positional.size());
  for (const auto& argument : call.positional) arguments.positional.push_back(evaluate(*argument, scope));
  for (const auto& [name, argument] : call.keyword)
    arguments.keyword.emplace_back(name, evaluate(*argument, scope));
  if (call.star) {
    for (Value& item : to_items(runtime_, evaluate(*call.star, scope)))
      arguments.positional.push_back(std::move(item));
    arguments.charge = Charge(runtime_.meter(), arguments.positional.size() * sizeof(Value));
  }
  if (!call.double_star) return arguments;
  const Value names = evaluate(*call.double_star, scope);
  if (!names.is(Kind::dict)) throw Failure("** needs a mapping, not " + type_name(names));
  for (const auto& [key, value] : names.as_dict().entries) {
    if (!key.is(Kind::text)) throw Failure("the names of arguments must be strings");
    for (const auto& given : arguments.keyword) {
      if (equal_texts(runtime_, given.first, key.view()))
        throw Failure("a call gives '" + given.first + "' twice");
    }
    runtime_.step_bytes(key.view().size());
    runtime_.step(arguments.keyword.size() / 8);
    arguments.keyword.emplace_back(key.view(), value);
  }
  return arguments;
}

Value Interpreter::evaluate_call(const Expression& node, Scope& scope, const Value* caller) {
  const Value function = evaluate(*node.operands[0], scope);
  CallArguments arguments = evaluate_arguments(*node.call, scope);
  if (caller != nullptr) arguments.keyword.emplace_back("caller", *caller);
  runtime_.line = node.line;
  return call(runtime_, function, arguments);
}

Value Interpreter::evaluate_filter(const Expression& node, Scope& scope) {
  const Value subject = evaluate(*node.operands[0], scope);
  CallArguments arguments = evaluate_arguments(*node.call, scope);
  runtime_.line = node.line;
  const Filter filter = find_filter(node.text);
  if (filter == nullptr) throw Failure("there is no filter named '" + node.text + "'");
  runtime_.step_text(subject);
  runtime_.step_texts(arguments);
  return filter(runtime_, subject, arguments);
}

Value Interpreter::evaluate_test(const Expression& node, Scope& scope) {
  const Value subject = evaluate(*node.operands[0], scope);
  CallArguments arguments = evaluate_arguments(*node.call, scope);
  runtime_.line = node.line;
  const Test test = find_test(node.text);
  if (test == nullptr) throw Failure("there is no test named '" + node.text + "'");
  runtime_.step_text(subject);
  runtime_.step_texts(arguments);
  return Value::boolean(test(runtime_, subject, arguments));
}

Value Interpreter::evaluate_binary(const Expression& node, Scope& scope) {
  const Value left = evaluate(*node.operands[0], scope);
  const Value right = evaluate(*node.operands[1], scope);
  runtime_.line = node.line;
  return apply(runtime_, node.op, left, right);
}

Value Interpreter::evaluate_concat(const Expression& node, Scope& scope) {
  Values parts;
  parts.reserve(node.operands.size());
  for (const auto& operand : node.operands) parts.push_back(evaluate(*operand, scope));
  TextBuilder out(runtime_);
  for (const Value& part : parts) append_text(out, part);
  return runtime_.text(out.take());
}

bool Interpreter::holds(Comparison comparison, const Value& left, const Value& right) {
  switch (comparison) {
    case Comparison::eq: return equal(runtime_, left, right);
    case Comparison::ne: return !equal(runtime_, left, right);
    case Comparison::in: return contains(runtime_, right, left);
    case Comparison::not_in: return !contains(runtime_, right, left);
    default: break;
  }
  const int order = compare(runtime_, left, right);
  switch (comparison) {
    case Comparison::lt: return order == -1;
    case Comparison::le: return order == -1 || order == 0;
    case Comparison::gt: return order == 1;
    default: return order == 1 || order == 0;
  }
}

Value Interpreter::evaluate_compare(const Expression& node, Scope& scope) {
  Value left = evaluate(*node.operands[0], scope);
  for (size_t i = 0; i < node.comparisons.size(); ++i) {
    Value right = evaluate(*node.operands[i + 1], scope);
    runtime_.line = node.line;
    if (!holds(node.comparisons[i], left, right)) return Value::boolean(false);
    left = std::move(right);
  }
  return Value::boolean(true);
}

Value Interpreter::evaluate_logical(const Expression& node, Scope& scope) {
  Value left = evaluate(*node.operands[0], scope);
  const bool decided = is_true(left) == (node.kind == ExpressionKind::logical_or);
  return decided ? left : evaluate(*node.operands[1], scope);
}

Value Interpreter::evaluate_conditional(const Expression& node, Scope& scope) {
  if (is_true(evaluate(*node.operands[0], scope))) return evaluate(*node.operands[1], scope);
  if (node.operands[2]) return evaluate(*node.operands[2], scope);
  return runtime_.undefined("the inline if on line " + std::to_string(node.line) +
                            " is false and has no else");
}

}  // namespace reckon::text::jinja
