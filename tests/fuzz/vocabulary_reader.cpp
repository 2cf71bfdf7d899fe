#include "fuzz/vocabulary_reader.hpp"

#include "text/utf8.hpp"

namespace reckon::fuzz {
namespace {

std::string mapped_byte(int byte) {
  const auto stands_for_itself = [](int b) {
    return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  };
  int others = 0;
  for (int b = 0; b < byte; ++b) others += stands_for_itself(b) ? 0 : 1;
  std::string text;
  text::append_utf8(text, static_cast<char32_t>(stands_for_itself(byte) ? byte : 256 + others));
  return text;
}

uint64_t number(std::string_view digits) {
  uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned char>(c - '0') % 10;
  return value;
}

}  // namespace

VocabularyReader::VocabularyReader() {
  for (int byte = 0; byte < 256; byte++) tokens_.push_back(mapped_byte(byte));
  kinds_.assign(tokens_.size(), 1);
}

void VocabularyReader::line(std::string_view line) {
  const std::string_view value = line.substr(1);
  static constexpr std::string_view kKinds = "NUCDXY";
  const size_t kind = kKinds.find(line.front());
  if (kind != std::string_view::npos) {
    tokens_.emplace_back(value);
    kinds_.push_back(kind + 1);
    return;
  }
  switch (line.front()) {
    case 'P': pre_ = value; break;
    case 'M': merges_.emplace_back(value); break;
    case 'A': add_bos_ = true; break;
    case 'K': has_kinds_ = false; break;
    case 'O': tokens_[number(value) % 256].clear(); break;
    case 'B': ids_["bos"] = number(value); break;
    case 'E': ids_["eos"] = number(value); break;
    case 'T': ids_["eot"] = number(value); break;
    case 'F': ids_["eom"] = number(value); break;
    default: break;
  }
}

load::Metadata VocabularyReader::metadata(const std::string& file) const {
  load::Metadata m(file);
  const std::string prefix = "tokenizer.ggml.";
  m.insert(prefix + "model", std::string("gpt2"));
  m.insert(prefix + "pre", pre_);
  m.insert(prefix + "tokens", tokens_);
  m.insert(prefix + "merges", merges_);
  if (has_kinds_) m.insert(prefix + "token_type", kinds_);
  if (add_bos_) m.insert(prefix + "add_bos_token", true);
  for (const auto& [name, id] : ids_) m.insert(prefix + name + "_token_id", id);
  return m;
}

}  // namespace reckon::fuzz
