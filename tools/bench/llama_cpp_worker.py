"""Runs llama.cpp through its Python package, as its users have it. Needs llama_cpp; prints one JSON object.

  python llama_cpp_worker.py '{"do": "speed", "file": ..., "threads": 2, "prompt": 512, "generate": 64,
                               "depths": [0, 4096]}'
  python llama_cpp_worker.py '{"do": "first_token", "file": ..., "threads": 2, "text": "..."}'
  python llama_cpp_worker.py '{"do": "logits", "file": ..., "threads": 2, "sequences": [[1, 2], ...],
                               "out": "logits.npy"}'
  python llama_cpp_worker.py '{"do": "cache_divergence", "file": ..., "threads": 2, "tokens": [1, 2, ...]}'
"""
import json
import sys
import time

import llama_cpp


def token(sequence, position, vocabulary):
    """The token that `reckon bench` takes there: splitmix64 of sequence and position."""
    mask = (1 << 64) - 1
    z = ((sequence << 32) + position + 0x9E3779B97F4A7C15) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return (z ^ (z >> 31)) % vocabulary


def load(job, context, all_logits=False, **more):
    return llama_cpp.Llama(job["file"], n_ctx=context, n_batch=512, n_threads=job["threads"],
                           n_threads_batch=job["threads"], logits_all=all_logits, verbose=False, **more)


def seconds_of(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def back_to(model, position):
    """What follows `position` in the cache is dropped by the next eval."""
    model.n_tokens = position


def rate(model, depth, tokens, work):
    """Tokens per second of the second run; the first one warms up."""
    for _ in range(2):
        back_to(model, depth)
        seconds = seconds_of(work)
    return tokens / seconds


def prefill_rate(model, job):
    tokens = [token(0, i, model.n_vocab()) for i in range(job["prompt"])]
    return rate(model, 0, len(tokens), lambda: model.eval(tokens))


def decode_rate(model, job, depth):
    back_to(model, 0)
    if depth:
        model.eval([token(0, i, model.n_vocab()) for i in range(depth)])
    tokens = [token(0, depth + i, model.n_vocab()) for i in range(job["generate"])]
    return rate(model, depth, len(tokens), lambda: [model.eval([one]) for one in tokens])


def first_token(job):
    """Seconds from loading to the end of the prompt's evaluation, when the first token can be drawn."""
    def start():
        model = load(job, 512)
        model.eval(model.tokenize(job["text"].encode()))

    return {"first_token_s": seconds_of(start)}


def speed(job):
    context = max([job["prompt"], *[depth + job["generate"] for depth in job["depths"]]]) + 8
    model = load(job, context)
    return {"version": llama_cpp.__version__, "system": llama_cpp.llama_print_system_info().decode().strip(" |"),
            "prefill": prefill_rate(model, job),
            "decode": {depth: decode_rate(model, job, depth) for depth in job["depths"]}}


def logits(job):
    import numpy

    model = load(job, max(map(len, job["sequences"])) + 8, all_logits=True)
    rows = []
    for sequence in job["sequences"]:
        back_to(model, 0)
        model.eval(sequence)
        rows.append(numpy.array(model.scores[:len(sequence)], dtype=numpy.float32))
    numpy.save(job["out"], numpy.concatenate(rows))  # (positions of all sequences, vocabulary)
    return {"version": llama_cpp.__version__}


def log_probabilities(job, cache_type):
    """(tokens, vocabulary) with keys and values of this type; the same attention for all types."""
    import numpy

    model = load(job, len(job["tokens"]) + 8, all_logits=True, type_k=cache_type, type_v=cache_type, flash_attn=True)
    model.eval(job["tokens"])
    rows = numpy.array(model.scores[:len(job["tokens"])], dtype=numpy.float64)
    rows -= rows.max(axis=1, keepdims=True)
    return rows - numpy.log(numpy.exp(rows).sum(axis=1, keepdims=True))


def cache_divergence(job):
    """Of the next token's distribution with a q8_0 cache from the one with f16: mean and greatest, in nats."""
    import numpy

    f16, q8 = (log_probabilities(job, kind)[:-1] for kind in (llama_cpp.GGML_TYPE_F16, llama_cpp.GGML_TYPE_Q8_0))
    rows = (numpy.exp(f16) * (f16 - q8)).sum(axis=1)
    return {"mean": rows.mean(), "greatest": rows.max()}


if __name__ == "__main__":
    request = json.loads(sys.argv[1])
    jobs = {"speed": speed, "first_token": first_token, "logits": logits, "cache_divergence": cache_divergence}
    print(json.dumps(jobs[request["do"]](request)))
