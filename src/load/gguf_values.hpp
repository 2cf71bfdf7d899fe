// The key/value pairs of a GGUF file.
#pragma once

#include <cstdint>

#include "load/gguf_reader.hpp"
#include "load/metadata.hpp"

namespace reckon::load {

// Reads `count` pairs into `metadata` and returns general.alignment, or its default.
uint64_t read_key_values(GgufReader& reader, uint64_t count, Metadata& metadata);

}  // namespace reckon::load
