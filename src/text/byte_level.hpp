// The alphabet in which GGUF's `gpt2` vocabularies write bytes: each of the 256 as one printable character.
// The bytes 33-126, 161-172 and 174-255 stand for the code point of the same number, the others, in order,
// for U+0100 and up.
#pragma once

#include <string>
#include <string_view>

namespace reckon::text {

// Appends the bytes that `mapped` stands for. False, and nothing appended, if a character is not of the
// alphabet.
bool append_mapped_bytes(std::string_view mapped, std::string& out);

}  // namespace reckon::text
