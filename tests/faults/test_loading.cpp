// Memory runs out at each allocation of loading, describing and destroying a model and its parts.
#include <reckon/reckon.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "faults/each_allocation.hpp"
#include "faults/small_model.hpp"

namespace reckon::test {
namespace {

// More threads than two, so that some run when the next one can't be made.
std::string load_and_say(const std::function<Model(const LoadOptions&)>& load) {
  LoadOptions options = load_options(4);
  std::string said;
  options.log = [&](LogLevel, std::string_view) { said += '.'; };
  options.progress = [](const LoadProgress& p) { return p.done_bytes <= p.total_bytes; };
  const Model model = library([&] { return load(options); });
  return said + model.info().file_type + library([&]() -> const std::string& { return model.identity(); }) +
         library([&] { return model.render_chat(kAsked); });
}

TEST(AllocationsOfLoading, AFile) {
  const TemporaryFile file(small_file());
  for (const Fail mode : {Fail::once, Fail::on}) {
    EachAllocation{.mode = mode}.run(
        [&] { return load_and_say([&](const LoadOptions& o) { return Model::load(file.path(), o); }); });
  }
}

TEST(AllocationsOfLoading, AReader) {
  const auto read = [](uint64_t offset, std::span<std::byte> to) {
    const size_t n = std::min<size_t>(to.size(), 1000);
    std::memcpy(to.data(), small_file().data() + offset, n);
    return n;
  };
  EachAllocation{}.run([&] {
    return load_and_say(
        [&](const LoadOptions& o) { return Model::from_reader(small_file().size(), read, "box", o); });
  });
}

TEST(AllocationsOfLoading, TheEmbeddedModel) {
  EachAllocation{}.run([] { return load_and_say([](const LoadOptions& o) { return Model::embedded(o); }); });
}

TEST(AllocationsOfLoading, AFileThatIsRefusedForAnotherReason) {
  ModelContent content = small_content();
  content.set("tokenizer.chat_template", std::string("{% if %}"));
  content.erase_tensor("output.weight");
  content.set("qwen2.block_count", uint32_t{2});
  const TemporaryFile file(content.to_gguf());
  EachAllocation{}.run([&] {
    try {
      library([&] { Model::load(file.path()); });
    } catch (const Error& e) {
      if (e.code() != ErrorCode::malformed_file) throw;
      return std::string(e.what());
    }
    return std::string("taken");
  });
}

TEST(AllocationsOfLoading, Descriptions) {
  const TemporaryFile file(small_file());
  EachAllocation{}.run([&] {
    const ModelDescription d = library([&] { return Model::describe(file.path()); });
    std::string all;
    for (const auto& [key, value] : d.metadata) all += key + value;
    return all + std::to_string(Model::estimate_memory(d, 100).weights);
  });
}

TEST(AllocationsOfLoading, TheTokenizerAndTheTemplate) {
  const TemporaryFile file(small_file());
  EachAllocation{}.run([&] {
    return library([&] {
      const Tokenizer tokenizer = Tokenizer::load(file.path());
      return tokenizer.decode(tokenizer.encode("the thin hen<think>"));
    });
  });
  EachAllocation{}.run(
      [&] { return library([&] { return ChatTemplate::load(file.path()).render(kAsked); }); });
}

}  // namespace
}  // namespace reckon::test
