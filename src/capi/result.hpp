// Generations as C structures.
#pragma once

#include <reckon/reckon.h>
#include <reckon/event.hpp>
#include <reckon/generation.hpp>

namespace reckon::capi {

// For reckon_result_free(). Throws std::bad_alloc.
reckon_result* new_result(Generation generation);

// `text` is the event's, with a NUL behind it; it lives as long as what is returned is used.
reckon_event event_of(const Event& event, const std::string& text) noexcept;

}  // namespace reckon::capi
