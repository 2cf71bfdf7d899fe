#include "tests/text/tokenizer_fixture.hpp"

#include <lzma.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "text/utf8.hpp"

namespace reckon::text {

namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::string decompress_xz(const std::string& packed) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, UINT64_MAX, 0) != LZMA_OK) throw std::runtime_error("no xz decoder");
  stream.next_in = reinterpret_cast<const uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  std::string out;
  std::vector<uint8_t> part(1 << 20);
  lzma_ret status = LZMA_OK;
  while (status == LZMA_OK) {
    stream.next_out = part.data();
    stream.avail_out = part.size();
    status = lzma_code(&stream, LZMA_FINISH);
    out.append(reinterpret_cast<const char*>(part.data()), part.size() - stream.avail_out);
  }
  lzma_end(&stream);
  if (status != LZMA_STREAM_END) throw std::runtime_error("a broken xz file");
  return out;
}

void add_token(Vocabulary& v, size_t id, const std::string& text, TokenKind kind) {
  if (id >= v.tokens.size()) {
    v.tokens.resize(id + 1);
    v.kinds.resize(id + 1, TokenKind::unused);
  }
  v.tokens[id] = text;
  v.kinds[id] = kind;
}

// splitmix64
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t below(uint64_t n) {
    uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) % n;
  }

 private:
  uint64_t state_;
};

}  // namespace

nlohmann::json golden(const std::string& name) {
  const std::string path = RECKON_SOURCE_DIR "/tests/golden/tokenizer/" + name + ".json";
  const auto text = read_file(path);
  if (!text) throw std::runtime_error("can't read " + path);
  return nlohmann::json::parse(*text);
}

Vocabulary small_vocabulary(const std::string& pre) {
  const nlohmann::json small = golden("small");
  Vocabulary v;
  v.source = "small.json";
  v.pre = pre;
  v.merges = small["merges"].get<std::vector<std::string>>();
  for (const auto& text : small["tokens"]) add_token(v, v.tokens.size(), text, TokenKind::normal);
  for (const auto& added : small["added"]) {
    add_token(v, v.tokens.size(), added[0], added[1] ? TokenKind::control : TokenKind::user_defined);
  }
  const auto begin = static_cast<TokenId>(small["tokens"].size());
  v.bos = begin;
  v.eos = {begin + 1};
  return v;
}

std::string mapped_byte(int byte) {
  auto stands_for_itself = [](int b) { return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174; };
  std::string text;
  int others = 0;
  for (int b = 0; b < byte; ++b) others += !stands_for_itself(b);
  append_utf8(text, static_cast<char32_t>(stands_for_itself(byte) ? byte : 256 + others));
  return text;
}

Vocabulary byte_vocabulary(const std::vector<std::string>& tokens, const std::vector<std::string>& merges,
                           const std::string& pre) {
  Vocabulary v;
  v.source = "test.gguf";
  v.pre = pre;
  v.merges = merges;
  for (int byte = 0; byte < 256; ++byte) add_token(v, v.tokens.size(), mapped_byte(byte), TokenKind::normal);
  for (const std::string& text : tokens) add_token(v, v.tokens.size(), text, TokenKind::normal);
  return v;
}

std::string shared_vocabulary_path(const std::string& name) {
  return RECKON_SOURCE_DIR "/../shared/tokenizers/" + name + ".json.xz";
}

std::optional<Vocabulary> shared_vocabulary(const std::string& name) {
  const auto packed = read_file(shared_vocabulary_path(name));
  if (!packed) return std::nullopt;
  const nlohmann::json file = nlohmann::json::parse(decompress_xz(*packed));
  Vocabulary v;
  v.source = name;
  v.pre = name == "r1-llama" ? "llama-bpe" : "deepseek-r1-qwen";
  for (const auto& [text, id] : file["model"]["vocab"].items()) add_token(v, id, text, TokenKind::normal);
  for (const auto& added : file["added_tokens"]) {
    add_token(v, added["id"], added["content"],
              added["special"] ? TokenKind::control : TokenKind::user_defined);
  }
  for (const auto& merge : file["model"]["merges"]) {
    v.merges.push_back(merge.is_string() ? merge.get<std::string>()
                                         : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
  }
  return v;
}

RandomText::RandomText() {
  const nlohmann::json alphabet = golden("alphabet");
  snippets_ = alphabet["snippets"].get<std::vector<std::string>>();
  repeated_ = alphabet["repeated"].get<std::vector<std::string>>();
  for (const auto& category : alphabet["categories"]) {
    auto& ranges = categories_.emplace_back();
    for (const auto& range : category[1]) ranges.push_back({range[0], range[1]});
  }
}

std::string RandomText::operator()(uint64_t index) const {
  Random random(index * 0xD1342543DE82EF95u + 1);
  std::string text;
  for (uint64_t pieces = 1 + random.below(24); pieces > 0; --pieces) {
    const uint64_t kind = random.below(8);
    if (kind < 2) {
      text += snippets_[random.below(snippets_.size())];
    } else if (kind < 4) {
      text += static_cast<char>(0x20 + random.below(95));
    } else if (kind < 6) {
      const auto& ranges = categories_[random.below(categories_.size())];
      const Range range = ranges[random.below(ranges.size())];
      append_utf8(text, static_cast<char32_t>(range.first + random.below(range.last - range.first + 1)));
    } else if (kind < 7) {
      const uint64_t c = random.below(0x110000 - 0x800);
      append_utf8(text, static_cast<char32_t>(c < 0xD800 ? c : c + 0x800));
    } else {
      const std::string& piece = repeated_[random.below(repeated_.size())];
      for (uint64_t n = 1 + random.below(12); n > 0; --n) text += piece;
    }
  }
  return text;
}

}  // namespace reckon::text
