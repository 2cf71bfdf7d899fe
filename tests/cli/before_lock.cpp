// Loaded into the command in front of the C library (LD_PRELOAD): what another process does between the
// opening of a file and its lock. Before the first flock() the shell runs RECKON_TEST_BEFORE_LOCK.
#include <dlfcn.h>

#include <cstdlib>
#include <string>

extern "C" int flock(int descriptor, int operation) {
  if (const char* text = std::getenv("RECKON_TEST_BEFORE_LOCK")) {
    const std::string command = text;
    ::unsetenv("RECKON_TEST_BEFORE_LOCK");
    ::unsetenv("LD_PRELOAD");
    if (std::system(command.c_str()) != 0) std::abort();
  }
  return reinterpret_cast<int (*)(int, int)>(::dlsym(RTLD_NEXT, "flock"))(descriptor, operation);
}
