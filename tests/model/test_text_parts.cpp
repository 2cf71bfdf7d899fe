// Tokenizer and ChatTemplate, which come from a model file without its weights.
#include <gtest/gtest.h>

#include <cmath>

#include <reckon/reckon.hpp>

#include "load/expect_error.hpp"
#include "model/bad_models.hpp"

namespace reckon::test {
namespace {

constexpr const char* kTemplateKey = "tokenizer.chat_template";
const std::vector<Message> kMessages = {{"user", "in the inn"}};

ModelContent content_with_template(const std::string& source) {
  ModelContent content = make_content({});
  content.set(kTemplateKey, source);
  return content;
}

TEST(Tokenizer, IsTheModelsOwn) {
  const TemporaryFile file(make_content({}).to_gguf());
  const Tokenizer alone = Tokenizer::load(file.path());
  const Model model = Model::load(file.path(), load_options(1));
  const std::string text = "the inn\n<think> \xff";
  for (const TokenizeOptions options : {TokenizeOptions{}, {false, false}, {true, true}, {false, true}}) {
    EXPECT_EQ(alone.encode(text, options), model.tokenize(text, options));
  }
  EXPECT_EQ(alone.decode(alone.encode(text)), text);
  EXPECT_EQ(alone.size(), model.info().vocab_size);
  EXPECT_EQ(alone.begin_token(), model.begin_token());
  EXPECT_EQ(alone.adds_begin_token(), model.adds_begin_token());
  for (TokenId id = 0; id < static_cast<TokenId>(alone.size()); ++id) {
    EXPECT_EQ(alone.is_end_token(id), model.is_end_token(id));
  }
}

TEST(Tokenizer, OutlivesTheModelItIsOf) {
  const Tokenizer tokenizer = Model::embedded().tokenizer();
  const std::string text = "What is 2 + 3?";
  EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
  EXPECT_EQ(tokenizer.encode(text), Tokenizer::embedded().encode(text));
}

TEST(Tokenizer, RefusesIdsOutsideTheVocabulary) {
  const Tokenizer tokenizer = Tokenizer::embedded();
  for (const TokenId id : {TokenId{-1}, static_cast<TokenId>(tokenizer.size())}) {
    expect_error(ErrorCode::invalid_argument, {std::to_string(id)},
                 [&] { tokenizer.decode(std::vector<TokenId>{id}); });
  }
}

TEST(Tokenizer, ReadsNoWeights) {
  ModelContent content = make_content({});
  set_element(content, "blk.0.attn_norm.weight", 0, kNaN);
  set_element(content, "output.weight", 0, kNaN);
  const TemporaryFile file(content.to_gguf());
  EXPECT_THROW(Model::load(file.path(), load_options(1)), Error);
  EXPECT_EQ(Tokenizer::load(file.path()).encode("the").size(), 1U);
}

TEST(ChatTemplate, IsTheModelsOwn) {
  const TemporaryFile file(
      content_with_template("{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}"
                            "{{ eos_token }}{% endfor %}{% if add_generation_prompt %}<think>{% endif %}")
          .to_gguf());
  const ChatTemplate alone = ChatTemplate::load(file.path());
  EXPECT_EQ(alone.render(kMessages), "<bos>user: in the inn<eos><think>");
  const Model model = Model::load(file.path(), load_options(1));
  EXPECT_EQ(model.render_chat(kMessages), alone.render(kMessages));
  EXPECT_EQ(model.chat_template().source(), alone.source());
  EXPECT_EQ(ChatTemplate::embedded().render(kMessages), Model::embedded().render_chat(kMessages));
}

TEST(ChatTemplate, IsAnErrorWhereItIsMissingOrDoesNotParse) {
  const TemporaryFile none(make_content({}).to_gguf());
  const TemporaryFile broken(content_with_template("{% for %}").to_gguf());
  for (const auto& [file, code] :
       {std::pair(&none, ErrorCode::unsupported), std::pair(&broken, ErrorCode::template_error)}) {
    const std::string& path = file->path();
    expect_error(code, {path, kTemplateKey}, [&] { ChatTemplate::load(path); });
    const Model model = Model::load(path, load_options(1));  // a model without a template has its uses
    expect_error(code, {path, kTemplateKey}, [&] { model.chat_template(); });
    expect_error(code, {path, kTemplateKey}, [&] { model.render_chat(kMessages); });
    EXPECT_EQ(Tokenizer::load(path).encode("the").size(), 1U);
  }
}

}  // namespace
}  // namespace reckon::test
