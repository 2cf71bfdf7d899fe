// reckon score: the log-probability of every token of a text, and its perplexity.
#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cmath>
#include <reckon/reckon.hpp>

#include "input.hpp"
#include "json_output.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "signals.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

constexpr uint64_t kLogitBytes = 64 << 20;  // of one step
constexpr uint64_t kMostRows = 256;

bool is_utf8(const std::string& text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  for (size_t at = 0; at < text.size();) {
    utf8proc_int32_t character = -1;
    const auto length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &character);
    if (length <= 0) return false;
    at += static_cast<size_t>(length);
  }
  return true;
}

// Token and text; the exact bytes beside a text that is no whole characters.
Json token_json(const Model& model, TokenId token) {
  const std::string text = model.detokenize({&token, 1});
  Json json = {{"token", token}, {"text", text}};
  if (!is_utf8(text)) {
    json["bytes"] = Json::array();
    for (const char byte : text) json["bytes"].push_back(static_cast<unsigned char>(byte));
  }
  return json;
}

Json logprob_json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

// What was typed, or what was read?
ErrorCode code_of(const ScoreOptions& options) {
  return options.tokens && *options.tokens != "-" ? ErrorCode::invalid_argument : ErrorCode::malformed_file;
}

std::vector<TokenId> tokens_to_score(const ScoreOptions& options, const Model& model,
                                     const std::string& input) {
  const ErrorCode code = code_of(options);
  std::vector<TokenId> tokens =
      options.tokens ? parse_tokens(input, "--tokens", code)
                     : model.tokenize(input, {.parse_special = true, .add_bos = model.adds_begin_token()});
  if (tokens.empty()) throw Error(code, "there is nothing to score: no tokens");
  for (const TokenId token : tokens) {
    if (static_cast<uint64_t>(token) >= model.info().vocab_size) {
      throw Error(code, fmt::format("--tokens: {} is not a token id; expected 0 to {}", token,
                                    model.info().vocab_size - 1));
    }
  }
  return tokens;
}

class Scorer {
 public:
  Scorer(const Model& model, std::vector<TokenId> tokens, const ScoreOptions& options)
      : model_(model),
        engine_(model, {.cache_type = cache_type(options.model)}),
        tokens_(std::move(tokens)),
        context_(options.context > 0 ? options.context : model.info().context_length),
        begin_token_(!options.tokens && model.adds_begin_token()),
        top_(options.top),
        sequence_(engine_.add_sequence()) {}

  void run();

 private:
  void score_window(size_t begin, size_t end);
  void score_step(size_t begin, size_t count);
  void write_position(size_t position, std::span<const float> logits);
  void write_summary() const;
  size_t most_rows() const;

  const Model& model_;
  Engine engine_;
  std::vector<TokenId> tokens_;
  uint64_t context_;
  bool begin_token_;  // the first token stands in front of every window
  uint64_t top_;
  SequenceId sequence_;
  StatusLine status_{false};
  uint64_t windows_ = 0;
  size_t scored_ = 1;  // positions told; the first has no score
  double logprob_sum_ = 0;
};

// Logits after position i tell the probability of token i + 1; `logits` is empty for the first.
void Scorer::write_position(size_t position, std::span<const float> logits) {
  Json json = {{"pos", position}};
  json.update(token_json(model_, tokens_[position]));
  json["logprob"] = nullptr;
  if (!logits.empty()) {
    const double value = logprob(logits, tokens_[position]);
    logprob_sum_ += value;
    json["logprob"] = logprob_json(value);
  }
  json["top"] = Json::array();
  if (!logits.empty() && top_ > 0) {
    for (const TokenProbability& candidate : top_logprobs(logits, top_)) {
      Json entry = token_json(model_, candidate.token);
      entry["logprob"] = logprob_json(candidate.logprob);
      json["top"].push_back(std::move(entry));
    }
  }
  standard_output().write(json_line(json));
}

// Positions whose successor has been told are only read.
void Scorer::score_step(size_t begin, size_t count) {
  const size_t end = begin + count, first_new = std::clamp(scored_ - 1, begin, end);
  std::vector<BatchRow> rows;
  for (size_t i = begin; i < end; ++i) rows.push_back({sequence_, tokens_[i], i >= first_new});
  if (!engine_.forward(rows, signals::interrupted)) throw Error(ErrorCode::cancelled, "interrupted");
  for (size_t i = first_new; i < end; ++i) write_position(i + 1, engine_.logits(i - first_new));
  scored_ = std::max(scored_, end + 1);
}

// Of a step.
size_t Scorer::most_rows() const {
  const uint64_t row_bytes = std::max<uint64_t>(model_.info().vocab_size, 1) * sizeof(float);
  return std::clamp<uint64_t>(kLogitBytes / row_bytes, 1, kMostRows);
}

// Tells the positions up to `end`, that one too if there is one: begun afresh at `begin`.
void Scorer::score_window(size_t begin, size_t end) {
  engine_.rewind(sequence_, 0);
  ++windows_;
  if (begin > 0 && begin_token_) {
    const BatchRow first[] = {{sequence_, tokens_.front(), false}};
    if (!engine_.forward(first, signals::interrupted)) throw Error(ErrorCode::cancelled, "interrupted");
  }
  for (size_t done = begin; done < end && !standard_output().failed();) {
    const size_t count = std::min(most_rows(), end - done);
    score_step(done, count);
    done += count;
    status_.update(fmt::format("scoring: {} of {} tokens", scored_, tokens_.size()),
                   fmt::format("scoring {} tokens", tokens_.size()));
  }
}

void Scorer::write_summary() const {
  Json json = {{"perplexity", nullptr},
               {"tokens", tokens_.size()},
               {"mean_logprob", nullptr},
               {"context", context_},
               {"windows", windows_}};
  if (tokens_.size() > 1) {
    const double mean = logprob_sum_ / static_cast<double>(tokens_.size() - 1);
    json["perplexity"] = logprob_json(std::exp(-mean));
    json["mean_logprob"] = logprob_json(mean);
  }
  standard_output().write(json_line(json));
}

// The first window holds as much as the context; of each that follows the first half was told before.
void Scorer::run() {
  const size_t last = tokens_.size() - 1;  // nothing follows it
  write_position(0, {});
  size_t end = std::min<size_t>(last, context_);
  score_window(0, end);
  const size_t capacity = context_ - (begin_token_ ? 1 : 0), overlap = capacity / 2;
  while (end < last && !standard_output().failed()) {
    const size_t begin = end - overlap;
    end = std::min<size_t>(last, begin + capacity);
    score_window(begin, end);
  }
  status_.clear();
  if (!standard_output().failed()) write_summary();
}

}  // namespace

int score(const ScoreOptions& options) {
  if (options.tokens.has_value() == options.file.has_value()) {
    throw UsageError("give either --tokens or --file");
  }
  const std::string input = options.file             ? read_all(*options.file)
                            : *options.tokens == "-" ? read_all("-")
                                                     : *options.tokens;
  check_context(options.model, options.context);
  const Model model = load_model(options.model, false);
  Scorer(model, tokens_to_score(options, model, input), options).run();
  return 0;
}

}  // namespace reckon::cli
