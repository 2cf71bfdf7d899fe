// Objects and arrays of a JSON schema.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "constrain/json_schema.hpp"
#include "support/contains.hpp"
#include "support/quoted.hpp"
#include "text/utf8.hpp"

namespace reckon::constrain {
namespace {

const Json& anything() {
  static const Json schema = true;
  return schema;
}

// The characters of names that may not be used, as a trie.
struct NameNode {
  std::map<char32_t, size_t> children;
  bool ends = false;  // a name
};

std::vector<NameNode> name_trie(const std::vector<std::string>& names) {
  std::vector<NameNode> nodes(1);
  for (const std::string& name : names) {
    size_t node = 0;
    for (size_t at = 0; at < name.size();) {
      const text::Utf8Unit unit = text::decode_utf8(name, at);
      at += unit.length;
      const auto [child, is_new] = nodes[node].children.try_emplace(unit.code_point, nodes.size());
      node = child->second;
      if (is_new) nodes.emplace_back();
    }
    nodes[node].ends = true;
  }
  return nodes;
}

}  // namespace

bool requires_property(const Json& schema, const std::string& name) {
  const Json* at = schema.find("required");
  return at != nullptr && at->is_array() && support::contains(*at, name);
}

Symbol SchemaCompiler::object(const Json& schema, const std::string& path, int nesting) {
  const std::vector<Property> all = properties(schema, path);
  if (all.empty()) return object_as_map(schema, path, nesting);
  for (const char* key : {"minProperties", "maxProperties"})
    if (schema.contains(key)) fail(path, fmt::format("{} beside properties can't be honoured", key));
  Sequence others;
  const Json* additional = schema.find("additionalProperties");
  if (additional != nullptr && *additional != false) {
    const Symbol value = this->schema(*additional, below(path, "additionalProperties"), nesting + 1);
    others = text_.member({other_key(all)}, value);
  }
  return text_.enclosed("{", {members(all, others, nesting)}, "}");
}

Symbol SchemaCompiler::object_as_map(const Json& schema, const std::string& path, int nesting) {
  const Json* additional = schema.find("additionalProperties");
  const uint32_t least = count(schema, "minProperties", 0);
  uint32_t most = count(schema, "maxProperties", kUnlimited);
  Symbol value = text_.value();
  if (additional != nullptr) {
    if (*additional == false) most = 0;
    value = this->schema(*additional, below(path, "additionalProperties"), nesting + 1);
  }
  // Two members may have the same name and count once, so more than one can't be promised.
  if (least > 1) fail(path + "/minProperties", "expected 0 or 1: names of other properties may be repeated");
  return text_.object_of(text_.member({text_.string()}, value), least, most);
}

// Those listed, in their order, and behind them those that are only required.
std::vector<SchemaCompiler::Property> SchemaCompiler::properties(const Json& schema,
                                                                 const std::string& path) const {
  std::vector<Property> all;
  if (const Json* at = schema.find("properties"); at != nullptr) {
    for (const auto& [name, sub] : at->members())
      all.push_back({name, &sub, requires_property(schema, name), below(below(path, "properties"), name)});
  }
  const Json* required = schema.find("required");
  if (required == nullptr) return all;
  const Json* additional = schema.find("additionalProperties");
  for (const Json& name : *required) {
    const auto same = [&](const Property& p) { return p.name == name.string(); };
    if (std::any_of(all.begin(), all.end(), same)) continue;
    all.push_back({name.string(), additional == nullptr ? &anything() : additional, true,
                   below(path, "additionalProperties")});
  }
  return all;
}

// For each property two rules: what follows where members came before, and where none did. From the last
// property to the first, so that each knows its successors.
Sequence SchemaCompiler::members(const std::vector<Property>& all, const Sequence& others, int nesting) {
  Sequence behind, first;  // what follows with members before, without
  if (!others.empty()) {
    behind = builder_.repeat(joined(text_.comma(), others), 0, kUnlimited);
    first = builder_.optional(joined(others, behind));
  }
  for (auto p = all.rbegin(); p != all.rend(); ++p) {
    const Symbol value = schema(*p->schema, p->path, nesting + 1);
    const Sequence member = text_.member(text_.literal(p->name), value);
    Sequence here = joined(member, behind);
    Sequence next = joined(text_.comma(), here);
    if (p->required) {
      first = {builder_.choice({std::move(here)})};
      behind = {builder_.choice({std::move(next)})};
    } else {
      first = {builder_.choice({std::move(here), first})};
      behind = {builder_.choice({std::move(next), behind})};
    }
  }
  return first;
}

// A name that is none of the properties'. Up to where it differs from all of them it is spelled without
// escapes, so that it can't be one in disguise.
Symbol SchemaCompiler::other_key(const std::vector<Property>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const Property& p : all) names.push_back(p.name);
  const std::vector<NameNode> nodes = name_trie(names);
  std::vector<Symbol> rules;
  for (size_t i = 0; i < nodes.size(); i++) rules.push_back(builder_.declare(""));
  const Sequence quote = builder_.literal("\"");
  const Sequence rest = joined(builder_.repeat({text_.character()}, 0, kUnlimited), quote);
  const CharSet escaped{{0, 0x1F}, {'"', '"'}, {'\\', '\\'}};
  for (size_t i = 0; i < nodes.size(); i++) {
    CharSet differing = escaped;
    std::vector<Sequence> ways;
    for (const auto& [c, child] : nodes[i].children) {
      differing.add(c, c);
      if (!escaped.contains(c)) ways.push_back({builder_.character({{c, c}}), rules[child]});
    }
    ways.push_back(joined({builder_.character(differing.complement())}, rest));
    if (!nodes[i].ends) ways.push_back(quote);
    builder_.define(rules[i], std::move(ways));
  }
  return builder_.choice({joined(quote, {rules[0]})});
}

Symbol SchemaCompiler::array(const Json& schema, const std::string& path, int nesting) {
  const uint32_t least = count(schema, "minItems", 0), most = count(schema, "maxItems", kUnlimited);
  if (least > most) fail(path + "/minItems", "is more than maxItems");
  const Json *items = schema.find("items"), *prefix = schema.find("prefixItems");
  const bool has_items = items != nullptr;
  if (prefix == nullptr) {
    const Symbol item = has_items ? this->schema(*items, below(path, "items"), nesting + 1) : text_.value();
    return text_.array_of({item}, least, most);
  }
  const auto n = static_cast<uint32_t>(prefix->size());
  // More of them where `items` or the least length says so.
  Sequence behind;  // what follows the first i items
  if ((has_items && *items != false) || least > n) {
    const Symbol item = has_items ? this->schema(*items, below(path, "items"), nesting + 1) : text_.value();
    const uint32_t most_more = most == kUnlimited ? kUnlimited : most - std::min(most, n);
    behind = builder_.repeat(joined(text_.comma(), {item}), least - std::min(least, n), most_more);
  }
  for (uint32_t i = n; i-- > 0;) {
    const Symbol item =
        this->schema((*prefix)[i], below(path, fmt::format("prefixItems/{}", i)), nesting + 1);
    const Sequence here = joined(i == 0 ? Sequence{item} : joined(text_.comma(), {item}), behind);
    std::vector<Sequence> ways;
    if (i < most) ways.push_back(here);
    if (i >= least) ways.push_back({});
    behind = {builder_.choice(std::move(ways))};
  }
  return text_.enclosed("[", {behind}, "]");
}

}  // namespace reckon::constrain
