/* reckon.h is C99, on its own, with all warnings; the sizes that C sees, for a comparison with those of C++.
 */
#include <reckon/reckon.h>

size_t c_sizes[] = {
    sizeof(reckon_load_options),   sizeof(reckon_reader),          sizeof(reckon_model_info),
    sizeof(reckon_message),        sizeof(reckon_session_options), sizeof(reckon_prompt),
    sizeof(reckon_phase_sampling), sizeof(reckon_logit_bias),      sizeof(reckon_generate_options),
    sizeof(reckon_event),          sizeof(reckon_result)};
