"""The conversations of template_conversations.json."""

import itertools

WEATHER = {"type": "function", "function": {
    "name": "get_weather", "description": "Current weather of a city.\nIn degrees \"Celsius\" <or> not.",
    "parameters": {"type": "object", "properties": {
        "city": {"type": "string", "description": "Name, e.g. Köln"},
        "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
        "days": {"type": "array", "items": {"type": "object", "properties": {"date": {"type": "string"}}, "required": ["date"]}}},
        "required": ["city"]}, "return": {"type": "number"}}}
ADD = {"type": "function", "function": {"name": "add", "parameters": {
    "type": "object", "properties": {"a": {"type": "integer", "maximum": 18446744073709551615}, "b": {"type": "number", "default": 0.5}}, "required": ["a", "b"]}}}


def message(role, content, **more):
    return {"role": role, "content": content, **more}


def call(name, arguments, identifier="abcdefghi"):
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


SYSTEM = message("system", " Be brief. ")
USER = message("user", "What is 2+2?")
THOUGHT = message("assistant", "<think>\nTwo and two.\n</think>\n\nIt is 4.")
WITH_CALL = message("assistant", "", tool_calls=[call("get_weather", {"city": "Köln", "days": [1, 2.5, None, True]})])

MESSAGES = {
    "one question": [USER],
    "system and question": [SYSTEM, USER],
    "two turns": [USER, message("assistant", "4"), message("user", "And 3+3?")],
    "thinking in history": [SYSTEM, USER, THOUGHT, message("user", "Sure?")],
    "ends with an answer": [USER, THOUGHT],
    "reasoning apart": [USER, message("assistant", "4", reasoning_content="\nadd them\n"), message("user", "ok"), message("assistant", "fine", reasoning_content="polite")],
    "unicode": [message("user", "Grüße 👋🏽 \u200b<b>&'\"\\ \t\n\n  ende  "), message("assistant", "こんにちは\n"), message("user", "<think>?</think>")],
    "tool call": [USER, WITH_CALL, message("tool", "{\"t\": 21.5}"), message("user", "Thanks")],
    "tool call and answer": [SYSTEM, USER, WITH_CALL, message("tool", "21.5"), message("assistant", "It is 21.5 degrees.")],
    "two calls": [USER, message("assistant", "Let me see.", tool_calls=[call("add", {"a": 1, "b": 2}), call("add", "{\"a\": 3}", "short")]), message("tool", "3"), message("tool", "3")],
    "ends with a tool's answer": [USER, WITH_CALL, message("tool", "sunny")],
    "no content": [USER, message("assistant", None), message("user", "Hm?")],
    "roles out of order": [USER, USER],
    "assistant first": [message("assistant", "Hello"), USER],
    "content in parts": [message("user", [{"type": "text", "text": " Look: "}, {"type": "image"}, {"type": "text", "text": "what is it?"}])],
    "unknown role": [message("critic", "no"), USER],
    "two system messages": [SYSTEM, message("system", "Second."), USER],
    "empty": [],
}


def conversations():
    for (name, messages), tools, prompt in itertools.product(MESSAGES.items(), (None, [WEATHER, ADD]), (False, True)):
        variables = {"messages": messages, "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": prompt}
        if tools:
            variables["tools"] = tools
        yield f"{name}, tools {bool(tools)}, prompt {prompt}", variables
    base = {"messages": MESSAGES["thinking in history"], "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": True}
    for more in ({"enable_thinking": False}, {"enable_thinking": True}, {"date_string": "1 Jan 2020"}, {"tools": [ADD], "tools_in_user_message": False},
                 {"custom_tools": [WEATHER]}, {"tools": []}):
        yield f"options {sorted(more)} {more.get('enable_thinking', '')}", {**base, **more}
