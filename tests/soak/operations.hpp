// What an application does to the library over and over, well or badly, chosen at random.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include <reckon/reckon.hpp>

namespace reckon::soak {

// Sends requests to whatever session runs, at random times.
class Disturber {
 public:
  explicit Disturber(uint64_t seed);
  ~Disturber();
  // The session is disturbed for as long as the result lives.
  class Exposed {
   public:
    Exposed(Disturber& disturber, Session& session) : disturber_(disturber) { disturber_.aim(&session); }
    ~Exposed() { disturber_.aim(nullptr); }
    Exposed(const Exposed&) = delete;
    Exposed& operator=(const Exposed&) = delete;

   private:
    Disturber& disturber_;
  };
  uint64_t requests() const { return n_requests_; }

 private:
  void aim(Session* session);
  void run(uint64_t seed);

  std::mutex mutex_;  // over target_: a session is not destroyed while it is told something
  Session* target_ = nullptr;
  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> n_requests_{0};
  std::thread thread_;
};

// Throws std::logic_error where the library does what it should not.
class Operations {
 public:
  Operations(const Model& model, uint64_t seed, std::string folder);

  // One of them; `begins` gets its name, a literal.
  void next(const std::function<void(const char*)>& begins);
  // Gives up all that lives from one operation to the next.
  void drop_all();
  uint64_t generations() const { return n_generations_; }
  uint64_t errors() const { return n_errors_; }

 private:
  Session& session();
  GenerateOptions random_options();
  std::vector<Message> random_question();
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }
  void expect_error(ErrorCode code, const std::function<void()>& act);

  void generate();
  void resume();
  void stream();
  void save_and_restore();
  void bad_options();
  void full_context();
  void failing_reader();
  void throwing_callback();
  void fork();
  void batch();
  void vote_once();

  Model model_;
  std::mt19937_64 random_;
  std::string folder_;
  std::optional<Session> session_;
  Disturber disturber_;
  uint64_t n_generations_ = 0, n_errors_ = 0;
};

}  // namespace reckon::soak
