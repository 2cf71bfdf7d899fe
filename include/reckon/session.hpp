// A conversation: its cache of attention keys and values, and generation of the next turn.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <reckon/event.hpp>
#include <reckon/generation.hpp>
#include <reckon/model.hpp>

namespace reckon {

struct SessionOptions {
  uint64_t context = 0;  // most positions, prompt and generated; 0: the model's context length. Memory grows
                         // as positions fill, in blocks.
  CacheType cache_type = CacheType::f16;
  uint32_t prefill_chunk = 0;  // prompt tokens per step; 0: the default. Does not change results.
};

// Not shareable between threads, but for cancel(), end_thinking() and add_budget(). Keeps the model alive.
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

  // These three act on the running generation, from any thread, also from a signal handler; where none runs,
  // they do nothing.
  // Ends it at the next token.
  void cancel() noexcept;
  // Closes the thought after the next token; the answer follows. Nothing happens in the answer.
  void end_thinking() noexcept;
  // Raises the thought's budget by so many tokens, until the thought has been closed.
  void add_budget(uint64_t tokens) noexcept;

  uint64_t context() const;        // most positions
  uint64_t cached_tokens() const;  // positions held now
  void reset();                    // forgets all positions

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace reckon
