// The model that is part of the library: RECKON_EMBEDDED_MODEL is its path, set by the build.
    .section .rodata
    .balign 4096
    .globl reckon_embedded_model_begin
    .globl reckon_embedded_model_end
    .hidden reckon_embedded_model_begin
    .hidden reckon_embedded_model_end
reckon_embedded_model_begin:
    .incbin RECKON_EMBEDDED_MODEL
reckon_embedded_model_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
