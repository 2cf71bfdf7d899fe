"""Writes format_goldens.json: what the gguf package decodes random blocks of every weight type to.

    python3 tests/golden/make_format_goldens.py      (needs numpy and gguf)

Per type: the bytes of one block (of 8 weights for the unblocked types) and its values as f32 bits, both in
hex, and an FNV-1a hash over the f32 bits of 256 more blocks whose bytes test_formats.cpp makes by itself.
"""

import json
import pathlib

import gguf
import numpy as np

# Where a block keeps its f16 scales.
SCALES = {
    "Q8_0": [0], "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q2_K": [80, 82], "Q3_K": [108],
    "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0],
}
PLAIN = {"F32": 4, "F16": 2, "BF16": 2}
BLOCKS = 256


def pseudo_random_bytes(n):
    """The high bytes of a 64-bit linear congruential generator, as in test_formats.cpp."""
    state, out = 1, bytearray()
    for _ in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        out.append(state >> 56)
    return np.frombuffer(bytes(out), dtype=np.uint8).copy()


def blocks_of(name, n_blocks):
    """Blocks with random bytes; the exponent of every scale (or unblocked weight) lacks its top bit."""
    if name in PLAIN:
        size, weights = PLAIN[name], 8
        raw = pseudo_random_bytes(n_blocks * weights * size).reshape(-1, size)
        raw[:, size - 1] &= 0xBF
        return raw.reshape(n_blocks, -1)
    block_bytes = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType[name]][1]
    raw = pseudo_random_bytes(n_blocks * block_bytes).reshape(n_blocks, block_bytes)
    for offset in SCALES[name]:
        raw[:, offset + 1] &= 0xBF
    return raw


def decode(name, raw):
    return gguf.dequantize(np.ascontiguousarray(raw), gguf.GGMLQuantizationType[name]).astype(np.float32)


def fnv1a(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


def main():
    out = {}
    for name in [*PLAIN, *SCALES]:
        raw = blocks_of(name, BLOCKS + 1)
        values = np.stack([decode(name, raw[i]).reshape(-1) for i in range(len(raw))])
        assert np.isfinite(values).all(), name
        out[name] = {
            "block": raw[0].tobytes().hex(),
            "values": values[0].astype(">f4").tobytes().hex(),
            "hash": f"{fnv1a(values[1:].astype('<f4').tobytes()):016x}",
        }
    path = pathlib.Path(__file__).with_name("format_goldens.json")
    path.write_text(json.dumps(out, indent=1) + "\n")


main()
