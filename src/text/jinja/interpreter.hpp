// Runs a Program: statements put out text, expressions give values.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "text/jinja/ast.hpp"
#include "text/jinja/loop_state.hpp"

namespace reckon::text::jinja {

// The variables of a loop's body, a macro call, a block. Reading looks outwards, assigning does not.
struct Scope {
  Scope* parent = nullptr;
  std::vector<std::pair<uint32_t, Value>> variables;
  bool captured = false;  // a macro was made in here: it may be called later, so the scope has to stay
  Charge charge;

  // Each charges for the variables it looks at.
  Value* find_here(Runtime& runtime, uint32_t symbol);
  const Value* find(Runtime& runtime, uint32_t symbol);
  void set(Runtime& runtime, uint32_t symbol, Value value);
};

// The value of a variable that the caller gives, if it gives one of that name.
using GivenVariable = std::function<std::optional<Value>(const std::string& name)>;

class Interpreter {
 public:
  Interpreter(const Program& program, Runtime& runtime) : program_(program), runtime_(runtime) {}
  std::string run(const GivenVariable& given);

 private:
  enum class Flow : uint8_t { normal, break_loop, continue_loop };
  class InnerScope;
  class Capture;

  // Text put out so far, by the template or into a block that is captured.
  struct Output {
    std::string text;
    Charge charge;
  };

  void fill_root(Scope& root, const GivenVariable& given);
  void emit(std::string_view text);

  // interpreter.cpp: statements
  Flow execute(const Body& body, Scope& scope);
  Flow execute(const Statement& statement, Scope& scope);
  void output(const Statement& statement, Scope& scope);
  Flow choose(const Statement& statement, Scope& scope);
  Flow loop(const Statement& statement, Scope& scope);
  Flow iterate(const Statement& statement, Scope& scope, const std::shared_ptr<LoopState>& state,
               bool& finished_one);
  Flow set_block(const Statement& statement, Scope& scope);
  Flow filter_block(const Statement& statement, Scope& scope);
  Flow with(const Statement& statement, Scope& scope);
  void call_block(const Statement& statement, Scope& scope);
  void assign(const Expression& target, const Value& value, Scope& scope);
  void assign_member(const Expression& target, const Value& value, Scope& scope);
  Value make_macro(const MacroSyntax& macro, Scope& scope);
  Value call_macro(const MacroSyntax& macro, Scope& defining, CallArguments& arguments);
  void bind_parameters(const MacroSyntax& macro, CallArguments& arguments, Scope& scope);
  Value filter_captured(const ExpressionPtr& filters, Value text, Scope& scope);

  // evaluation.cpp: expressions
  Value evaluate(const Expression& node, Scope& scope);
  Value evaluate_name(const Expression& node, Scope& scope);
  Value evaluate_list(const Expression& node, Scope& scope);
  Value evaluate_dict(const Expression& node, Scope& scope);
  Value evaluate_item(const Expression& node, Scope& scope);
  Value evaluate_slice(const Expression& node, Scope& scope);
  Value evaluate_call(const Expression& node, Scope& scope, const Value* caller = nullptr);
  Value evaluate_filter(const Expression& node, Scope& scope);
  Value evaluate_test(const Expression& node, Scope& scope);
  Value evaluate_binary(const Expression& node, Scope& scope);
  Value evaluate_concat(const Expression& node, Scope& scope);
  Value evaluate_compare(const Expression& node, Scope& scope);
  Value evaluate_logical(const Expression& node, Scope& scope);
  Value evaluate_conditional(const Expression& node, Scope& scope);
  CallArguments evaluate_arguments(const CallSyntax& call, Scope& scope);
  bool holds(Comparison comparison, const Value& left, const Value& right);

  const Program& program_;
  Runtime& runtime_;
  Output* output_ = nullptr;
  const Value* captured_ = nullptr;
  std::vector<std::unique_ptr<Scope>> kept_;
  size_t captured_alive_ = 0;  // captured scopes still in use, to be kept later
};

}  // namespace reckon::text::jinja
