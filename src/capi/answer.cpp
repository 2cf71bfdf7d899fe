#include <reckon/answer.hpp>

#include "capi/boundary.hpp"

using namespace reckon;
using namespace reckon::capi;

reckon_status reckon_final_answer(const char* text, size_t text_length, int32_t whole, char** out,
                                  size_t* length, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(length, "length");
    const auto bytes = require_array(text, text_length, "text");
    const auto answer = final_answer({bytes.data(), bytes.size()}, whole != 0);
    if (answer) return give_text(*answer, out, length);
    *out = nullptr;
    *length = 0;
  });
}

reckon_status reckon_normalised_answer(const char* answer, size_t answer_length, char** out, size_t* length,
                                       reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(length, "length");
    const auto bytes = require_array(answer, answer_length, "answer");
    give_text(normalised_answer({bytes.data(), bytes.size()}), out, length);
  });
}
