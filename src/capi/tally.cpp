#include "capi/tally.hpp"

#include <memory>

#include "capi/block.hpp"
#include "capi/boundary.hpp"
#include "capi/handles.hpp"

using namespace reckon;
using namespace reckon::capi;

namespace {

reckon_answer_count* copy_ranking(const std::vector<AnswerCount>& ranking) {
  size_t bytes = 0;
  for (const AnswerCount& c : ranking) bytes += text_bytes(c.answer) + text_bytes(c.normalised);
  Block<reckon_answer_count> block(ranking.size(), bytes);
  for (size_t i = 0; i < ranking.size(); i++) {
    block[i] = answer_count(ranking[i]);
    block[i].answer = block.add(ranking[i].answer);
    block[i].normalised = block.add(ranking[i].normalised);
  }
  return block.release();
}

}  // namespace

reckon_status reckon_tally_new(uint32_t samples, reckon_tally** out, reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    auto handle = std::make_unique<reckon_tally>();
    handle->tally = &handle->own.emplace(samples);
    *out = handle.release();
  });
}

void reckon_tally_free(reckon_tally* tally) { delete tally; }

reckon_status reckon_tally_add(reckon_tally* tally, uint32_t sample, const char* answer, size_t length,
                               reckon_error** error) {
  return guard(error, [&] {
    auto& own = require(tally, "tally").own;
    if (!own) fail_argument("tally: that of a vote is not to be changed");
    if (answer == nullptr) return own->add(sample, std::nullopt);
    const auto bytes = require_array(answer, length, "answer");
    own->add(sample, std::string(bytes.begin(), bytes.end()));
  });
}

uint32_t reckon_tally_votes(const reckon_tally* tally) {
  return tally == nullptr ? 0 : tally->tally->votes();
}

uint32_t reckon_tally_remaining(const reckon_tally* tally) {
  return tally == nullptr ? 0 : tally->tally->remaining();
}

int32_t reckon_tally_decided(const reckon_tally* tally) {
  return tally != nullptr && tally->tally->decided();
}

reckon_status reckon_tally_ranking(const reckon_tally* tally, reckon_answer_count** out, size_t* count,
                                   reckon_error** error) {
  return guard(error, [&] {
    require(out, "out");
    require(count, "count");
    const std::vector<AnswerCount> ranking = require(tally, "tally").tally->ranking();
    *out = copy_ranking(ranking);
    *count = ranking.size();
  });
}
