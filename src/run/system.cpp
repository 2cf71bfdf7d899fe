#include <reckon/system.hpp>

#include "kernels/kernels.hpp"
#include "support/cpu.hpp"
#include "support/memory.hpp"
#include "support/within_memory.hpp"

namespace reckon {

const char* version() noexcept { return RECKON_VERSION; }

std::vector<InstructionSet> instruction_sets() {
  return support::within_memory([] {
    const kernels::KernelTable& selected = kernels::select_table();
    std::vector<InstructionSet> sets;
    for (const kernels::KernelTable* t : kernels::all_tables()) {
      sets.push_back({t->name, t->description, t->supported(), t == &selected});
    }
    return sets;
  });
}

SystemInfo system_info() {
  return support::within_memory([] {
    return SystemInfo{support::processor_name(), support::usable_cores(), support::total_memory(),
                      support::available_memory()};
  });
}

uint64_t resident_bytes() noexcept { return support::resident_memory(); }
uint64_t peak_resident_bytes() noexcept { return support::peak_resident_memory(); }

}  // namespace reckon
