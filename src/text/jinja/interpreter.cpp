// Statements, scopes and macros.
#include "text/jinja/interpreter.hpp"

#include <algorithm>

#include "text/jinja/builtins.hpp"
#include "text/jinja/printing.hpp"

namespace reckon::text::jinja {
namespace {

constexpr uint64_t kept_scope_bytes = 256;
constexpr uint64_t kept_variable_bytes =
    2 * sizeof(decltype(Scope::variables)::value_type);  // with spare room

}  // namespace

Value* Scope::find_here(Runtime& runtime, uint32_t symbol) {
  const auto found = std::find_if(variables.begin(), variables.end(),
                                  [symbol](const auto& entry) { return entry.first == symbol; });
  runtime.step(static_cast<uint64_t>(found - variables.begin()) / 8);
  return found == variables.end() ? nullptr : &found->second;
}

const Value* Scope::find(Runtime& runtime, uint32_t symbol) {
  uint64_t outwards = 0;
  for (Scope* scope = this; scope != nullptr; scope = scope->parent) {
    if (++outwards % 8 == 0) runtime.step();
    if (const Value* value = scope->find_here(runtime, symbol)) return value;
  }
  return nullptr;
}

void Scope::set(Runtime& runtime, uint32_t symbol, Value value) {
  if (Value* present = find_here(runtime, symbol)) {
    *present = std::move(value);
  } else {
    if (captured) charge.grow(kept_variable_bytes);
    variables.emplace_back(symbol, std::move(value));
  }
}

// A scope inside another one, kept to the end of the rendering if a macro captured it.
class Interpreter::InnerScope {
 public:
  InnerScope(Interpreter& interpreter, Scope& parent)
      : interpreter_(interpreter), scope_(std::make_unique<Scope>()) {
    scope_->parent = &parent;
  }
  InnerScope(const InnerScope&) = delete;
  InnerScope& operator=(const InnerScope&) = delete;
  ~InnerScope() {
    if (!scope_->captured) return;
    --interpreter_.captured_alive_;
    interpreter_.kept_.push_back(std::move(scope_));  // make_macro has made room
  }
  Scope& operator*() { return *scope_; }
  Scope* operator->() { return scope_.get(); }

