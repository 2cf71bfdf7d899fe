// A conversation: its cache of attention keys and values, and generation of the next turn.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <reckon/event.hpp>
#include <reckon/model.hpp>
#include <reckon/sampling.hpp>

namespace reckon {

struct SessionOptions {
  uint64_t context = 0;  // most positions, prompt and generated; 0: the model's context length. Memory grows
                         // as positions fill, in blocks.
  CacheType cache_type = CacheType::f16;
  uint32_t prefill_chunk = 0;  // prompt tokens per step; 0: the default. Does not change results.
};

struct GenerateOptions {
  SamplingOptions sampling;
  uint64_t max_tokens = 0;        // thinking and answer together; 0: to the end of the context
  std::vector<std::string> stop;  // the answer ends before the first of these; at most 10,000, none empty
  bool no_think = false;          // start after an empty thought
  // Tokens guessed from what the text said before and computed along with the next one, per step: -1: as many
  // as pay here, 0: none, at most 16. Changes the speed only: the tokens are the same.
  int draft_tokens = -1;
};

enum class FinishReason : uint8_t {
  stop,                // an end token or a stop string
  length,              // max_tokens or the context's end, in the answer
  length_in_thinking,  // the same before the answer began
  cancelled,           // by the callback or cancel()
};
const char* to_string(FinishReason reason) noexcept;

struct Usage {
  uint64_t prompt_tokens = 0;
  uint64_t cached_tokens = 0;    // of the prompt, found in the cache and not computed again
  uint64_t thinking_tokens = 0;  // tags included
  uint64_t answer_tokens = 0;    // end token not included
};

// Milliseconds since generate() was called; first_* are negative if there was none.
struct Timing {
  double prefill_ms = 0;  // prompt read, first logits there
  double first_thought_ms = -1;
  double first_answer_ms = -1;
  double total_ms = 0;
};

// Tokens that were computed ahead of being chosen.
struct Speculation {
  uint64_t drafted_tokens = 0;
  uint64_t accepted_tokens = 0;  // those of them that were chosen then
};

struct Generation {
  std::string thinking;
  std::string answer;
  FinishReason finish_reason = FinishReason::stop;
  bool ended_in_thinking =
      false;  // there is no answer: the output ended inside the thought, for whatever reason
  Usage usage;
  Timing timing;
  Speculation speculation;
  double prefill_tok_s = 0;  // prompt tokens computed per second
  double decode_tok_s = 0;   // generated tokens per second after the first; 0 with fewer than two
  uint64_t seed = 0;
};

// Not shareable between threads, but for cancel(). Keeps the model alive.
class Session {
 public:
  explicit Session(const Model& model, const SessionOptions& options = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  // The next turn of a conversation. Renders the messages with the model's template and computes what the
  // cache does not hold: positions that differ from what was computed before (the last turn's thinking, which
  // templates drop from history) are rewound. Throws Error: invalid_argument, template_error, context_full
  // (the prompt leaves no room), out_of_memory, bad_numbers. After an error the session can be used again.
  Generation generate(std::span<const Message> messages, const GenerateOptions& options = {},
                      const EventCallback& on_event = {});
  // The same from a text that is not put through the template (tags in it are tokens).
  Generation complete(std::string_view text, const GenerateOptions& options = {},
                      const EventCallback& on_event = {});
  // The same from tokens.
  Generation complete_tokens(std::span<const TokenId> prompt, const GenerateOptions& options = {},
                             const EventCallback& on_event = {});

  // Ends the running generation at the next token; from any thread, also from a signal handler.
  void cancel() noexcept;

  uint64_t context() const;        // most positions
  uint64_t cached_tokens() const;  // positions held now
  void reset();                    // forgets all positions

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reckon
