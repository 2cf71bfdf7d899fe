// A conversation: its cache of attention keys and values, and generation of the next turn.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <reckon/event.hpp>
#include <reckon/export.hpp>
#include <reckon/generation.hpp>
#include <reckon/model.hpp>
#include <reckon/saved_session.hpp>

namespace reckon {

// How a session runs.
struct SessionOptions {
  // Most positions, prompt and generated, 2 to the model's context length; 0: that. Memory grows as positions
  // fill, in blocks.
  uint64_t context = 0;
  CacheType cache_type = CacheType::f16;  // forks have the same
  uint32_t prefill_chunk = 0;  // prompt tokens per step, at most 65,536; 0: 256. Does not change results.
  // A folder in which the beginnings of long prompts are kept for other sessions and processes; empty: none.
  // It is made if it is not there. What it holds of this model and cache type is used wherever a prompt
  // begins with it, and changes no result.
  std::string prompt_cache = {};
  uint64_t prompt_cache_bytes = uint64_t{8} << 30;  // at most in that folder; what was used longest ago goes
};

// A generation that is taken event by event: what Session::stream() gives. Belongs to one thread, the
// session's. Until it has ended (next() gave null, finish() returned, or either threw) the session does
// nothing else (but for cancel() and the like, from any thread) and outlives it; then it is free again, also
// while the stream is still there. It may be moved.
//
//   Stream stream = session.stream(messages);
//   while (const Event* event = stream.next()) std::cout << event->text;
//   Generation generation = stream.finish();
class RECKON_API Stream {
 public:
  struct RECKON_LOCAL Impl;
  explicit Stream(std::unique_ptr<Impl> impl);  // for the library's own use
  // Ends it, if it still runs, without computing anything; the session can resume it.
  ~Stream();
  // What was moved from can be destroyed or assigned to, and nothing else.
  Stream(Stream&&) noexcept;
  // As above; what this one held is let go as by the destructor.
  Stream& operator=(Stream&&) noexcept;

  // The next event, computing what it takes; valid until the next call. null after the last one (phase done).
  // Throws what Session::generate() throws; the generation has ended then, and the same is thrown again.
  const Event* next();
  // The account. Ends the generation if it still runs: finish reason cancelled. Throws what ended the
  // generation if it was an error, Error(out_of_memory).
  Generation finish();

 private:
  std::unique_ptr<Impl> impl_;
};

// Not shareable between threads, but for cancel(), end_thinking() and add_budget(). Keeps the model alive.
// While a generation runs (its callback is called, or its stream has not ended) whatever would change or copy
// the session throws Error(invalid_argument).
//
//   Session session(model, {.context = 8192});
//   Generation g = session.generate(messages, options, [](const Event& event) {
//     std::cout << event.text;
//     return true;
//   });
//   if (session.can_resume()) g = session.resume(options);
//   SavedText words;
//   words.messages = messages;
//   session.save("a.session", words);
//
//   Session later(model);
//   RestoredSession restored = later.restore("a.session");
//   std::cout << restored.text.messages.size() << " messages. " << restored.refusal << '\n';
//   later.prepare(messages, [] { return false; });  // while the user types
//
// Prompts that are not put through the template:
//
//   session.complete("Once upon a time", options);
//   session.complete_tokens(model.tokenize("Once upon a time"), options);
//   session.stream_text("Once upon a time", options).finish();
//   session.stream_tokens(model.tokenize("Once upon a time"), options).finish();
//
// Answers that begin alike, on threads of their own. What is asked of a generation counts from its beginning
// on, which a stream has behind it:
//
//   Session other = session.fork();
//   Stream stream = other.stream(messages);
//   std::thread thread([&] {
//     while (const Event* event = stream.next()) std::cout << event->text;
//   });
//   other.add_budget(500);
//   other.end_thinking();
//   other.cancel();
//   thread.join();
//
// What it holds:
//
//   std::cout << session.cached_tokens() << " of " << session.context() << " positions are in use\n";
//   std::string text = model.detokenize(session.tokens());
//   session.rewind(session.cached_tokens() / 2);
//   session.reset();
class RECKON_API Session {
 public:
  // An empty conversation. Throws Error(invalid_argument) naming the option, Error(out_of_memory) for a
  // context asked for that can't fit (the model's own, without asking, is not looked at), Error(io) for a
  // prompt cache's folder that can't be made.
  explicit Session(const Model& model, const SessionOptions& options = {});
  // Gives back what no fork shares. Not while it generates: from a callback, or before its stream has ended.
  ~Session();
  // What was moved from can be destroyed or assigned to, and nothing else.
  Session(Session&&) noexcept;
  // As above; what this one held is let go as by the destructor.
  Session& operator=(Session&&) noexcept;

