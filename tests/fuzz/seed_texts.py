"""Seeds that are text. Fields end with a zero byte, as the targets say."""

TEMPLATES = [
    "{% for m in messages %}{% if m.role == 'user' %}<u>{{ m.content | trim }}{% else %}"
    "{% set c = m['content'].split('</think>')[-1] %}{{ c }}{{ eos_token }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<think>\n{% endif %}\0What?\0<think>a</think>b\0",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(9) }}"
    "{% set ns = namespace(a=1) %}{% for t in tools %}{% set ns.a = ns.a + loop.index %}{{ t | tojson(indent=2) }}"
    "{% endfor %}{{ ns.a }}{{ strftime_now('%d %b %Y %H:%M:%S %j') }}\0x\0",
    "{{ '%05.2f|%-8s|%x' % (3.14159, 'ab', 255) }}{{ '{:>10}|{!r}|{0[a]}'.format('x') }}{{ raise_exception('no') }}\0",
    "{{ messages | map(attribute='content') | join(',') | upper | replace('A', 'b') }}{{ range(3, 9, 2) | list }}\0a\0",
]

VOCABULARIES = [
    "Pqwen2\nNin\nNth\nNthe\nC<bos>\nC<eos>\nU<think>\nMi n\nMt h\nMth e\nB259\nE260\nA\nW\nthe inn <think>\n 12 it's",
    "Pllama-bpe\nNab\nNabc\nNbc\nMb c\nMa b\nMa bc\nD<a>\nD<aa>\nX\nY<0x41>\nT256\nF257\nW\nabcabc<aa>a",
    "Pgpt-2\nNaa\nNaaaa\nMa a\nMaa aa\nK\nE5\nW\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "Pdeepseek-r1-qwen\nO65\nW\nA",
    "NĠt\nMĠ t\nDxy\nMx y\nNĠĠ\nMĠ Ġ\nW\n   the  xy\r\n\r\n  ",
]

TEXTS = [
    "What is 123 + 456?\n<think>\n3+6=9: 9, left 12+45.\n</think>\n\n123 + 456 = \\boxed{579}",
    "It's I'LL we've 'd  \t\n\r\n\r\n   x\u00a0\u3000 1234567 \u0663\u096b",
    "\u4f60\u597d \u0928\u092e\u0938\u094d\u0924\u0947 e\u0301 \U0001f600\U0001f469\u200d\U0001f4bb \u0130\u017f\u212a",
    b"\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82 \xf0\x9f\x98\0a",
]

THINK = [
    b"\x00<think>\nadd\x01 it\n</th\x01ink>\n\nfive",
    b"\x08\nadd\n</think>\n\n5 <think>",
    b"\x03\x02\nso\x03\n\nfive</think>\x02more",
    b"\x0b\n\nso \xe2\x82\x01\xac\x03\n\xf0\x9f",
    b"\x05 \n [[a[[/b\x02[[/",
    b"\x02<think>a\x03\n<thi\x01nk>b",
]

GBNF = [
    'root ::= "yes" | "no" ws\nws ::= [ \\t\\n]*\0\x01\x02\x03',
    'root ::= item ("," item){2,3}\nitem ::= [a-zA-Z_] [^"\\\\\\x00-\\x1f\\u00e9]* # c\n\0\x05\x07\x09\x0b\x0d',
    'root ::= ( "a" | root2 )+\nroot2 ::= "(" root ")" | "\\n" . ?\0\x01\x01\x02\x03\x05',
    'root::=a\na::="x"b?\nb::="\\u4f60"{0,2}|[0-9]{3}\0ab',
]

REGEX = [
    r"(a|bc)*d{2,4}[^x-z\s]+\.(?:\d|\w)?" + "\0\x01\x02\x03\x04\x05",
    r"^[A-F0-9]{8}(-[A-F0-9]{4}){3}$" + "\0\x01\x09\x05",
    r"\p{L}+\P{N}*?[\p{Lu}\-\]]\u{1F600}\x41\cA" + "\0\x21\x32\x43",
    "(?<name>\u4f60|[\u00e9-\u00ff])+?.*" + "\0abc",
]

SCHEMAS = [
    '{"type":"object","properties":{"a":{"type":"integer","minimum":-5,"maximum":120},"b":{"enum":["x",1,null,[true]]}},'
    '"required":["a"],"additionalProperties":false}\0\x01\x05\x02\x07\x03\x09',
    '{"$ref":"#/$defs/n","$defs":{"n":{"anyOf":[{"type":"null"},{"type":"object","properties":{"l":{"$ref":"#/$defs/n"}},'
    '"required":["l"]}]}}}\0\x02\x04\x08\x01',
    '{"type":"array","items":{"type":"number","exclusiveMinimum":0.5,"maximum":9.75},"minItems":1,"maxItems":3,'
    '"uniqueItems":false}\0\x01\x02\x03',
    '{"type":["string","boolean"],"minLength":2,"maxLength":5,"pattern":"^[a-c]+\\\\d$"}\0\x05\x03\x02',
    '{"allOf":[{"type":"object","properties":{"k":{"const":"v"}}},{"required":["k"],"minProperties":1}],"title":"t"}\0\x01',
    '{"oneOf":[{"type":"string","format":"date-time"},{"type":"object","patternProperties":{"^x":{"type":"null"}},'
    '"propertyNames":{"maxLength":3}}],"prefixItems":[{}]}\0\x01\x02',
    '{"type":"object","additionalProperties":{"type":"boolean"},"maxProperties":2}\0\x03\x04\x05',
    'true\0\x09\x08\x07\x06\x05',
]

