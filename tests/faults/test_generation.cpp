// Memory runs out at each allocation of a session's life: the session or its model goes on as if nothing had
// been.
#include <reckon/reckon.hpp>

#include <gtest/gtest.h>

#include "faults/each_allocation.hpp"
#include "faults/small_model.hpp"
#include "load/temp_dir.hpp"

namespace reckon::test {
namespace {

GenerateOptions short_options() {
  GenerateOptions o;
  o.sampling.seed = 7;
  o.sampling.repeat_penalty = 1.1f;
  o.sampling.top_k = 50;
  o.thinking.budget = 3;
  o.thinking.grace = 1;
  o.thinking.budget_message = "then";
  o.max_tokens = 20;
  o.stop = {"zzz", "the inn"};
  return o;
}

std::string all_of(const Generation& g) {
  return g.thinking + "|" + g.answer + "|" + to_string(g.finish_reason) + "|" +
         std::to_string(g.usage.thinking_tokens) + "|" + std::to_string(g.usage.answer_tokens);
}

std::string generate(Session& session, const GenerateOptions& options = short_options()) {
  std::string events;
  const Generation g = library([&] {
    return session.generate(kAsked, options, [&](const Event& e) {
      events += e.text;
      return true;
    });
  });
  return all_of(g) + events;
}

// The operation in a session of its own, and then in one that has to bear all the failures.
void fail_each(const std::function<std::string(Session&)>& operation, Fail mode = Fail::once) {
  GenerateOptions brief = short_options();
  brief.max_tokens = 3;
  Session lasting(small_model());
  const std::string expected = generate(lasting, brief);
  const auto check = [&] { ASSERT_EQ(generate(lasting, brief), expected); };
  EachAllocation{.mode = mode, .check = check}.run([&] {
    Session session = library([] { return Session(small_model()); });
    return operation(session);
  });
  check();
  EachAllocation{.mode = mode, .check = check, .leaves_nothing = false}.run([&] {
    lasting.reset();
    return operation(lasting);
  });
}

TEST(AllocationsOfGenerating, AThoughtThatIsClosedAndAnAnswer) {
  fail_each([](Session& session) { return generate(session); });
  fail_each([](Session& session) { return generate(session); }, Fail::on);
}

TEST(AllocationsOfGenerating, OfDraftsThatFailIsAnError) {
  GenerateOptions options = short_options();
  options.sampling.temperature = 0;
  options.draft_tokens = 8;
  options.thinking.budget = 0;
  options.max_tokens = 40;
  fail_each([&](Session& session) { return generate(session, options); });
}

TEST(AllocationsOfGenerating, OfAnswerFormsThatFailIsAnError) {
  using Kind = AnswerForm::Kind;
  for (const AnswerForm& form :
       {AnswerForm{Kind::regex, "[a-f]{2,4}(x|\\d+)"}, AnswerForm{Kind::gbnf, "root ::= \"(\" [0-9]+ \")\""},
        AnswerForm{Kind::json_schema, R"({"type":"array","items":{"enum":["a",{"b":[1]}]},"maxItems":2})"}}) {
    GenerateOptions options = short_options();
    options.answer_form = form;
    options.thinking.budget = 1;
    fail_each([&](Session& session) { return generate(session, options); });
  }
}

TEST(AllocationsOfGenerating, CompilingASchema) {
  const AnswerForm form{
      AnswerForm::Kind::json_schema,
      R"({"type":"object","properties":{"n":{"type":"integer","minimum":3,"maximum":20},"c":{"enum":["a",)"
      R"({"b":[1]}]}},"required":["n"],"additionalProperties":false,"anyOf":[{"required":["c"]},)"
      R"({"$ref":"#/$defs/any"}],"$defs":{"any":{"type":"object","allOf":[{"required":["n"]}]}}})"};
  for (const Fail mode : {Fail::once, Fail::on}) {
    EachAllocation{.mode = mode}.run([&] {
      library([&] { validate(form); });
      return std::string("taken");
    });
  }
}

TEST(AllocationsOfGenerating, EventsOneByOne) {
  fail_each([](Session& session) {
    std::string text;
    const GenerateOptions options = short_options();
    Stream stream = library([&] { return session.stream(kAsked, options); });
    while (const Event* event = library([&] { return stream.next(); })) text += event->text;
    return text + all_of(library([&] { return stream.finish(); }));
  });
}

// A stream that has thrown can be finished or dropped.
TEST(AllocationsOfGenerating, AStreamThatFailsCanBeFinished) {
  Session session(small_model());
  const std::string expected = generate(session);
  for (uint64_t n = 1; n < 4000; n += 7) {
    Stream stream = session.stream(kAsked, short_options());
    {
      const FailingAllocation failing(n, Fail::once);
      try {
        while (stream.next() != nullptr) continue;
      } catch (const Error& e) {
        EXPECT_EQ(e.code(), ErrorCode::out_of_memory);
      }
    }
    const Outcome end = outcome_of([&] { return all_of(stream.finish()); });
    EXPECT_EQ(text_of(end.wrong), "") << n;
    if (!FailingAllocation::happened()) break;
  }
  EXPECT_EQ(generate(session), expected);
}

TEST(AllocationsOfGenerating, AnInterruptedOneGoesOn) {
  fail_each([](Session& session) {
    const GenerateOptions options = short_options();
    for (const int stop_at : {2, 7}) {  // within the thought, and while it is being closed or behind it
      library([&] {
        int n = 0;
        session.generate(kAsked, options, [&](const Event& e) { return e.token < 0 || ++n < stop_at; });
        if (session.can_resume()) session.resume(options);
      });
    }
    return all_of(library([&] {
      session.generate(kAsked, options, [](const Event& e) { return e.token < 0; });
      return session.resume(options);
    }));
  });
}

// Whatever failed: what can be gone on with comes to the same text.
TEST(AllocationsOfGenerating, OneThatFailedGoesOnWithTheSameTokens) {
  Session session(small_model());
  const std::string expected = all_of(session.generate(kAsked, short_options()));
  int resumed = 0;
  for (uint64_t n = 1;; n++) {
    session.reset();
    {
      const FailingAllocation failing(n, Fail::once);
      outcome_of([&] { return all_of(session.generate(kAsked, short_options())); });
    }
    if (session.can_resume()) {
      const Generation g = session.resume(short_options());
      if (g.finish_reason != FinishReason::length || g.usage.answer_tokens + g.usage.thinking_tokens <= 20) {
        ASSERT_EQ(all_of(g), expected) << n;
        resumed++;
      }
    }
    if (!FailingAllocation::happened()) break;
  }
  EXPECT_GT(resumed, 20);
}

TEST(AllocationsOfGenerating, SavingAndRestoring) {
  const TemporaryFile file({});
  fail_each([&](Session& session) {
    const GenerateOptions options = short_options();
    const SavedText text{.messages = kAsked, .settings = {{"a", "b"}}};
    library([&] { session.generate(kAsked, options, [](const Event& e) { return e.token < 0; }); });
    SavedText copy = text;
    library([&] {
      session.save(file.path(), std::move(copy));
      session.reset();
    });
    const RestoredSession restored = library([&] { return session.restore(file.path()); });
    if (!restored.refusal.empty()) throw Error(ErrorCode::out_of_memory, restored.refusal);
    return restored.text.messages.front().content + all_of(library([&] { return session.resume(options); }));
  });
}

// A prompt of several pages, kept by one session and found by the next.
TEST(AllocationsOfGenerating, KeepingAPromptAndFindingIt) {
  const TempDir folder;
  const std::string text(280, '-');
  GenerateOptions options = short_options();
  options.max_tokens = 3;
  int n = 0;
  EachAllocation{}.run([&] {
    SessionOptions where;
    where.prompt_cache = folder / std::to_string(n++);
    std::string all;
    for (int i = 0; i < 2; i++) {
      Session session = library([&] { return Session(small_model(), where); });
      all += all_of(library([&] { return session.complete(text, options); }));
    }
    return all;
  });
}

TEST(AllocationsOfGenerating, PreparingTheNextTurn) {
  fail_each([](Session& session) {
    library([&] { session.prepare(kAsked); });
    return generate(session);
  });
}

TEST(AllocationsOfGenerating, ErrorsOfTheCaller) {
  GenerateOptions bad = short_options();
  bad.answer_form = {AnswerForm::Kind::regex, "(a"};
  fail_each([&](Session& session) {
    std::string messages;
    try {
      generate(session, bad);
    } catch (const Error& e) {
      if (e.code() != ErrorCode::invalid_argument) throw;
      messages += e.what();
    }
    try {
      const std::string text(5000, 'x');
      library([&] { session.complete(text, bad); });
    } catch (const Error& e) {
      if (e.code() != ErrorCode::context_full) throw;
      messages += e.what();
    }
    return messages;
  });
}

}  // namespace
}  // namespace reckon::test
