#include <fmt/format.h>

#include <chrono>

#include "load/reader_source.hpp"
#include "model/forward.hpp"
#include "model/kv_layout.hpp"
#include "model/model_impl.hpp"
#include "support/memory.hpp"
#include "support/thread_pool.hpp"
#include "support/within_memory.hpp"

extern "C" const std::byte reckon_embedded_model_begin[], reckon_embedded_model_end[];

namespace reckon {
namespace {

using Clock = std::chrono::steady_clock;

const kernels::KernelTable& choose_kernels(const std::string& isa) {
  return isa.empty() ? kernels::select_table() : kernels::require_table(isa, "isa");
}

int choose_threads(int threads) {
  if (threads == 0) return support::usable_cores();
  support::ThreadPool::check(threads);
  return threads;
}

// Refuses before anything large is allocated. Returns what is left for caches of what there is.
uint64_t check_memory(const load::ModelFile& file, const model::Config& config,
                      const kernels::KernelTable& kernels, int threads, uint64_t packed_bytes,
                      uint64_t limit) {
  uint64_t available = limit != 0 ? limit : support::available_memory();
  uint64_t scratch = model::Forward::scratch_bytes(config, kernels, static_cast<size_t>(threads));
  uint64_t cache = model::KvLayout(config).page_bytes();
  uint64_t needed = packed_bytes + scratch + cache;
  if (needed <= available) return available - packed_bytes - scratch;
  auto mib = [](uint64_t bytes) { return (bytes + (1 << 20) - 1) >> 20; };
  throw Error(
      ErrorCode::out_of_memory,
      fmt::format("{}: needs {} MiB of memory ({} weights, {} working memory, {} for the first cache page); "
                  "{} MiB are {}",
                  file.name(), mib(needed), mib(packed_bytes), mib(scratch), mib(cache), mib(available),
                  limit != 0 ? "allowed" : "available"));
}

void log_loading(const Model::Impl& model, uint64_t packed_bytes, double pack_ms) {
  if (!model.log) return;
  const int threads = model.network.pool->size(), cores = support::usable_cores();
  model.log(LogLevel::info, fmt::format("{}: kernels {}, threads {}, {} MiB of weights packed in {:.0f} ms",
                                        model.info.file, model.isa, threads, packed_bytes >> 20, pack_ms));
  if (threads > cores) {
    model.log(LogLevel::warning, fmt::format("{} threads share {} cores", threads, cores));
  }
}

}  // namespace

Model::Impl::Impl(const std::shared_ptr<const load::ModelFile>& file, const LoadOptions& options)
    : tokenizer(model::read_tokenizer(*file)), log(options.log) {
  network.kernels = &choose_kernels(options.isa);
  isa = network.kernels->name;
  network.config = model::read_config(file->metadata());
  network.file = file;
  model::WeightPlan plan(*file, network.config, *network.kernels);
  const int threads = choose_threads(options.threads);
  const uint64_t left = check_memory(*file, network.config, *network.kernels, threads, plan.packed_bytes(),
                                     options.memory_limit);
  if (options.memory_limit != 0) cache_budget.bound(left);
  network.pool = std::make_unique<support::ThreadPool>(threads);
  const uint64_t packed_bytes = plan.packed_bytes();
  const auto start = Clock::now();
  network.weights = std::move(plan).pack(*network.pool, [&](uint64_t done, uint64_t total) {
    return !options.progress || options.progress({done, total});
  });
  network.rope = model::RopeTable(network.config.rope, network.weights->rope_factors);
  info = model::describe_model(*file, network.config);
  log_loading(*this, packed_bytes, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  think_tags.open_id = tokenizer.find(think_tags.open);
  think_tags.close_id = tokenizer.find(think_tags.close);
  try {
    chat_template = model::read_chat_template(*file, tokenizer);
    if (!chat_template && log) log(LogLevel::warning, info.file + ": no chat template");
  } catch (const Error& e) {
    chat_template_error = std::current_exception();
    if (log) log(LogLevel::warning, fmt::format("the chat template can't be used: {}", e.what()));
  }
}

Model::Impl::AnswerForms& Model::Impl::answer_forms() const {
  std::call_once(answer_forms_made_, [this] { answer_forms_ = std::make_unique<AnswerForms>(tokenizer); });
  return *answer_forms_;
}

// open: gives the model's file.
template <class Open>
static Model load_model(const Open& open, const LoadOptions& options) {
  return support::within_memory([&] {
    const auto start = Clock::now();
    auto impl = std::make_shared<Model::Impl>(open(), options);
    impl->load_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    return Model(std::move(impl));
  });
}

Model Model::load(const std::string& path, const LoadOptions& options) {
  return load_model([&] { return load::ModelFile::open(path); }, options);
}

Model Model::embedded(const LoadOptions& options) { return load_model(model::embedded_file, options); }

Model Model::from_memory(std::span<const std::byte> bytes, const std::string& name,
                         const LoadOptions& options) {
  return load_model([&] { return load::ModelFile::from_memory(bytes, name); }, options);
}

Model Model::from_reader(uint64_t size, ReadFunction read, const std::string& name,
                         const LoadOptions& options) {
  return load_model(
      [&] {
        if (!read) throw Error(ErrorCode::invalid_argument, name + ": no read function");
        return load::ModelFile::from_source(
            std::make_unique<load::ReaderSource>(size, std::move(read), name));
      },
      options);
}

const ModelInfo& Model::info() const { return impl_->info; }
const std::string& Model::isa() const { return impl_->isa; }
int Model::threads() const { return impl_->network.pool->size(); }
double Model::load_ms() const { return impl_->load_ms; }

// Shares the model, of which it is a part.
Tokenizer Model::tokenizer() const {
  return Tokenizer(std::shared_ptr<const text::Tokenizer>(impl_, &impl_->tokenizer));
}

const ChatTemplate& Model::chat_template() const {
  if (impl_->chat_template_error) std::rethrow_exception(impl_->chat_template_error);
  if (!impl_->chat_template)
    support::within_memory([this] { model::fail_no_chat_template(impl_->info.file); });
  return *impl_->chat_template;
}

std::vector<TokenId> Model::tokenize(std::string_view text, const TokenizeOptions& options) const {
  return tokenizer().encode(text, options);
}

std::string Model::detokenize(std::span<const TokenId> tokens) const { return tokenizer().decode(tokens); }
bool Model::is_end_token(TokenId token) const { return impl_->tokenizer.is_end(token); }
std::optional<TokenId> Model::begin_token() const { return impl_->tokenizer.bos(); }
bool Model::adds_begin_token() const { return impl_->tokenizer.adds_bos(); }

std::string Model::render_chat(std::span<const Message> messages) const {
  return chat_template().render(messages);
}

}  // namespace reckon

std::shared_ptr<const reckon::load::ModelFile> reckon::model::embedded_file() {
  return load::ModelFile::from_memory({reckon_embedded_model_begin, reckon_embedded_model_end},
                                      kEmbeddedName);
}
