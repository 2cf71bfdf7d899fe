#include "model/architecture.hpp"

namespace reckon::model {

const Architecture* find_architecture(std::string_view name) {
  for (const Architecture* a : {&kQwen2, &kLlama, &kQwen3}) {
    if (name == a->name) return a;
  }
  return nullptr;
}

std::string_view architecture_names() { return "qwen2, llama, qwen3"; }

}  // namespace reckon::model