 private:
  Interpreter& interpreter_;
  std::unique_ptr<Scope> scope_;
};

// Redirects output for as long as it lives.
class Interpreter::Capture {
 public:
  explicit Capture(Interpreter& interpreter) : interpreter_(interpreter), outer_(interpreter.output_) {
    mine_.charge = Charge(interpreter.runtime_.meter(), 0);
    interpreter.output_ = &mine_;
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() { interpreter_.output_ = outer_; }
  Value take() { return interpreter_.runtime_.text(std::move(mine_.text)); }
  std::string take_string() { return std::move(mine_.text); }

 private:
  Interpreter& interpreter_;
  Output* outer_;
  Output mine_;
};

void Interpreter::emit(std::string_view text) {
  runtime_.check_length(output_->text.size() + text.size());
  output_->charge.grow(text.size());
  output_->text += text;
}

// Only what the template names is made into values. As in Hugging Face's call, tools and documents are none
// and add_generation_prompt is false when they aren't given.
void Interpreter::fill_root(Scope& root, const GivenVariable& given) {
  for (uint32_t symbol = 0; symbol < program_.symbols.size(); ++symbol) {
    const std::string& name = program_.symbols[symbol];
    if (auto value = given(name)) {
      root.set(runtime_, symbol, *std::move(value));
    } else if (name == "tools" || name == "documents") {
      root.set(runtime_, symbol, Value::none());
    } else if (name == "add_generation_prompt") {
      root.set(runtime_, symbol, Value::boolean(false));
    } else if (auto global = find_global(runtime_, name)) {
      root.set(runtime_, symbol, *std::move(global));
    }
  }
}

std::string Interpreter::run(const GivenVariable& given) {
  Scope globals;
  fill_root(globals, given);
  Scope top;
  top.parent = &globals;
  Capture capture(*this);
  execute(program_.body, top);
  return capture.take_string();
}

Interpreter::Flow Interpreter::execute(const Body& body, Scope& scope) {
  for (const auto& statement : body) {
    const Flow flow = execute(*statement, scope);
    if (flow != Flow::normal) return flow;
  }
  return Flow::normal;
}

Interpreter::Flow Interpreter::execute(const Statement& statement, Scope& scope) {
  const Nesting nesting(runtime_);
  runtime_.step();
  runtime_.line = statement.line;
  switch (statement.kind) {
    case StatementKind::output: output(statement, scope); return Flow::normal;
    case StatementKind::if_: return choose(statement, scope);
    case StatementKind::for_: return loop(statement, scope);
    case StatementKind::set:
      assign(*statement.targets[0], evaluate(*statement.values[0], scope), scope);
      return Flow::normal;
    case StatementKind::set_block: return set_block(statement, scope);
    case StatementKind::macro:
      scope.set(runtime_, statement.symbol, make_macro(*statement.macro, scope));
      return Flow::normal;
    case StatementKind::call_block: call_block(statement, scope); return Flow::normal;
    case StatementKind::filter_block: return filter_block(statement, scope);
    case StatementKind::with: return with(statement, scope);
    case StatementKind::generation: {
      InnerScope inner(*this, scope);
      return execute(statement.bodies[0], *inner);
    }
    case StatementKind::break_: return Flow::break_loop;
    case StatementKind::continue_: return Flow::continue_loop;
  }
  return Flow::normal;
}

void Interpreter::output(const Statement& statement, Scope& scope) {
  for (const auto& node : statement.values) {
    const Value value = evaluate(*node, scope);
    if (value.is(Kind::text)) {
      runtime_.step_bytes(value.view().size());
      emit(value.view());
    } else {
      emit(to_text(runtime_, value));
    }
  }
}

Interpreter::Flow Interpreter::choose(const Statement& statement, Scope& scope) {
  for (size_t i = 0; i < statement.values.size(); ++i) {
    if (is_true(evaluate(*statement.values[i], scope))) return execute(statement.bodies[i], scope);
  }
  return execute(statement.bodies.back(), scope);
}

Interpreter::Flow Interpreter::loop(const Statement& statement, Scope& scope) {
  const Value source = evaluate(*statement.values[0], scope);
  LoopState::Filter filter;
  if (statement.values[1]) {
    filter = [this, &statement, &scope](const Value& item) {
      InnerScope inner(*this, scope);
      assign(*statement.targets[0], item, *inner);
      return is_true(evaluate(*statement.values[1], *inner));
    };
  }
  runtime_.line = statement.line;
  const auto state = std::make_shared<LoopState>(runtime_, source, std::move(filter));
  struct Finish {
    LoopState& loop;
    ~Finish() { loop.finish(); }
  } const finish{*state};
  bool finished_one = false;
  Flow flow = iterate(statement, scope, state, finished_one);
  if (flow == Flow::normal && !finished_one) {
    InnerScope inner(*this, scope);
    flow = execute(statement.bodies[1], *inner);
  }
  return flow;
}

// As in Jinja, `else` runs unless some pass through the body reached its end: one cut short by break or
// continue does not count.
Interpreter::Flow Interpreter::iterate(const Statement& statement, Scope& scope,
                                       const std::shared_ptr<LoopState>& state, bool& finished_one) {
  while (state->advance()) {
    InnerScope inner(*this, scope);
    inner->set(runtime_, program_.special.loop, Value(Value::Payload(state)));
    assign(*statement.targets[0], state->current(), *inner);
    const Flow flow = execute(statement.bodies[0], *inner);
    if (flow == Flow::break_loop) break;
    finished_one = finished_one || flow == Flow::normal;
    runtime_.line = statement.line;
  }
  return Flow::normal;
}

Value Interpreter::filter_captured(const ExpressionPtr& filters, Value text, Scope& scope) {
  if (!filters) return text;
  const Value* outer = std::exchange(captured_, &text);
  Value filtered = evaluate(*filters, scope);
  captured_ = outer;
  return filtered;
}

Interpreter::Flow Interpreter::set_block(const Statement& statement, Scope& scope) {
  InnerScope inner(*this, scope);
  Value text;
  {
    Capture capture(*this);
    const Flow flow = execute(statement.bodies[0], *inner);
    if (flow != Flow::normal) return flow;
    text = capture.take();
  }
  assign(*statement.targets[0], filter_captured(statement.values[0], std::move(text), *inner), scope);
  return Flow::normal;
}

Interpreter::Flow Interpreter::filter_block(const Statement& statement, Scope& scope) {
  InnerScope inner(*this, scope);
  Value text;
  {
    Capture capture(*this);
    const Flow flow = execute(statement.bodies[0], *inner);
    if (flow != Flow::normal) return flow;
    text = capture.take();
  }
  emit(to_text(runtime_, filter_captured(statement.values[0], std::move(text), *inner)));
  return Flow::normal;
}

Interpreter::Flow Interpreter::with(const Statement& statement, Scope& scope) {
  InnerScope inner(*this, scope);
  for (size_t i = 0; i < statement.targets.size(); ++i) {
    assign(*statement.targets[i], evaluate(*statement.values[i], scope), *inner);
  }
  return execute(statement.bodies[0], *inner);
}

void Interpreter::call_block(const Statement& statement, Scope& scope) {
  const Value caller = make_macro(*statement.macro, scope);
  emit(to_text(runtime_, evaluate_call(*statement.values[0], scope, &caller)));
}

void Interpreter::assign_member(const Expression& target, const Value& value, Scope& scope) {
  const Value* object = scope.find(runtime_, target.symbol);
  if (object == nullptr || !object->is(Kind::name_space)) {
    throw Failure("'" + program_.symbols[target.symbol] + "' is not a namespace, so '" + target.text +
                  "' can't be set in it");
  }
  if (target.text[0] == '_') {
    throw Failure("a namespace can't hold the name '" + target.text + "', which begins with an underscore");
  }
  Namespace& names = object->as_namespace();
  if (Value* present = names.find(runtime_, target.text)) {
    *present = value;
  } else {
    runtime_.add_member(names, target.text, value);
  }
}

void Interpreter::assign(const Expression& target, const Value& value, Scope& scope) {
  if (target.kind == ExpressionKind::name) return scope.set(runtime_, target.symbol, value);
  if (target.kind == ExpressionKind::namespace_ref) return assign_member(target, value, scope);
  Cursor cursor(value);
  Value item;
  for (const auto& part : target.operands) {
    if (!cursor.next(runtime_, item)) throw Failure("there are too few values to unpack");
    assign(*part, item, scope);
  }
  if (cursor.next(runtime_, item)) throw Failure("there are too many values to unpack");
}

Value Interpreter::make_macro(const MacroSyntax& macro, Scope& scope) {
  size_t needed = kept_.size() + captured_alive_;
  for (const Scope* s = &scope; s != nullptr && !s->captured; s = s->parent) ++needed;
  if (kept_.capacity() < needed) kept_.reserve(2 * needed);
  for (Scope* captured = &scope; captured != nullptr && !captured->captured; captured = captured->parent) {
    captured->charge = Charge(runtime_.meter(), kept_scope_bytes);
    captured->charge.grow(captured->variables.size() * kept_variable_bytes);
    captured->captured = true;
    ++captured_alive_;
  }
  return runtime_.function(
      macro.name,
      [this, &macro, &scope](Runtime&, CallArguments& arguments) {
        return call_macro(macro, scope, arguments);
      },
      0, true);
}

void Interpreter::bind_parameters(const MacroSyntax& macro, CallArguments& arguments, Scope& scope) {
  const size_t count = macro.parameters.size();
  const size_t given = std::min(arguments.positional.size(), count);
  for (size_t i = 0; i < given; ++i) scope.set(runtime_, macro.parameters[i], arguments.positional[i]);
  auto& keyword = arguments.keyword;
  for (size_t i = given; i < count; ++i) {
    const auto found = std::find_if(keyword.begin(), keyword.end(), [&](const auto& entry) {
      return entry.first == macro.parameter_names[i];
    });
    const size_t first_default = count - macro.defaults.size();
    if (found != keyword.end()) {
      scope.set(runtime_, macro.parameters[i], std::move(found->second));
      keyword.erase(found);
    } else if (i >= first_default) {
      scope.set(runtime_, macro.parameters[i], evaluate(*macro.defaults[i - first_default], scope));
    } else {
      scope.set(runtime_, macro.parameters[i],
                runtime_.undefined("parameter '" + macro.parameter_names[i] + "' was not provided"));
    }
  }
}

Value Interpreter::call_macro(const MacroSyntax& macro, Scope& defining, CallArguments& arguments) {
  const Nesting nesting(runtime_);
  InnerScope inner(*this, defining);
  bind_parameters(macro, arguments, *inner);
  auto& keyword = arguments.keyword;
  if (macro.uses_caller && inner->find_here(runtime_, program_.special.caller) == nullptr) {
    const auto found = std::find_if(keyword.begin(), keyword.end(),
                                    [](const auto& entry) { return entry.first == "caller"; });
    inner->set(runtime_, program_.special.caller,
               found != keyword.end() ? std::move(found->second) : runtime_.undefined("No caller defined"));
    if (found != keyword.end()) keyword.erase(found);
  }
  if (macro.uses_kwargs) {
    std::vector<DictEntry> entries;
    entries.reserve(keyword.size());
    for (auto& [name, value] : keyword) entries.emplace_back(runtime_.text(name), std::move(value));
    inner->set(runtime_, program_.special.kwargs, runtime_.dict(std::move(entries)));
  } else if (!keyword.empty()) {
    throw Failure("macro '" + macro.name + "' takes no argument named '" + keyword[0].first + "'");
  }
  const size_t count = macro.parameters.size();
  if (macro.uses_varargs) {
    const size_t bound = std::min(count, arguments.positional.size());
    Values rest(arguments.positional.begin() + static_cast<std::ptrdiff_t>(bound),
                arguments.positional.end());
    inner->set(runtime_, program_.special.varargs, runtime_.tuple(std::move(rest)));
  } else if (arguments.positional.size() > count) {
    throw Failure("macro '" + macro.name + "' takes not more than " + std::to_string(count) + " arguments");
  }
  Capture capture(*this);
  execute(macro.body, *inner);
  return capture.take();
}

}  // namespace reckon::text::jinja
