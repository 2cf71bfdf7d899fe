// A step of one turn or of many: their rows in one batch.
#pragma once

#include <functional>
#include <span>

#include "run/turn.hpp"

namespace reckon::run {

// Advances every turn that is running: those that decode by a token or more, those in their prompt by at
// most `prompt_rows` rows together (in the order given; some may have to wait). Throws what Engine::forward
// and the callbacks for the prompt throw: then no turn has advanced. Nor has any if `stop`, asked before each
// of the model's layers, said true, or if all of them were cancelled meanwhile; the next step ends those.
void step(Engine& engine, std::span<Turn* const> turns, size_t prompt_rows,
          const std::function<bool()>& stop = {});

}  // namespace reckon::run
