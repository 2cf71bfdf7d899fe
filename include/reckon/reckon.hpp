// Everything of the C++ API.
#pragma once

#include <reckon/answer.hpp>
#include <reckon/answer_form.hpp>
#include <reckon/batch.hpp>
#include <reckon/chat_template.hpp>
#include <reckon/engine.hpp>
#include <reckon/error.hpp>
#include <reckon/event.hpp>
#include <reckon/generation.hpp>
#include <reckon/log.hpp>
#include <reckon/model.hpp>
#include <reckon/sampling.hpp>
#include <reckon/saved_session.hpp>
#include <reckon/session.hpp>
#include <reckon/system.hpp>
#include <reckon/thinking.hpp>
#include <reckon/tokenizer.hpp>
#include <reckon/vote.hpp>
