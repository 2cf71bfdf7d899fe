// Models that can't be run, in well-formed GGUF files: what is wrong with each, and what the error has to
// name.
#pragma once

#include <functional>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

#include <reckon/error.hpp>

#include "model/random_model.hpp"

namespace reckon::test {

inline constexpr auto kMalformed = ErrorCode::malformed_file;
inline constexpr auto kUnsupported = ErrorCode::unsupported;
inline constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
inline constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct BadModel {
  std::string name;
  std::string architecture;
  std::function<void(ModelContent&)> spoil;
  ErrorCode code;
  std::string names;  // what the message must contain beside the file
  WeightType matrix_type = WeightType::F32;
};
inline void PrintTo(const BadModel& b, std::ostream* out) { *out << b.name; }

// Sound, and no two of its dimensions alike: hidden 96, ffn 112, 64 rows of q, 32 of k and v, 272 tokens.
RandomModel sound_model(const std::string& architecture, WeightType type = WeightType::F32);

// A case of the table.
BadModel spoilt(std::string name, std::string names, std::function<void(ModelContent&)> spoil,
                ErrorCode code = kMalformed, std::string architecture = "qwen2");
void set_element(ModelContent& c, const std::string& tensor, size_t index, float value);
// Another tensor of this name, of ones; the old one goes if there is one.
void reshape(ModelContent& c, const std::string& name, WeightType type, std::vector<uint64_t> shape);

std::vector<BadModel> bad_sizes();
std::vector<BadModel> bad_heads();
std::vector<BadModel> bad_rope();
std::vector<BadModel> bad_vocabulary();

// Every tensor of the last layer and of the model in turn.
std::vector<BadModel> bad_tensors_of(const std::string& architecture);
std::vector<BadModel> unknown_tensors();
// Every f16 scale of every block format.
std::vector<BadModel> bad_scales();

}  // namespace reckon::test
