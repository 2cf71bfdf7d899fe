// For bounds on time: the CPU time of the calling thread, which other work on a busy machine does not
// lengthen.
#pragma once

#include <ctime>

namespace reckon::test {

class CpuStopwatch {
 public:
  double seconds() const { return now() - start_; }

 private:
  static double now() {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  }

  double start_ = now();
};

}  // namespace reckon::test