ANSWERS = [
    "So 1/2 + 0.25 = \\boxed{\\frac{3}{4}}.\0STOP\0\n\n\0",
    "**Answer:** x = 1,000.50 cm\x01 and (B)\0an\0and\0nd (\0",
    "The answer is $[0, \\sqrt{2})$ or \\{1, 2\\} or 50\\% or 3\\times 10^5 or \\text{no}\0",
    "### Final\n\\fbox{12^\\circ}\n-\\dfrac12 \u2212 1\u00d72 .5e3 0x1F 1_000\0a\0ab\0abc\0bc\0",
]

SCREENS = [
    b"\xa8# Title *one*\n\n- a\n  - **b** `c`\n1. x\n\n> q\n\n```c\nint\x01 x;\n```\n\n| a | b |\n|---|:-:|\n| 1 | 2 |\n\n---\nend",
    b"\x94$\\frac{1}{2} + x^2 \\le \\sqrt{y}$ and \\(\\alpha_{10}\\) \\boxed{15}\n$$\n\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}\n$$\n",
    b"\x05~~s~~ __u__ \\* [t](http://x) ![i](y) a\x1b[31m\x07\xff\xe2\x82 *a **b* c** \xe4\xbd\xa0\xe5\xa5\xbd\r\n\ttab",
    b"\x3f\\[ \\left( \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix} \\right) \\text{so } \\mathbb{R} \\]\n",
]

OPTIONS = [
    "run\0-m\0x.gguf\0--temp\x000.7\0--top-p=0.9\0-k5\0-n\x00100\0What?\0-\0",
    "run\0--stop\0a\0--stop\0b\0--logit-bias\x005=-inf\0--seed\x001\0--json\0--think-budget\x0040\0--regex\0[0-9]+\0Hi\0\0",
    "vote\0-k\x0016\0--parallel\x004\0--no-early-stop\0--think-temp\x001e-3\0--raw\0--\0-x\0\0",
    "chat\0--fold\0--session\0n\0--system\0Be brief.\0--no-render\0--speculate\0off\0\0",
    "bench\0-p\x00128,512\0-d\x000,4096\0-o\0json\0--roofline\0-r\x003\0\0",
    "batch\0in.jsonl\0out.jsonl\0--samples\x002\0--restart\0--cache\0q8_0\0-t\x004\0\0",
    "run\0--json-schema\0s.json\0--answer-top-k\x0040\0x\0{\"type\":\"integer\"}\0",
    "run\0--grammar\0g\0--help\0root ::= \"a\"\0",
    "score\0--tokens\0[1,2]\0--top\x005\0\0",
    "run\0--top-p\x001e-50\0x\0\0",
    "sessions\0fork\0a\0b\0--json\0\0",
    "eval\0q.jsonl\0--out\0o\0--json\0--hesitation-bias\0-2\0--loop-breaker\0off\0--ctx\x00512\0\0",
]

BATCHES = [
    '{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"system",'
    '"content":"s"},{"role":"user","content":[{"type":"text","text":"hi"}]}],"temperature":0.5,"top_p":0.9,"max_tokens":10,'
    '"seed":1,"stop":["a","b"],"n":2,"logit_bias":{"5":-1.5},"stream":false,"response_format":{"type":"text"}}}\n',
    '{"custom_id":"b","prompt":"2+2?","think_budget":40,"no_think":true,"repeat_penalty":1.1,"stop":"x","seed":null}\n'
    '{"question":"1+1?","answer":2,"category":"sum","id":7}\n{"question":"q","answer":"\\\\frac12"}\n',
    '{"custom_id":"a","response":{"status_code":200},"error":null}\n{"custom_id":null,"response":null,"error":{"line":3}}\n',
    '{"custom_id":"c","messages":[{"role":"user","content":"x","reasoning_content":"y"}],"answer_top_k":5,"speculate":"off",'
    '"budget_message":"\\u00e9","loop_breaker":false,"hesitation_bias":-2e0}\n[1]\n',
]

SEEDS = {"tokenizer": TEXTS, "vocabulary": VOCABULARIES, "think": THINK, "gbnf": GBNF, "regex": REGEX,
         "json_schema": SCHEMAS, "answer": ANSWERS, "screen": SCREENS, "options": OPTIONS, "batch": BATCHES}
