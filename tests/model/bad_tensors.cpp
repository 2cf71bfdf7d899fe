#include <cctype>
#include <cstring>

#include "model/bad_models.hpp"

namespace reckon::test {
namespace {

std::string identifier(std::string text) {
  for (char& c : text) {
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  }
  return text;
}

}  // namespace

RandomModel sound_model(const std::string& architecture, WeightType type) {
  RandomModel m;
  m.architecture = architecture;
  m.matrix_type = type;
  m.hidden = 96;
  m.ffn = 112;
  if (type != WeightType::F32) {  // whole blocks
    m.hidden = 256;
    m.ffn = 512;
    m.head_dim = 64;
  }
  if (architecture == "llama") m.rope_freqs.assign(m.head_dim / 2, 2.0f);
  return m;
}

BadModel spoilt(std::string name, std::string names, std::function<void(ModelContent&)> spoil, ErrorCode code,
                std::string architecture) {
  return {std::move(name), std::move(architecture), std::move(spoil), code, std::move(names)};
}

void set_element(ModelContent& c, const std::string& tensor, size_t index, float value) {
  std::memcpy(c.tensor(tensor).bytes.data() + index * sizeof value, &value, sizeof value);
}

void reshape(ModelContent& c, const std::string& name, WeightType type, std::vector<uint64_t> shape) {
  uint64_t n = 1;
  for (uint64_t d : shape) n *= d;
  c.erase_tensor(name);
  c.add(name, type, std::move(shape), std::vector<float>(n, 1.0f));
}

// Every tensor of a layer and of the model in turn: missing, a row or an element too many, of a type that
// can't be.
std::vector<BadModel> bad_tensors_of(const std::string& architecture) {
  std::vector<BadModel> cases;
  for (const Tensor& t : make_content(sound_model(architecture)).tensors) {
    if (t.name.find("blk.0.") == 0 || t.name == "output.weight" || t.name == "rope_freqs.weight") continue;
    std::string name = t.name;
    std::vector<uint64_t> longer = t.shape, transposed(t.shape.rbegin(), t.shape.rend());
    longer.back() += 1;
    auto add = [&](const char* what, std::function<void(ModelContent&)> spoil, ErrorCode code = kMalformed) {
      cases.push_back(
          spoilt(architecture + identifier(name) + what, name, std::move(spoil), code, architecture));
    };
    add("Missing", [=](ModelContent& c) { c.erase_tensor(name); });
    add("OneTooMany", [=](ModelContent& c) { reshape(c, name, WeightType::F32, longer); });
    if (t.shape.size() == 2) {
      add("Flat", [=](ModelContent& c) { reshape(c, name, WeightType::F32, {longer[0] * (longer[1] - 1)}); });
      add("Transposed", [=](ModelContent& c) { reshape(c, name, WeightType::F32, transposed); });
      add("ThreeDimensions", [=](ModelContent& c) {
        reshape(c, name, WeightType::F32, {longer[0], 2, (longer[1] - 1) / 2});
      });
    } else if (t.shape[0] % 32 == 0) {
      add(
          "Quantised", [=](ModelContent& c) { reshape(c, name, WeightType::Q8_0, {longer[0] - 1}); },
          kUnsupported);
    }
    if (name != "token_embd.weight") {  // its rows are read when they are used
      add("LastIsNaN", [=](ModelContent& c) {
        set_element(c, name, c.tensor(name).bytes.size() / sizeof(float) - 1, kNaN);
      });
      add("FirstIsInfinite", [=](ModelContent& c) { set_element(c, name, 0, -kInfinity); });
    }
  }
  return cases;
}

std::vector<BadModel> unknown_tensors() {
  auto extra = [](const char* name, const char* tensor, std::vector<uint64_t> shape,
                  std::string architecture = "qwen2") {
    return spoilt(
        name, tensor, [=](ModelContent& c) { reshape(c, tensor, WeightType::F32, shape); }, kUnsupported,
        std::move(architecture));
  };
  return {
      extra("BiasThatTheArchitectureHasNot", "blk.0.attn_output.bias", {96}),
      extra("BiasOfALlama", "blk.1.attn_q.bias", {64}, "llama"),
      extra("BiasOfAQwen3", "blk.1.attn_k.bias", {32}, "qwen3"),
      extra("NormThatTheArchitectureHasNot", "blk.0.attn_q_norm.weight", {16}),
      extra("MixtureOfExperts", "blk.0.ffn_gate_inp.weight", {96, 4}),
      extra("Adapter", "blk.0.attn_q.weight.lora_a", {96, 4}),
      extra("LayerPastTheEnd", "blk.99.ffn_up.weight", {96, 112}),
  };
}

// Every f16 scale of every block format: its offset in the block.
std::vector<BadModel> bad_scales() {
  const std::vector<std::pair<WeightType, std::vector<size_t>>> scales = {
      {WeightType::Q8_0, {0}},   {WeightType::Q4_0, {0}},    {WeightType::Q4_1, {0, 2}},
      {WeightType::Q5_0, {0}},   {WeightType::Q5_1, {0, 2}}, {WeightType::Q2_K, {80, 82}},
      {WeightType::Q3_K, {108}}, {WeightType::Q4_K, {0, 2}}, {WeightType::Q5_K, {0, 2}},
      {WeightType::Q6_K, {208}}, {WeightType::IQ4_NL, {0}},  {WeightType::IQ4_XS, {0}},
      {WeightType::F16, {0}},    {WeightType::BF16, {0}},
  };
  std::vector<BadModel> cases;
  for (const auto& [type, offsets] : scales) {
    for (size_t offset : offsets) {
      const uint16_t nan = type == WeightType::BF16 ? 0x7FC0 : 0x7E00,
                     infinity = nan == 0x7E00 ? 0xFC00 : 0xFF80;
      for (uint16_t bits : {nan, infinity}) {
        auto spoil = [=, block_bytes = info(type).block_bytes](ModelContent& c) {
          auto& bytes = c.tensor("blk.1.ffn_down.weight").bytes;  // in its last block
          std::memcpy(bytes.data() + bytes.size() - block_bytes + offset, &bits, sizeof bits);
        };
        std::string name =
            std::string(info(type).name) + (bits == nan ? "NaN" : "Infinity") + std::to_string(offset);
        cases.push_back({name, "qwen2", spoil, kMalformed, "blk.1.ffn_down.weight", type});
      }
    }
  }
  return cases;
}

}  // namespace reckon::test
