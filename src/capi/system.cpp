#include <reckon/system.hpp>

#include "capi/block.hpp"
#include "capi/options.hpp"

using namespace reckon;
using namespace reckon::capi;

int32_t reckon_abi_version(void) { return RECKON_ABI_VERSION; }
const char* reckon_version(void) { return version(); }

reckon_status reckon_instruction_sets(reckon_instruction_set** out, size_t* count, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(count, "count");
    const std::vector<InstructionSet> sets = instruction_sets();
    size_t bytes = 0;
    for (const InstructionSet& s : sets) bytes += text_bytes(s.name) + text_bytes(s.description);
    Block<reckon_instruction_set> block(sets.size(), bytes);
    for (size_t i = 0; i < sets.size(); i++) {
      block[i] = {.name = block.add(sets[i].name),
                  .description = block.add(sets[i].description),
                  .supported = sets[i].supported,
                  .selected = sets[i].selected};
    }
    *out = block.release();
    *count = sets.size();
  });
}

reckon_status reckon_system_describe(reckon_system_info** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    const SystemInfo info = system_info();
    Block<reckon_system_info> block(1, text_bytes(info.processor));
    block[0].size = sizeof(reckon_system_info);
    block[0].processor = block.add(info.processor);
    block[0].memory_total = info.memory_total;
    block[0].memory_available = info.memory_available;
    block[0].usable_cores = info.usable_cores;
    *out = block.release();
  });
}

uint64_t reckon_resident_bytes(void) { return resident_bytes(); }
uint64_t reckon_peak_resident_bytes(void) { return peak_resident_bytes(); }

reckon_status reckon_read_sizes(int32_t threads, reckon_read_size** out, size_t* count,
                                reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(count, "count");
    const std::vector<ReadSize> sizes = read_sizes(threads);
    size_t bytes = 0;
    for (const ReadSize& s : sizes) bytes += text_bytes(s.name);
    Block<reckon_read_size> block(sizes.size(), bytes);
    for (size_t i = 0; i < sizes.size(); i++) block[i] = {block.add(sizes[i].name), sizes[i].bytes};
    *out = block.release();
    *count = sizes.size();
  });
}

reckon_status reckon_measure_read_bandwidth(int32_t threads, uint64_t bytes, double seconds,
                                            double* bytes_per_s, reckon_error** error) {
  return guard(error, [&] {
    require(bytes_per_s, "bytes_per_s");
    *bytes_per_s = measure_read_bandwidth(threads, bytes, seconds);
  });
}

reckon_status reckon_measure_compute_peak(const char* isa, int32_t threads, double seconds,
                                          double* operations_per_s, reckon_error** error) {
  return guard(error, [&] {
    require(operations_per_s, "operations_per_s");
    *operations_per_s = measure_compute_peak(&require(isa, "isa"), threads, seconds);
  });
}

reckon_status reckon_measure_packing(const char* path, const reckon_load_options* options, double seconds,
                                     uint64_t* bytes, double* took, reckon_error** error) {
  return guard(error, [&] {
    require(bytes, "bytes");
    require(took, "took");
    const LoadOptions o = load_options(options);
    const PackingSpeed speed =
        path == nullptr ? measure_embedded_packing(o, seconds) : measure_packing(path, o, seconds);
    *bytes = speed.bytes;
    *took = speed.seconds;
  });
}
