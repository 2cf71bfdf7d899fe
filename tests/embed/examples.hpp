// What the examples of the C++ headers speak of.
#include <reckon/reckon.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>
#include <thread>

namespace reckon {

extern Model model;
extern Session session;
extern Batch batch;
extern RequestId id;
extern const std::vector<Message> messages;
extern GenerateOptions options;

}  // namespace reckon
