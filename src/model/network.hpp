// All that a forward pass reads: shared by every engine of a model, immutable.
#pragma once

#include <memory>

#include "load/model_file.hpp"
#include "model/config.hpp"
#include "model/rope.hpp"
#include "model/weights.hpp"
#include "support/fair_mutex.hpp"
#include "support/thread_pool.hpp"

namespace reckon::model {

struct Network {
  std::shared_ptr<const load::ModelFile> file;
  Config config;
  const kernels::KernelTable* kernels = nullptr;
  std::unique_ptr<support::ThreadPool> pool;
  std::unique_ptr<const Weights> weights;
  RopeTable rope;
  // Passes of several engines take turns: each has all of the pool, and none waits for more than a pass of
  // each of the others.
  mutable support::FairMutex turn;
};

}  // namespace reckon::model