  // The next turn of a conversation. Renders the messages with the model's template and computes what the
  // cache does not hold: positions that differ from what was computed before (the last turn's thinking, which
  // templates drop from history) are rewound. Throws Error: invalid_argument, template_error, context_full
  // (the prompt leaves no room), out_of_memory, bad_numbers, unsupported (the model has no template, or a
  // token of it ends a thought within an answer of another form), io (the model's file has become shorter),
  // malformed_file (an embedding in it is not finite), and what on_event throws. After an error the session
  // can be used again.
  Generation generate(std::span<const Message> messages, const GenerateOptions& options = {},
                      const EventCallback& on_event = {});
  // The same from a text that is not put through the template (tags in it are tokens). Where the model has a
  // begin token, it is put in front of a text that does not begin with it. Throws as generate() does, but for
  // what is the template's.
  Generation complete(std::string_view text, const GenerateOptions& options = {},
                      const EventCallback& on_event = {});
  // The same from tokens. Throws as complete() does, also Error(invalid_argument) for one that is not in the
  // vocabulary, and for options.no_think, which would change them.
  Generation complete_tokens(std::span<const TokenId> prompt, const GenerateOptions& options = {},
                             const EventCallback& on_event = {});

  // As generate(), the events taken one by one. Throws Error: invalid_argument, template_error, context_full,
  // unsupported (the model has no template), out_of_memory, io (with a prompt cache: the model's file can't
  // be read any more). What comes up while something is computed, Stream::next() throws.
  Stream stream(std::span<const Message> messages, const GenerateOptions& options = {});
  // The same of complete(), with its errors.
  Stream stream_text(std::string_view text, const GenerateOptions& options = {});
  // The same of complete_tokens(), with its errors.
  Stream stream_tokens(std::span<const TokenId> prompt, const GenerateOptions& options = {});

  // True after a generation that ended before its end: by cancel(), by its callback (also one that has
  // thrown), by an error in the middle, or at max_tokens.
  bool can_resume() const;
  // Goes on with that generation where it was, also in the middle of a thought. With the same options the
  // tokens are those it would have had without a break: the random numbers go on too (options.sampling.seed
  // is ignored). The result holds the text of all parts; events come for what is new. max_tokens is of all
  // parts; where they have used it up, there are as many tokens again. Throws Error(invalid_argument) if
  // !can_resume(), Error(context_full) if the context has no room left, else as complete() does.
  Generation resume(const GenerateOptions& options = {}, const EventCallback& on_event = {});

  // Computes what is known of the next prompt while its question is not: `messages` as the template writes
  // them when one more of the user follows. generate() then starts at once; its results do not change.
  // Returns true when all is computed, and false if `stop` (asked before every step of at most 64 tokens, on
  // this thread; empty: never) said to stop. A generation that could be resumed can't be any more. Throws
  // Error: invalid_argument, template_error, unsupported (the model has no template), out_of_memory, io,
  // malformed_file, as generate() does, and what `stop` throws.
  bool prepare(std::span<const Message> messages, const std::function<bool()>& stop = {});

  // Writes the conversation and the state of this session: what restore() needs to go on without computing
  // anything again. Replaces `path` atomically (a temporary file beside it, synced and renamed) and for this
  // user only (mode 0600). The cache is written as it is, without a copy of it in memory. text.saved_at and
  // text.tokens are filled in. with_cache false leaves the cache out: small and quick. Throws Error(io), also
  // where `path` is a device or a pipe, Error(out_of_memory).
  void save(const std::string& path, SavedText text, bool with_cache = true) const;
  // Forgets what this session holds and takes the state of a saved one: positions, and the generation that
  // can be resumed. What can't be used of the state is said in the result and left out; of a damaged file the
  // text remains. Nothing in a file is trusted but what its checksums and bounds have shown to be consistent.
  // Throws Error: io, malformed_file (the text can't be read either), unsupported (a newer version),
  // out_of_memory: then this session is as before, but after out_of_memory it may hold the state.
  RestoredSession restore(const std::string& path);

  // These three act on the running generation, from any thread, also from a signal handler; where none runs,
  // they do nothing.
  // Ends it at the next token.
  void cancel() noexcept;
  // Closes the thought after the next token; the answer follows. Nothing happens in the answer.
  void end_thinking() noexcept;
  // Raises the thought's budget by so many tokens, until the thought has been closed.
  void add_budget(uint64_t tokens) noexcept;

  uint64_t context() const;                 // most positions
  uint64_t cached_tokens() const;           // positions held now
  std::span<const TokenId> tokens() const;  // (cached_tokens()): at these; valid until the session changes
  // Forgets all positions. A generation that could be resumed can't be any more.
  void reset();
  // Keeps the first `positions` and gives back the memory of the others. A generation that could be resumed
  // can't be any more. Throws Error(invalid_argument) if fewer are held. generate() rewinds by itself as far
  // as it takes.
  void rewind(uint64_t positions);
  // A session that holds what this one does, with the same options, and goes on independently, also on
  // another thread: both give what they would have given alone. Nothing is computed again; the cache's blocks
  // are shared and each copied when either session writes to it. A generation that can be resumed can be
  // resumed in both. Throws Error(out_of_memory).
  Session fork() const;

 private:
  struct Impl;
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace reckon
