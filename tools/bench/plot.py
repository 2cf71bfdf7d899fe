"""The report's plot as SVG: a row of three panels per model file. It follows the reader's light or dark mode."""
import html
import math

PANELS = (
    ("prefill", "Prefill", "tokens of the prompt", "log"),
    ("decode", "Decode", "tokens of context", "linear"),
    ("parallel", "Decode, sequences together", "sequences at once", "log"),
)
WIDTH, PANEL_WIDTH, PANEL_HEIGHT = 1080, 270, 220
LEFT, GAP, TOP, ROW = 62, 78, 84, 330
# Plain rules without variables, for the many programs that show SVG and are no browsers.
STYLE = """
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
text.small { font-size: 11px; }
text.share { font-size: 10px; paint-order: stroke; stroke-width: 3px; stroke-linejoin: round; }
text.title { font-size: 14px; font-weight: 600; }
text.panel { font-weight: 600; }
.grid, .axis { stroke-width: 1; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.limit { fill: none; stroke-width: 1.3; stroke-dasharray: 4 4; opacity: 0.75; }
"""
LIGHT = {"paper": "#ffffff", "ink": "#1f2328", "soft": "#59636e", "faint": "#d8dee4",
         "sets": ("#0969da", "#bc4c00", "#1a7f37", "#8250df")}
DARK = {"paper": "#0d1117", "ink": "#e6edf3", "soft": "#9198a1", "faint": "#30363d",
        "sets": ("#58a6ff", "#f0883e", "#3fb950", "#bc8cff")}


def colours(mode):
    """The rules that differ between light and dark."""
    soft = mode["soft"]
    rules = [f"rect.paper {{ fill: {mode['paper']}; }} text {{ fill: {mode['ink']}; }} "
             f"text.share {{ stroke: {mode['paper']}; }}",
             f"text.small {{ fill: {soft}; }} .grid {{ stroke: {mode['faint']}; }} .axis {{ stroke: {soft}; }}"]
    rules += [f"path.set{i}, line.set{i} {{ stroke: {colour}; }} circle.set{i}, text.set{i} {{ fill: {colour}; }}"
              for i, colour in enumerate(mode["sets"])]
    return "\n".join(rules)


def style():
    return f"<style>{STYLE}{colours(LIGHT)}\n@media (prefers-color-scheme: dark) {{\n{colours(DARK)}\n}}\n</style>"


def tick_step(most, count=5):
    """A round step that divides 0..most into at most `count` parts."""
    rough = most / count
    power = 10 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)


def colour(index):
    """The class of the index-th kernel set."""
    return f"set{index % len(LIGHT['sets'])}"


def short(number):
    """1024 as 1K, 2.5 as 2.5"""
    if number >= 1024 and number % 1024 == 0:
        return f"{number // 1024:g}K"
    return f"{number:,g}"


def text(kind, x, y, words, anchor="middle"):
    return f'<text class="{kind}" text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}">{words}</text>'


def line(kind, x1, x2, y1, y2):
    return f'<line class="{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


