/* reckon.h is C99, on its own, with all warnings; the sizes that C sees, for a comparison with those of C++.
 */
#include <reckon/reckon.h>

size_t c_sizes[] = {
#include "structure_sizes.inc"
};
