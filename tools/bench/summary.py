"""The README's part of the report: the machine in a sentence, and a table of few rows."""
import textwrap

import compare
import report

BEGIN, END = "<!-- written by tools/bench-report --readme -->", "<!-- end of what tools/bench-report writes -->"


def _points(result, panel):
    return {x for points in result["curves"][panel].values() for x in (point["x"] for point in points)}


def _chosen(result, plan):
    """[(label, panel, x)]: where people look first, and the far end of each curve."""
    prompts, depths, parallel = (_points(result, panel) for panel in ("prefill", "decode", "parallel"))
    rows = [(f"prompt of {x:,} tokens", "prefill", x) for x in sorted({compare.PROMPT, max(prompts)} & prompts)]
    rows += [(f"generation at {x:,} tokens of context", "decode", x)
             for x in sorted({0, plan.compare_depth, max(depths)} & depths)]
    return rows + [(f"{max(parallel)} sequences together", "parallel", max(parallel))]


def _theirs(measured, panel, x):
    """What llama.cpp reached at a point, and reckon in turns with it."""
    names = {"prefill": f"prefill of {x} tokens", "decode": f"decode at {x:,} tokens of context"}
    for what, _, ours, theirs, ratio in compare.rows(measured) if measured else []:
        if what == names.get(panel) and theirs is not None:
            return f"{theirs:.1f} to {ours:.1f}: {ratio:.2f} times"
    return ""


def _start_and_memory(result, sets, measured):
    """Rows of other units, of the best kernel set."""
    empty = [""] * (len(sets) - 1)
    point = next((p for p in result["curves"]["prefill"][sets[0]] if p["x"] == compare.PROMPT), None)
    rows = []
    if measured:
        what, _, ours, theirs, ratio = compare.rows(measured)[0]
        other = "" if theirs is None else f"{theirs:.2f} to {ours:.2f} s: {ratio:.2f} times"
        rows.append([what, f"{ours:.2f} s", *empty, other])
    if point:
        rows.append([f"peak memory, prompt of {compare.PROMPT} tokens", f"{point['peak_rss'] / 1e9:.2f} GB", *empty,
                     *([""] if measured else [])])
    return rows


def _table(results, sets, compared, plan):
    by_file = {measured["file"]: measured for measured in reversed(compared or [])}  # the first of each
    rows, width = [], 1 + len(sets) + bool(compared)
    for result in results:
        rows.append([f"**{result['file']}**, {result['bytes'] / 1e9:.1f} GB"] + [""] * (len(sets) + bool(compared)))
        for label, panel, x in _chosen(result, plan):
            at = {isa: {point["x"]: point for point in result["curves"][panel].get(isa, [])} for isa in sets}
            row = [label, *[report.cell(at[isa].get(x)) for isa in sets]]
            rows.append(row + ([_theirs(by_file.get(result["file"]), panel, x)] if compared else []))
        rows += [row + [""] * (width - len(row))
                 for row in _start_and_memory(result, sets, by_file.get(result["file"]))]
    return report.table(["tok/s (share of the limit)", *sets, *(["llama.cpp to reckon, in turns"] if compared else [])], rows)


def _reached(roofline, limit, of):
    rows = [row for row in roofline["roofline"] if row["limit"] == limit and row["of"].startswith(of)]
    return max(rows, key=lambda row: row["threads"])["value"]


def lines(machine, rooflines, results, compared, plan):
    about, best = dict(machine), rooflines[0]
    kind = " (a quick run: one repetition each)" if plan.name == "quick" else ""
    read, peak = _reached(best, "read", "memory"), _reached(best, "compute", best["isa"])
    text = (f"{about['processor']}, {about['threads']}, {about['memory']}{kind}. It reads {read:.0f} GB/s from memory "
            f"and computes {peak:,.0f} GOP/s (int8, {best['isa']}); "
            "**b** is a share of the read bandwidth, **c** of the int8 peak, measured in the same run.")
    return [BEGIN, "![Tokens per second by prompt length, context and parallel sequences](tools/bench/report.svg)", "",
            *textwrap.wrap(text, 120), "", *_table(results, [r["isa"] for r in rooflines], compared, plan)[:-1], END]


def update(readme, new_lines):
    """Puts the lines in place of what is between the marks."""
    old = readme.read_text()
    head, begin, rest = old.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{readme} lacks the marks that say where the report's part is")
    readme.write_text(head + "\n".join(new_lines) + tail)