class Panel:
    """Maps values to places and draws one panel."""

    def __init__(self, left, top, scale, curves):
        self.left, self.top, self.scale, self.curves = left, top, scale, curves
        xs = sorted({point["x"] for points in curves.values() for point in points})
        self.xs = xs
        self.low, self.high = self._place(xs[0]), self._place(xs[-1])
        best = max(point["tok_s"]["mean"] for points in curves.values() for point in points)
        limits = [self.limit(point) for points in curves.values() for point in points]
        # The limits are in view as far as they leave the curves half of the height.
        self.most = min(max(limits), 2 * best) * 1.08

    @staticmethod
    def limit(point):
        """tok/s at the whole of the limit that the point is held against"""
        return point["tok_s"]["mean"] / max(point["limit"]["share"], 1e-6)

    def _place(self, x):
        return math.log2(x) if self.scale == "log" else x

    def x(self, value):
        if self.high == self.low:
            return self.left + PANEL_WIDTH / 2
        return self.left + 14 + (PANEL_WIDTH - 28) * (self._place(value) - self.low) / (self.high - self.low)

    def y(self, value):
        return self.top + PANEL_HEIGHT * (1 - value / self.most)

    def frame(self, title, label):
        right, bottom = self.left + PANEL_WIDTH, self.top + PANEL_HEIGHT
        parts = [text("panel", self.left, self.top - 12, title, "start")]
        step = tick_step(self.most)
        for i in range(int(self.most / step) + 1):
            y = self.y(i * step)
            parts.append(line("grid", self.left, right, y, y))
            parts.append(text("small", self.left - 6, y + 4, f"{i * step:,g}", "end"))
        parts.append(line("axis", self.left, right, bottom, bottom))
        last = -math.inf
        for value in self.xs:
            x = self.x(value)
            parts.append(line("axis", x, x, bottom, bottom + 4))
            if x - last >= 26:  # no label over another
                parts.append(text("small", x, bottom + 17, short(value)))
                last = x
        parts.append(text("small", self.left + PANEL_WIDTH / 2, bottom + 34, label))
        x, y = self.left - 46, self.top + PANEL_HEIGHT / 2
        parts.append(f'<g transform="rotate(-90 {x} {y})">{text("small", x, y, "tokens per second")}</g>')
        return parts

    def curve(self, points, set_class):
        at = [(self.x(p["x"]), self.y(p["tok_s"]["mean"]), p) for p in points]
        parts = [self._path(((x, y) for x, y, _ in at), "line", set_class)]
        for x, y, point in at:
            hint = (f'{short(point["x"])}: {point["tok_s"]["mean"]:.1f} tok/s, '
                    f'{100 * point["limit"]["share"]:.0f} % of {point["limit"]["kind"]}')
            parts.append(f'<circle class="{set_class}" cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{hint}</title></circle>')
        return parts

    def limits(self, points, set_class, clip):
        """The dashed limit of a curve, cut off at the panel's top, and each point's share of it."""
        at = [(self.x(p["x"]), self.y(self.limit(p))) for p in points]
        parts = [f'<g clip-path="url(#{clip})">{self._path(at, "limit", set_class)}</g>']
        last = -math.inf
        for point in points:
            x, y = self.x(point["x"]), self.y(point["tok_s"]["mean"])
            if x - last < 30:
                continue
            last = x
            share = f'{100 * point["limit"]["share"]:.0f} %'
            parts.append(text(f"share {set_class}", x, y - 7, share))
        return parts

    @staticmethod
    def _path(at, kind, set_class):
        steps = " ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(at))
        return f'<path class="{kind} {set_class}" d="{steps}"/>'


def legend(sets, y):
    parts, x = [], LEFT
    for i, isa in enumerate(sets):
        parts.append(f'<line class="line {colour(i)}" x1="{x}" x2="{x + 22}" y1="{y - 4}" y2="{y - 4}"/>')
        parts.append(f'<text x="{x + 28}" y="{y}">{html.escape(isa)}</text>')
        x += 44 + 8 * len(isa)
    parts.append(f'<line class="limit {colour(0)}" x1="{x}" x2="{x + 22}" y1="{y - 4}" y2="{y - 4}"/>')
    what = f"limit of {html.escape(sets[0])}, measured: read bandwidth or int8 peak; %: share of it"
    parts.append(text("small", x + 28, y, what, "start"))
    return parts


def model_row(result, sets, top, index):
    size = f'{result["bytes"] / 1e9:.1f} GB'
    parts = [f'<text class="title" x="{LEFT}" y="{top - 44}">{html.escape(result["file"])}, {size}</text>']
    for column, (key, title, label, scale) in enumerate(PANELS):
        curves = {isa: result["curves"][key][isa] for isa in sets if result["curves"][key].get(isa)}
        panel = Panel(LEFT + column * (PANEL_WIDTH + GAP), top, scale, curves)
        clip = f"clip{index}{column}"
        parts.append(f'<clipPath id="{clip}"><rect x="{panel.left}" y="{top}" width="{PANEL_WIDTH}" '
                     f'height="{PANEL_HEIGHT}"/></clipPath>')
        parts += panel.frame(title, label)
        for isa in reversed(sets):  # the best one on top
            if isa in curves:
                parts += panel.curve(curves[isa], colour(sets.index(isa)))
        if sets[0] in curves:
            parts += panel.limits(curves[sets[0]], colour(0), clip)
    return parts


def svg(results, sets):
    """results: what measure_model returns, one per file; sets: names of the kernel sets, best first."""
    height = 40 + ROW * len(results) + 30
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
             f'height="{height}" role="img" '
             f'aria-label="Tokens per second by prompt length, context and parallel sequences">',
             style(), f'<rect class="paper" width="{WIDTH}" height="{height}"/>']
    parts += legend(sets, 26)
    for i, result in enumerate(results):
        parts += model_row(result, sets, TOP + 30 + i * ROW, i)
    return "\n".join(parts + ["</svg>"]) + "\n"
