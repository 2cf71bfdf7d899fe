// Which kernel tables there are and which one to use.
#include <cstdlib>
#include <string>

#include "kernels/generic/table.hpp"
#include "reckon/error.hpp"

namespace reckon::kernels {
namespace {

std::string names() {
  std::string out;
  for (const KernelTable* t : all_tables()) out += (out.empty() ? "" : ", ") + std::string(t->name);
  return out;
}

}  // namespace

std::span<const KernelTable* const> all_tables() {
#if defined(RECKON_SCALAR_ONLY)
  static const KernelTable* const kTables[] = {&scalar::table()};
#elif defined(__x86_64__)
  static const KernelTable* const kTables[] = {&amx::table(), &avx512vnni::table(), &avx512::table(),
                                               &avx2::table(), &scalar::table()};
#elif defined(__aarch64__)
  static const KernelTable* const kTables[] = {&neon::table(), &scalar::table()};
#else
  static const KernelTable* const kTables[] = {&scalar::table()};
#endif
  return kTables;
}

const KernelTable& best_table() {
  for (const KernelTable* t : all_tables()) {
    if (t->supported()) return *t;
  }
  return scalar::table();  // always supported, last of the list
}

const KernelTable* find_table(std::string_view name) {
  for (const KernelTable* t : all_tables()) {
    if (name == t->name) return t;
  }
  return nullptr;
}

const KernelTable& require_table(std::string_view name, std::string_view who_asked) {
  const KernelTable* table = find_table(name);
  const std::string asked = std::string(who_asked) + " is '" + std::string(name) + "'";
  if (table == nullptr) throw Error(ErrorCode::invalid_argument, asked + "; expected one of: " + names());
  if (!table->supported()) {
    throw Error(ErrorCode::unsupported,
                asked + " (" + table->description + "), which this processor or system does not support");
  }
  return *table;
}

const KernelTable& select_table() {
  const char* wanted = std::getenv("RECKON_ISA");
  if (wanted == nullptr || *wanted == '\0') return best_table();
  return require_table(wanted, "RECKON_ISA");
}

}  // namespace reckon::kernels
