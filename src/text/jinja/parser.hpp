// Tokens to a Program, by Jinja's grammar with the loopcontrols extension and Hugging Face's generation tag.
#pragma once

#include <unordered_map>

#include "text/jinja/ast.hpp"
#include "text/jinja/lexer.hpp"

namespace reckon::text::jinja {

class Parser {
 public:
  explicit Parser(std::string_view source);
  Program run();

 private:
  // Expressions, from the loosest binding to the tightest: expressions.cpp.
  ExpressionPtr expression(bool with_conditional = true);
  ExpressionPtr conditional();
  ExpressionPtr logical_or();
  ExpressionPtr logical_and();
  ExpressionPtr logical_not();
  ExpressionPtr comparison();
  ExpressionPtr sum();
  ExpressionPtr concatenation();
  ExpressionPtr product();
  ExpressionPtr power();
  ExpressionPtr unary(bool with_filter = true);
  ExpressionPtr postfix(ExpressionPtr node);
  ExpressionPtr filters_and_tests(ExpressionPtr node);
  ExpressionPtr filter(ExpressionPtr subject);  // from the filter's name on
  ExpressionPtr test(ExpressionPtr subject);
  ExpressionPtr subscript(ExpressionPtr object);
  ExpressionPtr slice_or_key(ExpressionPtr object);
  ExpressionPtr primary();
  ExpressionPtr name_or_literal();
  ExpressionPtr list();
  ExpressionPtr dict();
  std::unique_ptr<CallSyntax> call_arguments();
  void call_argument(CallSyntax& call);

  enum class TupleEnd { normal, in_for };
  ExpressionPtr tuple(bool with_conditional = true, bool parenthesized = false,
                      TupleEnd end = TupleEnd::normal);
  bool at_tuple_end(TupleEnd end) const;

  ExpressionPtr make(ExpressionKind kind, uint32_t line, std::vector<ExpressionPtr> operands = {});
  ExpressionPtr constant(uint32_t line, Value value);
  ExpressionPtr text_constant(uint32_t line, std::string text);
  void bound_depth(Expression& node) const;

  // Statements: parser.cpp.
  Body statements_until(
      std::initializer_list<std::string_view> ends);  // from the tag's %} up to the end's name
  Body body_until(std::initializer_list<std::string_view> ends);
  Body inner_body(std::string_view end);  // a body that is a scope of its own, end tag included
  std::unique_ptr<Statement> statement();
  std::unique_ptr<Statement> for_statement();
  std::unique_ptr<Statement> if_statement();
  std::unique_ptr<Statement> set_statement();
  std::unique_ptr<Statement> macro_statement();
  std::unique_ptr<Statement> call_statement();
  std::unique_ptr<Statement> filter_statement();
  std::unique_ptr<Statement> with_statement();
  std::unique_ptr<Statement> print_statement();
  std::unique_ptr<Statement> loop_control(StatementKind kind);
  std::unique_ptr<Statement> start(StatementKind kind);
  void macro_parameters(MacroSyntax& macro);
  void macro_body(MacroSyntax& macro, std::string_view end);
  ExpressionPtr assignment_target(bool with_namespace, TupleEnd end = TupleEnd::normal);
  ExpressionPtr assignment_name(bool with_namespace);

  // Tokens.
  const Token& current() const { return tokens_[at_]; }
  const Token& following() const { return tokens_[std::min(at_ + 1, tokens_.size() - 1)]; }
  Token take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }
  bool is_symbol(std::string_view symbol) const;
  bool is_name(std::string_view name) const;
  bool skip_symbol(std::string_view symbol);
  bool skip_name(std::string_view name);
  void expect_symbol(std::string_view symbol);
  void expect_name(std::string_view name);
  std::string expect_any_name();
  void expect_type(TokenType type, const char* what);
  [[noreturn]] void fail(const std::string& message) const;
  uint32_t symbol(const std::string& name);
  void note_special_name(const std::string& name);
  void note_unknown(const char* what, const std::string& name);

  static constexpr size_t most_names = 255;  // of parameters, and of arguments by name: looked up one by one

  class Deeper;  // one level of recursion

  std::vector<Token> tokens_;
  size_t at_ = 0;
  uint32_t nesting_ = 0;
  uint32_t loops_ = 0;           // enclosing loops that a break could leave
  uint32_t for_statements_ = 0;  // enclosing for statements of any kind
  std::vector<MacroSyntax*> macros_;
  std::unordered_map<std::string, uint32_t> symbol_of_;
  std::vector<std::string> symbols_;

  // Unknown filters and tests are errors at once, but for those a condition may keep from being reached.
  bool conditional_ = false;
  struct Unknown {
    uint32_t line;
    std::string message;
  };
  std::vector<Unknown> unknown_;
};

class Parser::Deeper {
 public:
  explicit Deeper(Parser& parser);
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  ~Deeper() { --parser_.nesting_; }

 private:
  Parser& parser_;
};

}  // namespace reckon::text::jinja
