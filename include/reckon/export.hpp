// What the shared library shows to programs that link it; everything else in it is hidden.
#pragma once

#if defined(__GNUC__)
#define RECKON_API __attribute__((visibility("default")))
#define RECKON_LOCAL __attribute__((visibility("hidden")))  // a part of a shown class that is hidden
#else
#define RECKON_API
#define RECKON_LOCAL
#endif
