// reckon inspect: what a model file holds and needs.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <reckon/reckon.hpp>

#include "json_output.hpp"
#include "loading.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "terminal.hpp"

namespace reckon::cli {
namespace {

struct Inspection {
  ModelDescription description;
  uint64_t context = 0;
  MemoryEstimate memory;
  uint64_t cache_bytes_per_token = 0;
  SystemInfo system;
  std::vector<InstructionSet> instruction_sets;
  uint64_t threads = 0;
};

Inspection gather(const InspectOptions& options) {
  Inspection found;
  found.description = describe_model(options.model);
  found.context = options.context > 0 ? options.context : found.description.info.context_length;
  found.memory = Model::estimate_memory(found.description, found.context, cache_type(options.model));
  found.cache_bytes_per_token =
      Model::cache_bytes_per_token(found.description.info, cache_type(options.model));
  found.system = system_info();
  found.instruction_sets = instruction_sets();
  found.threads = options.model.threads > 0 ? options.model.threads
                                            : static_cast<uint64_t>(std::max(found.system.usable_cores, 1));
  return found;
}

std::string selected_isa(const Inspection& found) {
  for (const InstructionSet& set : found.instruction_sets) {
    if (set.selected) return set.name;
  }
  return "none";
}

Json info_json(const ModelInfo& info) {
  return {{"file", info.file},
          {"name", info.name},
          {"architecture", info.architecture},
          {"file_type", info.file_type},
          {"gguf_version", info.gguf_version},
          {"parameters", info.parameters},
          {"file_bytes", info.file_bytes},
          {"layers", info.layers},
          {"hidden_size", info.hidden_size},
          {"ffn_size", info.ffn_size},
          {"heads", info.heads},
          {"kv_heads", info.kv_heads},
          {"head_dim", info.head_dim},
          {"vocab_size", info.vocab_size},
          {"context_length", info.context_length},
          {"tied_output", info.tied_output},
          {"has_chat_template", info.has_chat_template},
          {"has_think_tokens", info.has_think_tokens},
          {"kv_bytes_per_token", info.kv_bytes_per_token}};
}

// Values of the file are JSON texts, but for long ones, which were cut: those stay texts.
Json metadata_json(const ModelDescription& description) {
  Json json = Json::object();
  for (const auto& [key, value] : description.metadata) {
    Json parsed = Json::parse(value, nullptr, false);
    json[key] = parsed.is_discarded() ? Json(value) : std::move(parsed);
  }
  return json;
}

Json tensors_json(const ModelDescription& description) {
  Json json = Json::array();
  for (const TensorInfo& tensor : description.tensors) {
    json.push_back(
        {{"name", tensor.name}, {"type", tensor.type}, {"shape", tensor.shape}, {"bytes", tensor.bytes}});
  }
  return json;
}

Json memory_json(const Inspection& found) {
  const MemoryEstimate& memory = found.memory;
  return {{"context", found.context},      {"weights", memory.weights},
          {"in_file", memory.in_file},     {"kv_cache", memory.kv_cache},
          {"scratch", memory.scratch},     {"total", memory.total},
          {"available", memory.available}, {"fits", memory.total <= memory.available}};
}

Json machine_json(const Inspection& found) {
  Json sets = Json::array();
  for (const InstructionSet& set : found.instruction_sets) {
    sets.push_back({{"name", set.name},
                    {"description", set.description},
                    {"supported", set.supported},
                    {"selected", set.selected}});
  }
  return {{"processor", found.system.processor},
          {"isa", selected_isa(found)},
          {"threads", found.threads},
          {"memory_total", found.system.memory_total},
          {"instruction_sets", std::move(sets)}};
}

std::string json_report(const Inspection& found) {
  const ModelDescription& description = found.description;
  return json_text({{"model", info_json(description.info)},
                    {"memory", memory_json(found)},
                    {"machine", machine_json(found)},
                    {"metadata", metadata_json(description)},
                    {"tensors", tensors_json(description)}});
}

template <class... T>
std::string line(const char* label, fmt::format_string<T...> format, T&&... values) {
  return fmt::format("  {:<16}{}\n", label, fmt::format(format, std::forward<T>(values)...));
}

const char* yes_no(bool value) { return value ? "yes" : "no"; }

std::string info_text(const ModelInfo& info) {
  return fmt::format("{}\n", info.name) +
         line("file", "{} (GGUF v{}, {})", info.file, info.gguf_version,
              format_bytes(static_cast<double>(info.file_bytes))) +
         line("architecture", "{}", info.architecture) +
         line("parameters", "{:.4g} million", static_cast<double>(info.parameters) / 1e6) +
         line("weights", "{}", info.file_type) + line("layers", "{}", info.layers) +
         line("hidden size", "{}, feed-forward {}", info.hidden_size, info.ffn_size) +
         line("heads", "{}, of keys and values {}, of size {}", info.heads, info.kv_heads, info.head_dim) +
         line("vocabulary", "{} tokens; output {} the embeddings", info.vocab_size,
              info.tied_output ? "shares" : "apart from") +
         line("context", "{} positions", info.context_length) +
         line("chat template", "{}", yes_no(info.has_chat_template)) +
         line("think tokens", "{}", yes_no(info.has_think_tokens));
}

std::string memory_text(const Inspection& found) {
  const auto bytes = [](uint64_t count) { return format_bytes(static_cast<double>(count)); };
  const MemoryEstimate& memory = found.memory;
  return fmt::format("\nMemory at a context of {}\n", found.context) +
         line("weights", "{}", bytes(memory.weights)) +
         line("in the file", "{} of embeddings, read row by row", bytes(memory.in_file)) +
         line("cache", "{} ({} per token)", bytes(memory.kv_cache), bytes(found.cache_bytes_per_token)) +
         line("scratch", "{}", bytes(memory.scratch)) + line("total", "{}", bytes(memory.total)) +
         line("available", "{}: {}", bytes(memory.available),
              memory.total <= memory.available ? "fits" : "does not fit");
}

std::string machine_text(const Inspection& found) {
  std::string sets;
  for (const InstructionSet& set : found.instruction_sets) {
    if (set.supported) sets += (sets.empty() ? "" : ", ") + set.name;
  }
  return "\nWhat would run it\n" + line("processor", "{}", found.system.processor) +
         line("kernel set", "{} (of {})", selected_isa(found), sets) + line("threads", "{}", found.threads);
}

std::string types_text(const ModelDescription& description) {
  std::map<std::string, std::pair<uint64_t, uint64_t>> types;  // count, bytes
  for (const TensorInfo& tensor : description.tensors) {
    ++types[tensor.type].first;
    types[tensor.type].second += tensor.bytes;
  }
  std::string text = "\nTensors by type\n";
  for (const auto& [type, sums] : types) {
    text += line(type.c_str(), "{} tensors, {}", sums.first, format_bytes(static_cast<double>(sums.second)));
  }
  return text;
}

std::string metadata_text(const ModelDescription& description) {
  constexpr int kColumns = 120;
  std::string text = "\nMetadata\n";
  for (const auto& [key, value] : description.metadata) {
    const std::string whole = fmt::format("{} = {}", key, value);
    const std::string shown = cut_to_columns(whole, kColumns);
    text += fmt::format("  {}{}\n", shown, shown.size() < whole.size() ? "..." : "");
  }
  return text;
}

std::string tensors_text(const ModelDescription& description) {
  std::string text = "\nTensors\n";
  for (const TensorInfo& tensor : description.tensors) {
    text += fmt::format("  {:<32} {:<8} {:<20} {}\n", tensor.name, tensor.type,
                        fmt::format("{}", fmt::join(tensor.shape, " x ")),
                        format_bytes(static_cast<double>(tensor.bytes)));
  }
  return text;
}

}  // namespace

int inspect(const InspectOptions& options) {
  const Inspection found = gather(options);
  if (options.json) {
    standard_output().write(json_report(found));
    return 0;
  }
  std::string text = info_text(found.description.info) + memory_text(found) + machine_text(found) +
                     types_text(found.description) + metadata_text(found.description);
  if (options.tensors) text += tensors_text(found.description);
  // Names and values come from the file.
  standard_output().write_foreign(text);
  return 0;
}

}  // namespace reckon::cli
