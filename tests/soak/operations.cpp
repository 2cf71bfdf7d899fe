#include "soak/operations.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace reckon::soak {

Disturber::Disturber(uint64_t seed) : thread_([this, seed] { run(seed); }) {}

Disturber::~Disturber() {
  stop_ = true;
  thread_.join();
}

void Disturber::aim(Session* session) {
  const std::lock_guard lock(mutex_);
  target_ = session;
}

void Disturber::run(uint64_t seed) {
  std::mt19937_64 random(seed);
  while (!stop_) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    const std::lock_guard lock(mutex_);
    if (target_ == nullptr) continue;
    n_requests_++;
    switch (random() % 3) {
      case 0: target_->cancel(); break;
      case 1: target_->end_thinking(); break;
      default: target_->add_budget(random() % 10);
    }
  }
}

Operations::Operations(const Model& model, uint64_t seed, std::string folder)
    : model_(model), random_(seed), folder_(std::move(folder)), disturber_(seed + 1) {}

Session& Operations::session() {
  if (!session_) {
    session_.emplace(model_, SessionOptions{.context = 2048,
                                            .cache_type = chance(50) ? CacheType::f16 : CacheType::q8_0,
                                            .prompt_cache = chance(20) ? folder_ + "/prompts" : ""});
  }
  return *session_;
}

void Operations::drop_all() { session_.reset(); }

GenerateOptions Operations::random_options() {
  GenerateOptions o;
  o.sampling.seed = random_();
  o.sampling.temperature = static_cast<float>(random_() % 3) * 0.7f;
  if (chance(30)) o.sampling.top_k = static_cast<int>(random_() % 50);
  if (chance(30)) o.sampling.repeat_penalty = 1.2f;
  if (chance(20)) o.answer_sampling.temperature = 0.0f;
  if (chance(50)) o.thinking.budget = random_() % 30;
  if (chance(20)) o.thinking.hesitation_bias = 3;
  if (chance(30)) o.stop = {"=", "boxed"};
  if (chance(10)) o.no_think = true;
  o.draft_tokens = static_cast<int>(random_() % 6) - 1;
  o.max_tokens = 1 + random_() % 60;
  switch (random_() % 12) {
    case 0: o.answer_form = {AnswerForm::Kind::regex, "[0-9]{1,3}|none"}; break;
    case 1: o.answer_form = {AnswerForm::Kind::gbnf, "root ::= \"(\" [0-9]+ \")\""}; break;
    case 2: o.answer_form = {AnswerForm::Kind::json_schema, R"({"type":"array","items":{"type":"integer"}})"};
    default: break;
  }
  return o;
}

std::vector<Message> Operations::random_question() {
  std::vector<Message> messages = {
      {"user", fmt::format("What is {} + {}?", random_() % 1000, random_() % 1000)}};
  if (chance(10)) messages.front().content += std::string(random_() % 400, 'x');
  if (chance(30)) {
    messages.push_back({"assistant", "\\boxed{5}"});
    messages.push_back({"user", "Why?"});
  }
  return messages;
}

void Operations::expect_error(ErrorCode code, const std::function<void()>& act) {
  n_errors_++;
  try {
    act();
  } catch (const Error& e) {
    if (e.code() != code)
      throw std::logic_error(fmt::format("{} ({}) for {}", to_string(e.code()), e.what(), to_string(code)));
    return;
  }
  throw std::logic_error(fmt::format("no error {}", to_string(code)));
}

void Operations::generate() {
  Session& s = session();
  const Disturber::Exposed exposed(disturber_, s);
  const int stop_at = chance(20) ? static_cast<int>(random_() % 20) : INT32_MAX;
  int events = 0;
  s.generate(random_question(), random_options(), [&](const Event&) { return ++events < stop_at; });
  n_generations_++;
}

void Operations::resume() {
  Session& s = session();
  if (!s.can_resume()) return generate();
  const Disturber::Exposed exposed(disturber_, s);
  GenerateOptions o = random_options();
  o.no_think = false;
  o.answer_form = {};  // what there is of the answer need not have it
  s.resume(o);
  n_generations_++;
}

void Operations::stream() {
  Session& s = session();
  const Disturber::Exposed exposed(disturber_, s);
  Stream stream = s.stream(random_question(), random_options());
  for (uint64_t n = random_() % 40; n > 0 && stream.next() != nullptr;) n--;
  if (chance(50)) stream.finish();  // else it is dropped
  n_generations_++;
}

void Operations::save_and_restore() {
  const std::string path = folder_ + "/session";
  Session& s = session();
  s.save(path, {.messages = random_question()}, chance(70));
  const uint64_t positions = s.cached_tokens();
  s.reset();
  if (chance(50)) {  // into another one
    session_.reset();
    session();
  }
  const RestoredSession restored = session().restore(path);
  if (restored.refusal.empty() && session().cached_tokens() > positions)
    throw std::logic_error("restored more than was saved");
  if (chance(10)) expect_error(ErrorCode::io, [&] { session().restore(path + ".none"); });
  resume();
}

void Operations::bad_options() {
  const std::array<std::function<void(GenerateOptions&)>, 6> spoil = {
      [](GenerateOptions& o) { o.sampling.temperature = -1; },
      [](GenerateOptions& o) { o.sampling.top_p = 0; },
      [](GenerateOptions& o) { o.stop = {""}; },
      [](GenerateOptions& o) { o.draft_tokens = 99; },
      [](GenerateOptions& o) {
        o.answer_form = {AnswerForm::Kind::regex, "(((a"};
      },
      [](GenerateOptions& o) {
        o.sampling.logit_bias = {{1 << 30, 1.0f}};
      },
  };
  GenerateOptions o = random_options();
  spoil[random_() % spoil.size()](o);
  expect_error(ErrorCode::invalid_argument, [&] { session().generate(random_question(), o); });
}

