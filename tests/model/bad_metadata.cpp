#include "model/bad_models.hpp"

namespace reckon::test {
namespace {

BadModel key(std::string name, std::string key, Value value, ErrorCode code = kMalformed,
             std::string architecture = "qwen2") {
  std::string full =
      key.find("general.") == 0 || key.find("tokenizer.") == 0 ? key : architecture + "." + key;
  return {std::move(name), architecture, [=](ModelContent& c) { c.set(full, value); }, code, full};
}

BadModel no_key(std::string name, std::string key) {
  std::string full = key.find("general.") == 0 || key.find("tokenizer.") == 0 ? key : "qwen2." + key;
  return {std::move(name), "qwen2", [=](ModelContent& c) { c.erase(full); }, kMalformed, full};
}

// One key of a scaling that is fine without it.
BadModel scaling(std::string name, const char* type, const char* bad_key, Value value,
                 ErrorCode code = kMalformed) {
  std::string prefix = "qwen3.rope.scaling.";
  auto spoil = [=](ModelContent& c) {
    c.set(prefix + "type", std::string(type));
    c.set(prefix + "factor", 4.0f);
    c.set(prefix + "original_context_length", uint32_t{128});
    c.set(prefix + bad_key, value);
  };
  return {std::move(name), "qwen3", spoil, code, prefix + bad_key};
}

}  // namespace

std::vector<BadModel> bad_sizes() {
  return {
      no_key("NoArchitecture", "general.architecture"),
      key("ArchitectureIsANumber", "general.architecture", uint32_t{2}),
      key("UnknownArchitecture", "general.architecture", std::string("mamba"), kUnsupported),
      key("EmptyArchitecture", "general.architecture", std::string(), kUnsupported),
      key("EscapeSequenceAsArchitecture", "general.architecture", std::string("\x1b[2J\x07"), kUnsupported),
      spoilt("KeysOfAnotherArchitecture", "qwen3.block_count",
             [](ModelContent& c) { c.set("general.architecture", std::string("qwen3")); }),

      no_key("NoBlockCount", "block_count"),
      key("NoBlocks", "block_count", uint32_t{0}),
      key("SixHundredBlocks", "block_count", uint32_t{600}),
      key("TwoToThe31Blocks", "block_count", uint32_t{1} << 31),
      key("TwoToThe64Blocks", "block_count", ~uint64_t{0}),
      key("NegativeBlockCount", "block_count", int32_t{-1}),
      key("BlockCountIsText", "block_count", std::string("2")),
      key("BlockCountIsAFraction", "block_count", 1.5f),
      key("BlockCountIsAnArray", "block_count", std::vector<int32_t>{2, 2}),
      spoilt("MoreBlocksThanTensors", "blk.2.",
             [](ModelContent& c) { c.set("qwen2.block_count", uint32_t{3}); }),
      spoilt(
          "FewerBlocksThanTensors", "blk.1.",
          [](ModelContent& c) { c.set("qwen2.block_count", uint32_t{1}); }, kUnsupported),

      no_key("NoEmbeddingLength", "embedding_length"),
      key("EmbeddingLengthZero", "embedding_length", uint32_t{0}),
      key("EmbeddingLengthHuge", "embedding_length", uint64_t{1} << 40),
      spoilt("EmbeddingLengthOfAnotherModel", "token_embd.weight",
             [](ModelContent& c) { c.set("qwen2.embedding_length", uint32_t{112}); }),
      no_key("NoFeedForwardLength", "feed_forward_length"),
      key("FeedForwardLengthZero", "feed_forward_length", uint32_t{0}),
      key("FeedForwardLengthHuge", "feed_forward_length", uint32_t{1} << 31),
      key("FeedForwardLengthPerLayer", "feed_forward_length", std::vector<int32_t>{96, 96}),
      spoilt("FeedForwardLengthOfAnotherModel", "blk.0.ffn_gate.weight",
             [](ModelContent& c) { c.set("qwen2.feed_forward_length", uint32_t{128}); }),
      no_key("NoContextLength", "context_length"),
      key("ContextLengthZero", "context_length", uint32_t{0}),
      key("ContextLengthHuge", "context_length", uint64_t{1} << 62),
      key("ContextLengthNegative", "context_length", int64_t{-2048}),
  };
}

std::vector<BadModel> bad_heads() {
  return {
      no_key("NoHeadCount", "attention.head_count"),
      key("NoHeads", "attention.head_count", uint32_t{0}),
      key("HeadCountHuge", "attention.head_count", uint32_t{1} << 31),
      key("HeadCountPerLayer", "attention.head_count", std::vector<int32_t>{4, 4}),
      key("HeadCountNegative", "attention.head_count", int32_t{-4}),
      spoilt("HeadsDoNotDivideTheEmbedding", "qwen2.attention.head_count",
             [](ModelContent& c) {
               c.erase("qwen2.attention.key_length");
               c.erase("qwen2.attention.value_length");
               c.set("qwen2.attention.head_count", uint32_t{5});
               c.set("qwen2.attention.head_count_kv", uint32_t{5});
             }),
      spoilt("HeadCountOfAnotherModel", "blk.0.attn_q.weight",
             [](ModelContent& c) { c.set("qwen2.attention.head_count", uint32_t{8}); }),
      key("NoKvHeads", "attention.head_count_kv", uint32_t{0}),
      key("KvHeadsDoNotDivide", "attention.head_count_kv", uint32_t{3}),
      key("MoreKvHeadsThanHeads", "attention.head_count_kv", uint32_t{8}),
      key("KvHeadCountHuge", "attention.head_count_kv", ~uint64_t{0}),
      key("KvHeadCountNegative", "attention.head_count_kv", int32_t{-1}),
      key("KvHeadCountIsAFraction", "attention.head_count_kv", 2.0f),
      spoilt("KvHeadCountOfAnotherModel", "blk.0.attn_k.weight",
             [](ModelContent& c) { c.set("qwen2.attention.head_count_kv", uint32_t{1}); }),
      key("KeyLengthZero", "attention.key_length", uint32_t{0}),
      key("KeyLengthOdd", "attention.key_length", uint32_t{17}, kUnsupported),
      key("KeyLengthNoMultipleOf16", "attention.key_length", uint32_t{24}, kUnsupported),
      key("KeyLengthTooGreat", "attention.key_length", uint32_t{512}, kUnsupported),
      key("KeyLengthHuge", "attention.key_length", uint32_t{1} << 31),
      key("KeyLengthIsText", "attention.key_length", std::string("16")),
      key("ValueLengthOther", "attention.value_length", uint32_t{32}, kUnsupported),
      key("ValueLengthZero", "attention.value_length", uint32_t{0}),
      key("NotCausal", "attention.causal", false, kUnsupported),
      no_key("NoEps", "attention.layer_norm_rms_epsilon"),
      key("EpsZero", "attention.layer_norm_rms_epsilon", 0.0f),
      key("EpsNegative", "attention.layer_norm_rms_epsilon", -1e-6f),
      key("EpsNaN", "attention.layer_norm_rms_epsilon", kNaN),
      key("EpsInfinite", "attention.layer_norm_rms_epsilon", kInfinity),
      key("EpsAsGreatAsTheValues", "attention.layer_norm_rms_epsilon", 1.0f),
      key("EpsIsText", "attention.layer_norm_rms_epsilon", std::string("1e-6")),
      key("EpsVanishesAsFloat", "attention.layer_norm_rms_epsilon", 1e-300),
  };
}

std::vector<BadModel> bad_rope() {
  return {
      key("RopeDimensionsZero", "rope.dimension_count", uint32_t{0}),
      key("RopeDimensionsOdd", "rope.dimension_count", uint32_t{7}),
      key("MoreRopeDimensionsThanTheHead", "rope.dimension_count", uint32_t{32}),
      key("RopeDimensionsHuge", "rope.dimension_count", ~uint64_t{0}),
      key("FreqBaseZero", "rope.freq_base", 0.0f),
      key("FreqBaseOne", "rope.freq_base", 1.0f),
      key("FreqBaseNegative", "rope.freq_base", -1e4f),
      key("FreqBaseNaN", "rope.freq_base", kNaN),
      key("FreqBaseInfinite", "rope.freq_base", kInfinity),
      key("UnknownScaling", "rope.scaling.type", std::string("longrope"), kUnsupported),
      key("EscapeSequenceAsScaling", "rope.scaling.type", std::string("\x1b[2J"), kUnsupported),
      key("ScalingTypeIsANumber", "rope.scaling.type", uint32_t{1}),
      scaling("LinearFactorZero", "linear", "factor", 0.0f),
      scaling("LinearFactorNegative", "linear", "factor", -4.0f),
      scaling("LinearFactorNaN", "linear", "factor", kNaN),
      scaling("LinearFactorInfinite", "linear", "factor", kInfinity),
      scaling("YarnFactorBelowOne", "yarn", "factor", 0.5f),
      scaling("YarnFactorIsText", "yarn", "factor", std::string("4")),
      scaling("YarnOriginalContextZero", "yarn", "original_context_length", uint32_t{0}),
      scaling("YarnOriginalContextHuge", "yarn", "original_context_length", uint64_t{1} << 60),
      scaling("YarnOriginalContextNegative", "yarn", "original_context_length", int32_t{-1}),
      scaling("YarnAttnFactorZero", "yarn", "attn_factor", 0.0f),
      scaling("YarnAttnFactorNegative", "yarn", "attn_factor", -1.0f),
      scaling("YarnAttnFactorNaN", "yarn", "attn_factor", kNaN),
      scaling("YarnAttnFactorInfinite", "yarn", "attn_factor", kInfinity),
      scaling("YarnBetaFastZero", "yarn", "yarn_beta_fast", 0.0f),
      scaling("YarnBetaFastNaN", "yarn", "yarn_beta_fast", kNaN),
      scaling("YarnBetaSlowNegative", "yarn", "yarn_beta_slow", -1.0f),
      scaling("YarnBetaSlowAboveBetaFast", "yarn", "yarn_beta_slow", 64.0f),
      scaling("YarnExtFactorOther", "yarn", "yarn_ext_factor", 0.5f, kUnsupported),
      scaling("YarnExtFactorNaN", "yarn", "yarn_ext_factor", kNaN),
      scaling("AttnFactorWithoutYarn", "linear", "attn_factor", 0.5f, kUnsupported),
      spoilt(
          "YarnWithoutFactor", "qwen3.rope.scaling.factor",
          [](ModelContent& c) { c.set("qwen3.rope.scaling.type", std::string("yarn")); }, kMalformed,
          "qwen3"),
      spoilt(
          "RopeFreqsTooShort", "rope_freqs.weight",
          [](ModelContent& c) { reshape(c, "rope_freqs.weight", WeightType::F32, {7}); }, kMalformed,
          "llama"),
      spoilt(
          "RopeFreqsForBothHalves", "rope_freqs.weight",
          [](ModelContent& c) { reshape(c, "rope_freqs.weight", WeightType::F32, {16}); }, kMalformed,
          "llama"),
      spoilt(
          "RopeFreqsTwoRows", "rope_freqs.weight",
          [](ModelContent& c) {
            reshape(c, "rope_freqs.weight", WeightType::F32, {8, 2});
          },
          kMalformed, "llama"),
      spoilt(
          "RopeFreqZero", "rope_freqs.weight",
          [](ModelContent& c) { set_element(c, "rope_freqs.weight", 7, 0); }, kMalformed, "llama"),
      spoilt(
          "RopeFreqNegative", "rope_freqs.weight",
          [](ModelContent& c) { set_element(c, "rope_freqs.weight", 0, -1); }, kMalformed, "llama"),
      spoilt(
          "RopeFreqNaN", "rope_freqs.weight",
          [](ModelContent& c) { set_element(c, "rope_freqs.weight", 3, kNaN); }, kMalformed, "llama"),
      spoilt(
          "RopeFreqInfinite", "rope_freqs.weight",
          [](ModelContent& c) { set_element(c, "rope_freqs.weight", 3, kInfinity); }, kMalformed, "llama"),
      spoilt(
          "RopeFreqsWhereTheArchitectureHasNone", "rope_freqs.weight",
          [](ModelContent& c) { reshape(c, "rope_freqs.weight", WeightType::F32, {8}); }, kUnsupported,
          "qwen3"),
  };
}

std::vector<BadModel> bad_vocabulary() {
  auto resized = [](ptrdiff_t by) {
    return [by](ModelContent& c) {
      for (auto& [k, v] : c.metadata) {
        if (auto* tokens = std::get_if<std::vector<std::string>>(&v);
            tokens && k == "tokenizer.ggml.tokens") {
          by > 0 ? tokens->push_back("[one more]") : tokens->pop_back();
        }
        if (auto* types = std::get_if<std::vector<int32_t>>(&v); types && k == "tokenizer.ggml.token_type") {
          by > 0 ? types->push_back(5) : types->pop_back();
        }
      }
    };
  };
  return {
      no_key("NoTokens", "tokenizer.ggml.tokens"),
      key("TokensAreText", "tokenizer.ggml.tokens", std::string("abc")),
      key("TokensAreNumbers", "tokenizer.ggml.tokens", std::vector<int32_t>{1, 2, 3}),
      key("EmptyVocabulary", "tokenizer.ggml.tokens", std::vector<std::string>{}),
      spoilt("OneTokenMoreThanEmbeddings", "token_embd.weight", resized(1)),
      spoilt("OneTokenLessThanEmbeddings", "token_embd.weight", resized(-1)),
      key("UnknownTokenizer", "tokenizer.ggml.model", std::string("t5"), kUnsupported),
      key("BeginTokenOutOfTheVocabulary", "tokenizer.ggml.bos_token_id", uint32_t{272}),
      key("EndTokenOutOfTheVocabulary", "tokenizer.ggml.eos_token_id", ~uint32_t{0}),
  };
}

}  // namespace reckon::test
