// Keeps a session to one process: two that go on from the same place would overwrite each other's turns.
#pragma once

#include <string>

#include "descriptor.hpp"

namespace reckon::cli {

class SessionLock {
 public:
  SessionLock() = default;  // of no session
  // Of the session `name`, whether it is there yet or not, until the object's end or the process's. A file
  // beside the session's holds the lock; where a process was killed it stays until the next lock is given
  // back. Throws UsageError for what is no name, Error(io): also where another one has the lock.
  explicit SessionLock(const std::string& name);
  ~SessionLock() { release(); }
  SessionLock(SessionLock&& other) noexcept = default;
  SessionLock& operator=(SessionLock&& other) noexcept;

 private:
  void release();

  Descriptor file_;
  std::string path_;
};

}  // namespace reckon::cli
