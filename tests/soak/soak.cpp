// soak [--generations N] [--seed S]: N generations in one process, with cancels, forks, saved sessions and
// errors at random. Fails where memory grows, something gets stuck, or a fixed prompt is answered in another
// way than by a fresh process.
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <reckon/reckon.hpp>

#include "faults/failing_allocation.hpp"
#include "soak/operations.hpp"
#include "soak/watchdog.hpp"

namespace reckon::soak {
namespace {

// The allocator keeps some of what it got back; more than this is growth.
constexpr uint64_t kMostGrowth = 12 << 20;

Model load() {
  LoadOptions options;
  options.threads = 2;
  return Model::embedded(options);
}

// Thoughts, answers, forms and drafts of a fixed question.
std::string probe(const Model& model) {
  std::string all;
  for (const uint64_t seed : {1, 2}) {
    GenerateOptions o;
    o.sampling.seed = seed;
    o.max_tokens = 100;
    if (seed == 2) o.answer_form = {AnswerForm::Kind::regex, "[0-9]+"};
    const Generation g = Session(model).generate(std::vector<Message>{{"user", "What is 48 * 37?"}}, o);
    all += fmt::format("{}|{}|{}\n", g.thinking, g.answer, to_string(g.finish_reason));
  }
  return all;
}

std::string probe_of_a_fresh_process() {
  std::string text;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  FILE* pipe = ::popen(fmt::format("'{}' --probe 2>&1", self).c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("can't start a process");
  std::array<char, 4096> block{};
  for (size_t n = 0; (n = std::fread(block.data(), 1, block.size(), pipe)) > 0;) text.append(block.data(), n);
  return ::pclose(pipe) == 0 ? text : throw std::runtime_error("the fresh process failed: " + text);
}

struct Mark {
  uint64_t generations, resident;
  int64_t allocations;
};

class Soak {
 public:
  Soak(uint64_t generations, uint64_t seed)
      : most_(generations),
        folder_(std::filesystem::temp_directory_path() / fmt::format("reckon-soak-{}", ::getpid())),
        operations_(model_, seed, folder_.string()) {
    std::filesystem::create_directories(folder_);
  }
  ~Soak() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  int run();

 private:
  Mark mark();
  void check_probe();
  int compare(const Mark& first, const Mark& last) const;

  uint64_t most_;
  Model model_ = load();
  std::filesystem::path folder_;
  Watchdog watchdog_;
  Operations operations_;
  std::string expected_;
};

// With nothing alive but the model.
Mark Soak::mark() {
  operations_.drop_all();
  check_probe();
  const Mark m{operations_.generations(), resident_bytes(), test::live_allocations()};
  fmt::print("{:6} generations, {:5} errors: {:.1f} MB resident, {} allocations alive\n", m.generations,
             operations_.errors(), static_cast<double>(m.resident) / 1e6, m.allocations);
  std::fflush(stdout);
  return m;
}

void Soak::check_probe() {
  watchdog_.moved("the probe");
  if (const std::string now = probe(model_); now != expected_)
    throw std::logic_error("another answer than a fresh process gives:\n" + now + "expected:\n" + expected_);
}

int Soak::compare(const Mark& first, const Mark& last) const {
  int status = 0;
  if (last.allocations != first.allocations) {
    fmt::print("soak: {} allocations more than after {} generations\n", last.allocations - first.allocations,
               first.generations);
    status = 1;
  }
  if (last.resident > first.resident + kMostGrowth) {
    fmt::print("soak: memory has grown by {} bytes\n", last.resident - first.resident);
    status = 1;
  }
  return status;
}

int Soak::run() {
  const auto start = std::chrono::steady_clock::now();
  expected_ = probe_of_a_fresh_process();
  model_.identity();  // is made once
  std::optional<Mark> first;
  const uint64_t warm = std::min<uint64_t>(1000, most_ / 3), every = std::max<uint64_t>(most_ / 10, 1);
  uint64_t next = warm;
  while (operations_.generations() < most_) {
    operations_.next([this](const char* name) { watchdog_.moved(name); });
    if (operations_.generations() < next) continue;
    const Mark m = mark();
    if (!first) first = m;
    next += every;
  }
  const int status = compare(*first, mark());
  fmt::print("{:.1f} s\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return status;
}

int run(int argc, char** argv) {
  uint64_t generations = 300, seed = 1;
  for (int i = 1; i < argc; i++) {
    const std::string option = argv[i];
    if (option == "--probe") return std::fputs(probe(load()).c_str(), stdout) < 0;
    if (i + 1 == argc || (option != "--generations" && option != "--seed")) {
      std::fputs("usage: soak [--generations N] [--seed S]\n", stderr);
      return 2;
    }
    (option == "--seed" ? seed : generations) = std::stoull(argv[++i]);
  }
  return Soak(generations, seed).run();
}

}  // namespace
}  // namespace reckon::soak

int main(int argc, char** argv) try {
  return reckon::soak::run(argc, argv);
} catch (const std::exception& e) {
  std::fprintf(stderr, "soak: %s\n", e.what());
  return 1;
}
