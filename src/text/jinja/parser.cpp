// The statement half of the parser, and its tokens.
#include "text/jinja/parser.hpp"

#include <algorithm>

namespace reckon::text::jinja {
namespace {

constexpr uint32_t deepest_nesting = 200;

}  // namespace

Program parse(std::string_view source) { return Parser(source).run(); }

Parser::Parser(std::string_view source) : tokens_(tokenize(source)) {}

Parser::Deeper::Deeper(Parser& parser) : parser_(parser) {
  if (parser.nesting_ >= deepest_nesting) {
    parser.fail("the template nests more than " + std::to_string(deepest_nesting) + " levels deep");
  }
  ++parser.nesting_;
}

Program Parser::run() {
  const SpecialSymbols special{symbol("loop"), symbol("caller"), symbol("kwargs"), symbol("varargs")};
  Body body = body_until({});
  if (!unknown_.empty()) throw SyntaxFailure(unknown_[0].line, unknown_[0].message);
  return {std::move(body), std::move(symbols_), special};
}

void Parser::fail(const std::string& message) const { throw SyntaxFailure(current().line, message); }

bool Parser::is_symbol(std::string_view text) const {
  return current().type == TokenType::symbol && current().text == text;
}
bool Parser::is_name(std::string_view name) const {
  return current().type == TokenType::name && current().text == name;
}
bool Parser::skip_symbol(std::string_view text) { return is_symbol(text) && (take(), true); }
bool Parser::skip_name(std::string_view name) { return is_name(name) && (take(), true); }

void Parser::expect_symbol(std::string_view text) {
  if (!skip_symbol(text)) fail("'" + std::string(text) + "' is expected, not " + describe(current()));
}

void Parser::expect_name(std::string_view name) {
  if (!skip_name(name)) fail("'" + std::string(name) + "' is expected, not " + describe(current()));
}

std::string Parser::expect_any_name() {
  if (current().type != TokenType::name) fail("a name is expected, not " + describe(current()));
  return take().text;
}

void Parser::expect_type(TokenType type, const char* what) {
  if (current().type != type) fail(std::string(what) + " is expected, not " + describe(current()));
  take();
}

uint32_t Parser::symbol(const std::string& name) {
  const auto [entry, added] = symbol_of_.emplace(name, static_cast<uint32_t>(symbols_.size()));
  if (added) symbols_.push_back(name);
  return entry->second;
}

void Parser::note_special_name(const std::string& name) {
  for (MacroSyntax* macro : macros_) {
    if (name == "caller") macro->uses_caller = true;
    if (name == "kwargs") macro->uses_kwargs = true;
    if (name == "varargs") macro->uses_varargs = true;
  }
}

void Parser::note_unknown(const char* what, const std::string& name) {
  if (!conditional_)
    unknown_.push_back({current().line, std::string("there is no ") + what + " named '" + name + "'"});
}

std::unique_ptr<Statement> Parser::start(StatementKind kind) {
  auto made = std::make_unique<Statement>();
  made->kind = kind;
  made->line = current().line;
  return made;
}

Body Parser::body_until(std::initializer_list<std::string_view> ends) {
  Body body;
  while (current().type != TokenType::end) {
    if (current().type == TokenType::block_begin) {
      take();
      if (std::any_of(ends.begin(), ends.end(), [this](std::string_view end) { return is_name(end); }))
        return body;
      body.push_back(statement());
      expect_type(TokenType::block_end, "'%}'");
      continue;
    }
    auto output = start(StatementKind::output);
    while (current().type == TokenType::data || current().type == TokenType::variable_begin) {
      const Token token = take();
      if (token.type == TokenType::data) {
        output->values.push_back(text_constant(token.line, token.text));
      } else {
        output->values.push_back(tuple());
        expect_type(TokenType::variable_end, "'}}'");
      }
    }
    body.push_back(std::move(output));
  }
  if (ends.size() != 0) fail("the template ends where '" + std::string(*(ends.end() - 1)) + "' is expected");
  return body;
}

Body Parser::statements_until(std::initializer_list<std::string_view> ends) {
  const Deeper deeper(*this);
  skip_symbol(":");
  expect_type(TokenType::block_end, "'%}'");
  return body_until(ends);
}

Body Parser::inner_body(std::string_view end) {
  const bool outer = std::exchange(conditional_, false);
  Body body = statements_until({end});
  take();
  conditional_ = outer;
  return body;
}

std::unique_ptr<Statement> Parser::statement() {
  if (current().type != TokenType::name) fail("the name of a tag is expected, not " + describe(current()));
  const std::string name = current().text;
  if (name == "for") return for_statement();
  if (name == "if") return if_statement();
  if (name == "set") return set_statement();
  if (name == "macro") return macro_statement();
  if (name == "call") return call_statement();
  if (name == "filter") return filter_statement();
  if (name == "with") return with_statement();
  if (name == "print") return print_statement();
  if (name == "break") return loop_control(StatementKind::break_);
  if (name == "continue") return loop_control(StatementKind::continue_);
  if (name == "generation") {
    auto made = start(StatementKind::generation);
    take();
    const uint32_t outer = std::exchange(loops_, 0);
    made->bodies.push_back(inner_body("endgeneration"));
    loops_ = outer;
    return made;
  }
  for (const std::string_view tag : {"block", "extends", "include", "import", "from", "autoescape"}) {
    if (name == tag) fail("the tag '" + name + "' is not supported in chat templates");
  }
  fail("unknown tag '" + name + "'");
}

std::unique_ptr<Statement> Parser::for_statement() {
  auto made = start(StatementKind::for_);
  take();
  ++for_statements_;
  made->targets.push_back(assignment_target(false, TupleEnd::in_for));
  expect_name("in");
  made->values.push_back(tuple(false, false, TupleEnd::in_for));
  const bool outer = std::exchange(conditional_, false);
  made->values.push_back(skip_name("if") ? expression() : nullptr);
  if (is_name("recursive")) fail("recursive loops are not supported");
  ++loops_;
  made->bodies.push_back(statements_until({"else", "endfor"}));
  --loops_;
  const bool has_else = take().text == "else";
  made->bodies.push_back(has_else ? statements_until({"endfor"}) : Body());
  if (has_else) take();
  conditional_ = outer;
  --for_statements_;
  return made;
}

std::unique_ptr<Statement> Parser::if_statement() {
  auto made = start(StatementKind::if_);
  const bool outer = std::exchange(conditional_, true);
  std::string tag = "elif";
  while (tag == "elif") {
    take();
    made->values.push_back(tuple(false));
    made->bodies.push_back(statements_until({"elif", "else", "endif"}));
    tag = current().text;
  }
  take();
  made->bodies.push_back(tag == "else" ? statements_until({"endif"}) : Body());
  if (tag == "else") take();
  conditional_ = outer;
  return made;
}

ExpressionPtr Parser::assignment_name(bool with_namespace) {
  const Token token = current();
  if (token.type != TokenType::name) fail("a name to assign to is expected, not " + describe(token));
  for (const std::string_view literal : {"true", "false", "none", "True", "False", "None"}) {
    if (token.text == literal) fail("'" + token.text + "' can't be assigned to");
  }
  take();
  const bool member = with_namespace && skip_symbol(".");
  if (!member && token.text == "loop" && for_statements_ > 0)
    fail("'loop' can't be assigned to inside a for loop");
  ExpressionPtr node = make(member ? ExpressionKind::namespace_ref : ExpressionKind::name, token.line);
  node->symbol = symbol(token.text);
  if (member) node->text = expect_any_name();
  return node;
}

ExpressionPtr Parser::assignment_target(bool with_namespace, TupleEnd end) {
  const Deeper deeper(*this);
  const uint32_t line = current().line;
  std::vector<ExpressionPtr> targets;
  bool comma = false;
  while (!at_tuple_end(end) && !(end == TupleEnd::in_for && is_name("in"))) {
    if (skip_symbol("(")) {
      targets.push_back(assignment_target(false));
      expect_symbol(")");
    } else {
      targets.push_back(assignment_name(with_namespace));
    }
    if (!skip_symbol(",")) break;
    comma = true;
  }
  if (targets.empty()) fail("a name to assign to is expected, not " + describe(current()));
  return comma ? make(ExpressionKind::tuple, line, std::move(targets)) : std::move(targets[0]);
}

std::unique_ptr<Statement> Parser::set_statement() {
  auto made = start(StatementKind::set);
  take();
  made->targets.push_back(assignment_target(true));
  if (skip_symbol("=")) {
    made->values.push_back(tuple());
    return made;
  }
  made->kind = StatementKind::set_block;
  ExpressionPtr filters;
  while (skip_symbol("|")) {
    filters = filter(filters ? std::move(filters) : make(ExpressionKind::captured, made->line));
  }
  made->values.push_back(std::move(filters));
  made->bodies.push_back(inner_body("endset"));
  return made;
}

void Parser::macro_parameters(MacroSyntax& macro) {
  expect_symbol("(");
  while (!is_symbol(")")) {
    const ExpressionPtr parameter = assignment_name(false);
    if (macro.parameters.size() == most_names)
      fail("a macro has more than " + std::to_string(most_names) + " parameters");
    for (const uint32_t other : macro.parameters) {
      if (other == parameter->symbol) fail("a macro has two parameters named '" + symbols_[other] + "'");
    }
    macro.parameters.push_back(parameter->symbol);
    macro.parameter_names.push_back(symbols_[parameter->symbol]);
    if (skip_symbol("=")) {
      macro.defaults.push_back(expression());
    } else if (!macro.defaults.empty()) {
      fail("a parameter without a default follows one with a default");
    }
    if (!is_symbol(")")) expect_symbol(",");
  }
  take();
}

void Parser::macro_body(MacroSyntax& macro, std::string_view end) {
  macros_.push_back(&macro);
  const uint32_t outer = std::exchange(loops_, 0);
  macro.body = inner_body(end);
  loops_ = outer;
  macros_.pop_back();
}

std::unique_ptr<Statement> Parser::macro_statement() {
  auto made = start(StatementKind::macro);
  take();
  made->symbol = assignment_name(false)->symbol;
  made->macro = std::make_unique<MacroSyntax>();
  made->macro->name = symbols_[made->symbol];
  macro_parameters(*made->macro);
  macro_body(*made->macro, "endmacro");
  return made;
}

std::unique_ptr<Statement> Parser::call_statement() {
  auto made = start(StatementKind::call_block);
  take();
  made->macro = std::make_unique<MacroSyntax>();
  made->macro->name = "caller";
  if (is_symbol("(")) macro_parameters(*made->macro);
  made->values.push_back(expression());
  if (made->values[0]->kind != ExpressionKind::call) fail("a call is expected in the call tag");
  macro_body(*made->macro, "endcall");
  return made;
}

std::unique_ptr<Statement> Parser::filter_statement() {
  auto made = start(StatementKind::filter_block);
  take();
  ExpressionPtr filters = filter(make(ExpressionKind::captured, made->line));
  while (skip_symbol("|")) filters = filter(std::move(filters));
  made->values.push_back(std::move(filters));
  made->bodies.push_back(inner_body("endfilter"));
  return made;
}

std::unique_ptr<Statement> Parser::with_statement() {
  auto made = start(StatementKind::with);
  take();
  while (current().type != TokenType::block_end) {
    if (!made->targets.empty()) expect_symbol(",");
    made->targets.push_back(assignment_target(false));
    expect_symbol("=");
    made->values.push_back(expression());
  }
  made->bodies.push_back(inner_body("endwith"));
  return made;
}

std::unique_ptr<Statement> Parser::print_statement() {
  auto made = start(StatementKind::output);
  take();
  while (current().type != TokenType::block_end) {
    if (!made->values.empty()) expect_symbol(",");
    made->values.push_back(expression());
  }
  return made;
}

std::unique_ptr<Statement> Parser::loop_control(StatementKind kind) {
  auto made = start(kind);
  if (loops_ == 0) fail("'" + current().text + "' outside of a loop");
  take();
  return made;
}

}  // namespace reckon::text::jinja