void Operations::full_context() {
  expect_error(ErrorCode::context_full, [&] { session().complete(std::string(8000, '+')); });
  Session small(model_, {.context = 64});
  small.complete("1+1=", random_options());
  n_generations_++;
}

void Operations::failing_reader() {
  // Fails while it is loaded, wherever that is.
  const ModelDescription d = Model::describe_embedded();
  const uint64_t bytes = d.info.file_bytes;
  const uint64_t good = random_() % 40;
  uint64_t calls = 0;
  LoadOptions options;
  options.threads = 2;
  const auto read = [&](uint64_t, std::span<std::byte> to) -> size_t {
    if (calls++ >= good) throw Error(ErrorCode::io, "unplugged");
    std::memset(to.data(), 0, to.size());  // no model either
    return to.size();
  };
  try {
    Model::from_reader(bytes, read, "box", options);
  } catch (const Error& e) {
    n_errors_++;
    if (e.code() == ErrorCode::io || e.code() == ErrorCode::malformed_file) return;
    throw;
  }
  throw std::logic_error("a reader without a model was taken");
}

void Operations::throwing_callback() {
  int left = static_cast<int>(random_() % 30);
  try {
    session().generate(random_question(), random_options(), [&](const Event&) -> bool {
      if (left-- == 0) throw std::runtime_error("enough");
      return true;
    });
  } catch (const std::runtime_error& e) {
    if (std::string(e.what()) != "enough") throw;
    n_errors_++;
  }
  n_generations_++;
}

void Operations::fork() {
  Engine engine(model_, {.max_positions = 4096});
  std::vector<SequenceId> ids = {engine.add_sequence()};
  std::vector<BatchRow> rows;
  for (uint64_t i = 0; i < 1 + random_() % 150; i++)
    rows.push_back({ids[0], static_cast<TokenId>(random_() % 500), false});
  engine.forward(rows);
  for (uint64_t i = random_() % 5; i > 0; i--) ids.push_back(engine.fork(ids[random_() % ids.size()]));
  for (int step = 0; step < 4; step++) {
    rows.clear();
    for (SequenceId id : ids) {
      if (chance(20)) engine.rewind(id, engine.length(id) / 2 + 1);
      rows.push_back({id, static_cast<TokenId>(random_() % 500), true});
    }
    engine.forward(rows);
  }
  expect_error(ErrorCode::invalid_argument, [&] { engine.fork(999); });
  for (SequenceId id : ids) engine.remove(id);
  if (engine.kv_bytes() != 0) throw std::logic_error("pages without a sequence");
  n_generations_++;
}

void Operations::batch() {
  Batch batch(model_, {.parallel = 1 + static_cast<uint32_t>(random_() % 4), .context = 1024});
  uint64_t expected = 0;
  std::vector<RequestId> ids;
  for (uint64_t n = 1 + random_() % 3; n > 0; n--) {
    BatchRequest request;
    request.messages = random_question();
    request.options = random_options();
    request.samples = 1 + static_cast<uint32_t>(random_() % 3);
    if (chance(30)) request.on_event = [this](uint32_t, const Event&) { return !chance(5); };
    expected += request.samples;
    ids.push_back(batch.add(std::move(request)));
  }
  uint64_t ended = 0;
  while (!batch.idle()) {
    ended += batch.step().size();
    if (chance(5)) batch.cancel(ids[random_() % ids.size()]);
    if (chance(5)) batch.end_thinking(ids[random_() % ids.size()], 0);
    if (chance(5)) batch.add_budget(ids[random_() % ids.size()], 0, random_() % 10);
    if (chance(1)) break;  // dropped as it is
  }
  if (batch.idle() && ended != expected) throw std::logic_error("a sample without a result");
  n_generations_ += expected;
}

void Operations::vote_once() {
  GenerateOptions o = random_options();
  o.answer_form = {};
  const uint64_t stop_at = chance(30) ? random_() % 30 : UINT64_MAX;
  uint64_t steps = 0;
  vote(model_, random_question(), o, {.samples = 4, .parallel = 3},
       [&](const VoteProgress&) { return ++steps < stop_at; });
  n_generations_ += 4;
}

void Operations::next(const std::function<void(const char*)>& begins) {
  struct Operation {
    const char* name;
    void (Operations::*run)();
    uint64_t weight;
  };
  static constexpr Operation kAll[] = {{"generate", &Operations::generate, 30},
                                       {"resume", &Operations::resume, 15},
                                       {"stream", &Operations::stream, 15},
                                       {"save_and_restore", &Operations::save_and_restore, 5},
                                       {"bad_options", &Operations::bad_options, 8},
                                       {"full_context", &Operations::full_context, 4},
                                       {"failing_reader", &Operations::failing_reader, 3},
                                       {"throwing_callback", &Operations::throwing_callback, 6},
                                       {"fork", &Operations::fork, 6},
                                       {"batch", &Operations::batch, 5},
                                       {"vote", &Operations::vote_once, 2}};
  uint64_t all = 0;
  for (const Operation& o : kAll) all += o.weight;
  uint64_t at = random_() % all;
  const Operation* chosen = kAll;
  while (at >= chosen->weight) at -= chosen++->weight;
  begins(chosen->name);
  (this->*chosen->run)();
  if (chance(2)) session_.reset();
}

}  // namespace reckon::soak
