"""The report as Markdown."""
import datetime

import compare

TITLES = {"prefill": ("Prefill", "prompt, tokens"), "decode": ("Decode", "context, tokens"),
          "parallel": ("Decode of several sequences, all their tokens together", "sequences")}


def table(head, rows):
    """A Markdown table; all columns but the first are numbers."""
    lines = ["| " + " | ".join(head) + " |", "| :--- |" + " ---: |" * (len(head) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def cell(point):
    if point is None:
        return ""
    kind = {"bandwidth": "b", "compute": "c"}[point["limit"]["kind"]]
    return f'{point["tok_s"]["mean"]:.1f} ({100 * point["limit"]["share"]:.0f} % {kind})'


def machine_section(machine, rooflines):
    lines = ["## The machine", ""] + [f"- **{what}**: {text}" for what, text in machine] + [""]
    lines += ["What it reaches at most, measured in the same run:", ""]
    best = rooflines[0]
    rows = [(f'read, {row["of"]}', row) for row in best["roofline"] if row["limit"] == "read"]
    for roofline in rooflines:
        rows += [(row["of"], row) for row in roofline["roofline"] if row["limit"] == "compute"]
    rows += [(f'packing weights, {row["of"]}', row) for row in best["roofline"] if row["limit"] == "packing"]
    by_name = {}
    for name, row in rows:
        by_name.setdefault((name, row["unit"]), {})[row["threads"]] = row
    threads = sorted({row["threads"] for _, row in rows})
    head = ["limit", *[f"{n} thread{'s' if n > 1 else ''}" for n in threads]]
    body = [[name, *[f'{cells[n]["value"]:,.1f} {unit}' if n in cells else "" for n in threads]]
            for (name, unit), cells in by_name.items()]
    return lines + table(head, body)


def panel_table(result, panel, sets):
    title, unit = TITLES[panel]
    curves = result["curves"][panel]
    xs = sorted({point["x"] for points in curves.values() for point in points})
    at = {isa: {point["x"]: point for point in curves.get(isa, [])} for isa in sets}
    rows = [[f"{x:,}", *[cell(at[isa].get(x)) for isa in sets]] for x in xs]
    return [f"### {title}", ""] + table([unit, *sets], rows)


def same_logits(result):
    """Do all kernel sets give the same hash of logits at every point that several of them measured?"""
    compared = different = 0
    for curves in result["curves"].values():
        hashes = {}
        for points in curves.values():
            for point in points:
                hashes.setdefault(point["x"], []).append(point["logits_hash"])
        compared += sum(len(found) > 1 for found in hashes.values())
        different += sum(len(set(found)) > 1 for found in hashes.values())
    if different:
        return f"**The hash of the logits differs between kernel sets at {different} of {compared} points.**"
    if not compared:
        return "No point was run by several kernel sets, so that no logits are compared."
    return f"The hash of the logits is the same for all kernel sets at all {compared} points that several of them ran."


def model_section(result, sets):
    lines = [f"## {result['file']}, {result['bytes'] / 1e9:.2f} GB", "", same_logits(result), ""]
    for panel in TITLES:
        lines += panel_table(result, panel, sets)
    if result["left_out"]:
        lines += ["Left out, as they would have taken too long: " + "; ".join(result["left_out"]) + ".", ""]
    return lines


def comparison_section(compared):
    lines = ["## Beside llama.cpp", ""]
    for measured in compared:
        lines += [f"### {measured['file']}, {measured['ours'][0]['isa']}", ""]
        failed = compare.failure(measured)
        if failed:
            lines += [f"llama-cpp-python did not get through this file: {failed}", ""]
        else:
            theirs = measured["theirs"][0]
            lines += [f"llama-cpp-python {theirs['version']} ({theirs['system']}) and reckon with "
                      f"{measured['ours'][0]['isa']}.", ""]
        rows = [[what, f"{ours:.2f} {unit}", "" if other is None else f"{other:.2f} {unit}",
                 "" if ratio is None else f"{ratio:.2f}"] for what, unit, ours, other, ratio in compare.rows(measured)]
        lines += table(["", "reckon", "llama.cpp", "times as fast"], rows)
    return lines + ["The same tokens and threads; the engines took turns. Speeds are means, starts the best of as many. "
                    "Start to first token is the wall time of the whole `reckon run`; of llama.cpp it is the time from "
                    "loading to the end of the prompt's evaluation, without the start of Python.", ""]


def commands_section(results, rooflines):
    commands = [roofline["command"] for roofline in rooflines]
    for result in results:
        for curves in result["curves"].values():
            commands += [point["command"] for points in curves.values() for point in points]
    return ["## Commands", "", "```", *dict.fromkeys(commands), "```", ""]


def markdown(machine, rooflines, results, compared, plan):
    sets = [roofline["isa"] for roofline in rooflines]
    today = datetime.date.today().isoformat()
    lines = ["# How fast reckon is", "", f"Written by `tools/bench-report` on {today}"
             + (", in its quick mode: few points, one repetition each." if plan.name == "quick" else "."), "",
             "![Tokens per second by prompt length, context and parallel sequences](report.svg)", "",
             "Tokens per second; in brackets the share of the limit that binds, measured in the same run: **b** of the "
             "read bandwidth over as many bytes as a step reads, **c** of the kernel set's int8 peak in registers "
             "(attention's own arithmetic is not counted as useful). Sequences together share a prompt of "
             f"{plan.shared} tokens. How exact the results are is in [accuracy.md](accuracy.md).", ""]
    lines += machine_section(machine, rooflines)
    for result in results:
        lines += model_section(result, sets)
    if compared:
        lines += comparison_section(compared)
    return "\n".join(lines + commands_section(results, rooflines))
