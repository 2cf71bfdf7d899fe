// Loaded into the command in front of the C library (LD_PRELOAD): its writes fail as a test says in
// RECKON_TEST_WRITES, "CALL HOW N PART". CALL: write (also pwrite), fsync (also fdatasync), rename. HOW: the
// name of an error, for the N-th call and all after it; short: writes take half of what they are given;
// EINTR: every second call is interrupted. PART: of the path, or of what /proc shows for the descriptor;
// calls on others are left alone.
#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

namespace {

struct Plan {
  std::string call, how, part;
  int from = 0;
  std::atomic<int> calls{0};

  Plan() {
    const char* text = std::getenv("RECKON_TEST_WRITES");
    std::istringstream(text == nullptr ? "" : text) >> call >> how >> from >> part;
  }
};

Plan& plan() {
  static Plan the_plan;
  return the_plan;
}

int error_number(const std::string& name) {
  if (name == "ENOSPC") return ENOSPC;
  if (name == "EIO") return EIO;
  if (name == "EDQUOT") return EDQUOT;
  return name == "EPIPE" ? EPIPE : 0;
}

// Sets errno where the call is to fail.
bool fails(const std::string& call, const std::string& path) {
  Plan& p = plan();
  if (call != p.call || path.find(p.part) == std::string::npos) return false;
  const int n = ++p.calls;
  if (p.how == "EINTR" && n % 2 == 1) {
    errno = EINTR;
    return true;
  }
  if (error_number(p.how) == 0 || n < p.from) return false;
  errno = error_number(p.how);
  return true;
}

bool is_short(const std::string& path) {
  return plan().call == "write" && plan().how == "short" && path.find(plan().part) != std::string::npos;
}

std::string path_of(int descriptor) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t n = ::readlink(link.c_str(), path, sizeof path);
  return n < 0 ? "" : std::string(path, static_cast<size_t>(n));
}

size_t taken(const std::string& path, size_t size) { return is_short(path) ? (size + 1) / 2 : size; }

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {
ssize_t write(int descriptor, const void* bytes, size_t size) {
  const std::string path = path_of(descriptor);
  if (fails("write", path)) return -1;
  return next<ssize_t(int, const void*, size_t)>("write")(descriptor, bytes, taken(path, size));
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  const std::string path = path_of(descriptor);
  if (fails("write", path)) return -1;
  return next<ssize_t(int, const void*, size_t, off_t)>("pwrite")(descriptor, bytes, taken(path, size),
                                                                  offset);
}

int fsync(int descriptor) {
  return fails("fsync", path_of(descriptor)) ? -1 : next<int(int)>("fsync")(descriptor);
}

int fdatasync(int descriptor) {
  return fails("fsync", path_of(descriptor)) ? -1 : next<int(int)>("fdatasync")(descriptor);
}

int rename(const char* from, const char* to) noexcept {
  return fails("rename", to) ? -1 : next<int(const char*, const char*)>("rename")(from, to);
}
}
