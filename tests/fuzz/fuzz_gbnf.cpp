// A grammar in llama.cpp's notation up to a zero byte, and the choices of whoever writes a text of that form.
#include "fuzz/constraint_walk.hpp"
#include "fuzz/target.hpp"

namespace reckon::fuzz {
namespace {

void run(Input input) {
  const std::string form(input.field());
  walk({AnswerForm::Kind::gbnf, form}, input);
}

}  // namespace
}  // namespace reckon::fuzz

FUZZ_TARGET(reckon::fuzz::run)
