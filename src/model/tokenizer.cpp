#include <reckon/tokenizer.hpp>

#include <fmt/format.h>

#include "model/text_parts.hpp"
#include "support/within_memory.hpp"

namespace reckon {
namespace {

Tokenizer tokenizer_of(const load::ModelFile& file) {
  return Tokenizer(std::make_shared<text::Tokenizer>(model::read_tokenizer(file)));
}

}  // namespace

Tokenizer Tokenizer::load(const std::string& path) {
  return support::within_memory([&] { return tokenizer_of(*load::ModelFile::open(path)); });
}

Tokenizer Tokenizer::embedded() {
  return support::within_memory([] { return tokenizer_of(*model::embedded_file()); });
}

std::vector<TokenId> Tokenizer::encode(std::string_view text, const TokenizeOptions& options) const {
  return support::within_memory([&] {
    return tables_->encode(text, {.parse_special = options.parse_special, .add_bos = options.add_bos});
  });
}

std::string Tokenizer::decode(std::span<const TokenId> tokens) const {
  return support::within_memory([&] {
    for (TokenId t : tokens) {
      if (t < 0 || static_cast<size_t>(t) >= size()) {
        throw Error(ErrorCode::invalid_argument, fmt::format("token {}; expected 0 to {}", t, size() - 1));
      }
    }
    return tables_->decode(tokens);
  });
}

size_t Tokenizer::size() const { return tables_->size(); }
bool Tokenizer::is_end_token(TokenId token) const { return tables_->is_end(token); }
std::optional<TokenId> Tokenizer::begin_token() const { return tables_->bos(); }
bool Tokenizer::adds_begin_token() const { return tables_->adds_bos(); }

}  // namespace reckon

reckon::text::Tokenizer reckon::model::read_tokenizer(const load::ModelFile& file) {
  read_config(file.metadata());  // for its checks
  return text::Tokenizer(text::read_vocabulary(file.metadata()));
}
