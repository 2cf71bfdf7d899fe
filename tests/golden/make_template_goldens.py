#!/usr/bin/env python3
"""Makes template_features.json and template_conversations.json: what Python's jinja2, set up as Hugging Face sets it up
for chat templates, renders. Run from anywhere: python3 make_template_goldens.py. Needs jinja2 3.1.6 or later.

template_features.json: small templates, a feature each, with the text or the word "error".
template_conversations.json: templates/*.jinja over many conversations.
"""
import datetime
import json
import pathlib
import sys

import jinja2
import jinja2.ext
import jinja2.sandbox

from template_feature_cases import CASES
from template_conversation_cases import conversations

HERE = pathlib.Path(__file__).parent
ERROR = '"error": true'
NOW = datetime.datetime(2025, 3, 7, 9, 5, 3, 42)


class Generation(jinja2.ext.Extension):
    """{% generation %}: puts out its body, which is a scope of its own."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


class SafeNamespace(jinja2.utils.Namespace):
    """Refuses names that begin with an underscore."""

    def __init__(*args, **kwargs):
        self, args = args[0], args[1:]
        names = dict(*args, **kwargs)
        for name in names:
            SafeNamespace.check(name)
        jinja2.utils.Namespace.__init__(self, names)

    def __setitem__(self, name, value):
        SafeNamespace.check(name)
        jinja2.utils.Namespace.__setitem__(self, name, value)

    @staticmethod
    def check(name):
        if isinstance(name, str) and name.startswith("_"):
            raise jinja2.exceptions.SecurityError(name)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals.update(raise_exception=raise_exception, strftime_now=NOW.strftime, namespace=SafeNamespace,
                       dict=lambda *args, **kwargs: dict(*args, **kwargs))
    return env


def render(env, source, variables):
    """The text, or None for any error."""
    try:
        return env.from_string(source).render(
            **{"tools": None, "documents": None, "add_generation_prompt": False, **variables})
    except Exception:
        return None


def write(name, cases):
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (HERE / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{name}: {len(cases)} cases, {lines.count(ERROR)} errors")


def result(text):
    return {"error": True} if text is None else {"output": text}


def main():
    env = environment()
    features = []
    for name, source, variables, expects_error in CASES:
        text = render(env, source, variables)
        if (text is None) != expects_error:
            sys.exit(f"{name}: {source!r} gives {text!r}")
        features.append({"name": name, "template": source, "variables": variables, **result(text)})
    assert len({case["name"] for case in features}) == len(features)
    write("template_features.json", features)

    templates = {path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / "templates").glob("*.jinja"))}
    rendered = [{"name": name, "variables": variables,
                 "results": {file: result(render(env, source, variables)) for file, source in templates.items()}}
                for name, variables in conversations()]
    write("template_conversations.json", rendered)


if __name__ == "__main__":
    main()
