// A JSON schema up to a zero byte, and the choices of whoever writes a text of that form: it is JSON, and
// valid for the schema.
#include "fuzz/constraint_walk.hpp"
#include "fuzz/schema_check.hpp"
#include "fuzz/target.hpp"

namespace reckon::fuzz {
namespace {

void run(Input input) {
  using nlohmann::json;
  const std::string schema(input.field());
  const auto text = walk({AnswerForm::Kind::json_schema, schema}, input);
  if (!text) return;
  FUZZ_CHECK(json::accept(*text));
  FUZZ_CHECK(is_valid(json::parse(*text), json::parse(schema)));
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
