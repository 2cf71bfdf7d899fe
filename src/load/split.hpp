// Models split into several files: PREFIX-00001-of-00003.gguf and so on. The first has the model's keys; each
// has split.no (from 0), split.count and split.tensors.count (of all parts together).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/gguf.hpp"

namespace reckon::load {

struct SplitName {
  std::string prefix;   // path up to the numbers
  uint32_t number = 0;  // from 1
  uint32_t count = 0;

  std::string path_of(uint32_t part_number) const;
};

// nullopt for a name of another form.
std::optional<SplitName> parse_split_name(std::string_view path);

// How many parts the model of this file has; 1 for a file that is whole (merged files say 0 parts).
uint32_t split_count(const Metadata& metadata);

// Throws unless `path` and the keys of `first` belong to the first part of a split model.
SplitName check_first_part(const std::string& path, const Metadata& first);

// Throws unless `part`, the file number `number` (from 1), belongs to the same model as `first`.
void check_later_part(const GgufContents& first, const GgufContents& part, uint32_t number);

// Throws unless the parts together have as many tensors as the first says.
void check_tensor_count(const Metadata& first, uint64_t n_tensors);

}  // namespace reckon::load
