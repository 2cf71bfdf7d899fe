// Refuses calls that come in the middle of another of the same object, such as from a callback.
#pragma once

#include <reckon/error.hpp>

namespace reckon::support {

// Belongs to one thread, as the object does.
class InUse {
 public:
  // `why`: what to say of it. Throws Error(invalid_argument) while another one of `flag` lives.
  InUse(bool& flag, const char* why) : flag_(flag) {
    require_idle(flag, why);
    flag = true;
  }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;
  ~InUse() { flag_ = false; }

  static void require_idle(bool flag, const char* why) {
    if (flag) throw Error(ErrorCode::invalid_argument, why);
  }

 private:
  bool& flag_;
};

}  // namespace reckon::support
