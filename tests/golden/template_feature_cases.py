"""The small templates of template_features.json: (name, template, variables, whether it is an error)."""

CASES = []


def case(name, template, **variables):
    CASES.append((name, template, variables, False))


def error(name, template, **variables):
    CASES.append((name, template, variables, True))


def each(group, expressions, **variables):
    """One case per expression, which is put out."""
    for i, expression in enumerate(expressions):
        case(f"{group} {i}: {expression}", "{{ " + expression + " }}", **variables)


def each_error(group, expressions, **variables):
    for i, expression in enumerate(expressions):
        error(f"{group} {i}: {expression}", "{{ " + expression + " }}", **variables)


# Literals and how they print.
each("literal", [
    "1", "0", "-7", "00", "1_000_000", "0x1f", "0b101", "0o17", "1.0", "1.5e3", "1e16", "1e-5", "123456789.125", "0.1 + 0.2",
    "1e15", "1.0e22", "5e-324", "1.7976931348623157e308", "-0.0", "1e400", "-1e400", "100.0", "1e5", "0.0001", "0.00001",
    "true", "True", "false", "none", "None", "'text'", '"text"', "'a' 'b' \"c\"", r"'tab\there'", r"'nl\nx'", r"'\x41\u00e9\U0001F600'",
    r"'\101\0'|length", r"'back\\slash'", r"'\q'", r"'\é'", r"'it\'s'", "[1, 'a', none, true, 1.5]", "[]", "()", "(1,)", "(1, 2)", "(1)", "{}",
    "{'a': 1, 'b': [1, {'c': (2,)}]}", "{1: 'x', none: 2, true: 3, 1.5: 4}", "{'a': 1, 'a': 2, 'b': 3}", "{'k': 'it\\'s', 'q': '\"'}",
    "['é', '\\u200b', '\\n', '\\x07', '\\U0001F600', 'both \\' and \"']", "[[], {}, ()]", "170141183460469231731687303715884105727",
    "[1,2,]", "{'a': 1,}", "{1: 'a'}[1.0]", "{1: 'a'}[true]",
])

# Arithmetic.
each("arithmetic", [
    "1 + 2 * 3", "(1 + 2) * 3", "7 // 2", "-7 // 2", "7 // -2", "7 % 3", "-7 % 3", "7 % -3", "7 / 2", "6 / 3", "2 ** 10", "2 ** 3 ** 2",
    "-2 ** 2", "2 ** -1", "0 ** 0", "2.0 ** 3", "1 - 2 - 3", "10 / 4 * 2", "7.5 // 2", "-7.5 // 2", "7.5 % 2", "-7.5 % 2", "7.5 % -2", "1 + 1.0",
    "true + 1", "true + true", "-true", "+3", "- -3", "1 + -2", "10 - 2 ** 2", "0.5 + 0.25", "3 * 1.5", "'ab' * 3", "3 * 'ab'", "'ab' * 0", "'ab' * -1",
    "[1, 2] * 2", "(1,) * 2", "2 * [0]", "[1] + [2]", "(1,) + (2, 3)", "'a' + 'b'", "9007199254740993 + 0", "1e308 * 10", "-1 * 0.0", "5 // 0.3", "1e20 // 3",
    "2 ** 100", "10 ** 20 % 7", "-(2 ** 62) * 2",
])
each_error("arithmetic error", [
    "1 / 0", "1 // 0", "1 % 0", "1.0 / 0", "0 ** -1", "'a' + 1", "1 + 'a'", "[1] + (2,)", "'a' * 'b'", "'a' * 1.5", "-'a'", "+[1]", "none + 1", "{} + {}", "'a' - 'b'",
    "[1] * [2]", "2.0 ** 10000", "missing + 1", "1 + missing", "-missing", "missing * 2", "1 // 0.0", "5.5 % 0",
])

# Comparison, logic, membership.
each("comparison", [
    "1 < 2", "2 <= 2", "3 > 4", "1 == 1.0", "true == 1", "1 != 2", "'a' < 'b'", "'a' == 'a'", "'B' < 'a'", "'é' > 'z'", "'' < 'a'", "[1, 2] < [1, 3]", "[1] < [1, 0]",
    "(1, 'a') <= (1, 'b')", "[1] == (1,)", "[1, [2]] == [1, [2]]", "{'a': 1} == {'a': 1.0}", "{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "none == none", "none == false",
    "'1' == 1", "1 < 2 < 3", "1 < 3 < 2", "1 < 2 > 1", "1 == 1 != 2", "3 > 2 == 2", "1 < 2 == true", "missing == missing", "missing == none", "range(3) == range(3)", "range(3) == [0, 1, 2]",
    "9007199254740993 == 9007199254740992.0", "2 ** 70 > 1.5", "nan == nan", "'abc' in 'xabcx'", "'' in ''", "'a' not in 'b'", "1 in [1, 2]", "'1' in [1]", "1 in (2, 1)", "'k' in {'k': 1}",
    "1.0 in [1]", "'v' in {'k': 'v'}", "2 in range(3)", "3 not in range(3)", "missing in [1]", "1 in missing", "[1] in [[1]]", "'a' in {'a': 1}.keys()", "1 in {'a': 1}.values()",
    "('a', 1) in {'a': 1}.items()", "none in [none]", "not true", "not 0", "not ''", "not not 'x'", "not 1 == 2", "1 and 2", "0 and 2", "1 or 2", "0 or ''", "'' or 'x'", "false or none",
    "1 and 0 or 3", "true or missing.x", "not 'a' in 'abc'", "1 if true", "1 if false", "1 if false else 2", "1 if true else missing.x", "'a' if 0 else 'b' if 0 else 'c'", "(1 if true) + 1",
])
each_error("comparison error", [
    "1 < 'a'", "none < 1", "[1] < 1", "{} < {}", "missing < 1", "1 < missing", "1 in 5", "1 in 'abc'", "none in 'abc'", "missing in 'abc'", "[] in {}", "none < none", "(1 if false) + 1", "'a' < none",
    "1 in none", "[1, 'a'] < [1, 2]", "(1,) < [1]",
])

# Concatenation.
each("concat", ["1 ~ 2", "'a' ~ none ~ true", "'a' ~ missing ~ 'b'", "(1 ~ 2) + '3'", "[1] ~ {}", "'a' ~ 1.0", "'x' ~ 2 * 3"])
error("concat plus text", "{{ 1 + 'a' ~ 'b' }}")

# Subscripts, attributes, slices.
each("access", [
    "d.a", "d['a']", "d.b.c[0]", "d['b']['c'][-1]", "d.missing", "d['missing']", "l[0]", "l[-1]", "l[10]", "l.0", "l['x']", "s[0]", "s[-1]", "s[99]", "d.items is callable", "d['items'] is callable",
    "shadow.items is callable", "shadow['items']", "shadow.get('items')", "d.get('a')", "d.get('zz')", "d.get('zz', 7)", "d.get(none)", "d.keys()|list", "d.values()|list", "d.items()|list", "d.keys()", "d.items()",
    "d.copy() == d", "none.x", "1.x is defined", "s.nothing", "l.nothing is defined", "(1, 2)[1]", "(1, 2).index(2)", "[3, 1, 3].count(3)", "[3, 1, 3].index(3, 1)", "range(5)[2]", "range(5)[-1]", "range(5)[9]",
    "range(3)", "range(1, 4)", "range(10, 0, -3)", "range(10, 0, -3)|list", "range(0)|list", "range(5)|length", "{'a': {'b': 5}}['a'].b", "[[1, 2], [3]][0][1]", "u[0] ~ u[1] ~ u[-1]", "u|length",
    "l[1.0]", "s['upper']()", "d['get']('a')", "missing_dict|default({})", "namespace(a=1).a", "namespace(a=1)['a']", "namespace({'x': 2}, y=3).x", "namespace().zz", "namespace(a=1)",
    "dict(a=1, b=2)", "dict([('x', 1), ['y', 2]])", "dict({'q': 1}, r=2)", "l[true]", "s[true]",
], d={"a": 1, "b": {"c": [1, 2, 3]}}, l=[10, 20, 30], s="hello", shadow={"items": 5}, u="aé😀z")
each("slice", [
    "l[1:]", "l[:2]", "l[:-1]", "l[::2]", "l[::-1]", "l[1:3]", "l[-2:]", "l[5:]", "l[3:1]", "l[3:1:-1]", "l[:]", "l[::]", "l[100:-100:-1]", "s[1:3]", "s[::-1]", "s[:-2]", "s[2:]", "s[-3:-1]", "s[::2]", "u[1:3]", "u[::-1]", "u[-2:]",
    "(1, 2, 3)[1:]", "l[none:2]", "range(10)[2:5]|list", "range(10)[::-3]|list", "s[10:]", "s[1:][1:]", "l[1:][0]", "l[:1] + l[2:]", "l[0:2:1]", "s[4:0:-2]",
], l=[0, 1, 2, 3, 4], s="abcdef", u="aé😀z")
each_error("access error", [
    "missing.x", "missing['x']", "missing[0]", "d.missing.x", "missing[1:]", "d[1:2]", "n[1:]", "d.a[1:]", "l['a':]", "l[::0]", "missing()", "5()", "none.x.y", "d.a()", "l.append(1)", "d.update({})", "d.pop('a')", "l[0].x.y",
    "d.__class__.__mro__", "s.__class__.x", "().__class__.__bases__", "''['__class__'].x", "l.sort()", "d.clear()", "d.get()", "d.get(1, 2, 3)", "d.items(1)", "d.get([])", "namespace(_x=1)", "namespace({'_y': 1})", "dict(1)", "namespace(1)",
    "'%s'.__class__.__init__.x", "'{0.__class__.x}'.format(1)", "loop.index", "d.keys()[0].x",
], d={"a": 1}, l=[1], s="x", n=None)
each("unsafe prints empty", ["''.__class__", "d.__init__", "l.append", "[].sort is defined", "d.update is defined", "()['__len__']"], d={}, l=[])

# Tests.
each("test", [
    "x is defined", "y is defined", "y is undefined", "x is not defined", "not y is defined", "none is none", "0 is none", "1 is number", "true is number", "'a' is number", "1.5 is number", "1 is integer", "true is integer", "1.0 is integer",
    "1.0 is float", "1 is float", "'a' is string", "1 is string", "[] is sequence", "{} is sequence", "'a' is sequence", "1 is sequence", "{}.keys() is sequence", "{} is mapping", "[] is mapping", "[] is iterable", "1 is iterable", "'a' is iterable",
    "y is iterable", "y is sequence", "true is boolean", "1 is boolean", "true is true", "1 is true", "false is false", "0 is false", "3 is odd", "4 is odd", "4 is even", "-3 is odd", "9 is divisibleby 3", "9 is divisibleby(2)",
    "'abc' is lower", "'aBc' is lower", "'ABC' is upper", "'123' is upper", "1 is eq 1", "1 is equalto(2)", "1 is ne 2", "1 is gt 0", "1 is lt 0", "1 is ge 1", "1 is le 0", "3 is greaterthan 2", "3 is lessthan 2", "1 is in [1, 2]", "3 is not in [1, 2]",
    "'a' is in 'abc'", "x is sameas x", "none is sameas none", "1 is sameas 1", "[] is sameas []", "true is sameas 1", "range is callable", "x is callable", "y is callable", "'upper' is filter", "'nosuch' is filter", "'odd' is test", "'nosuch' is test",
    "'<b>' is escaped", "('<b>'|safe) is escaped", "x is defined and x is string", "1 is odd or y", "x is string == true", "range(3) is sequence", "missing is none", "(x|upper) is upper", "3 is odd and 4 is even",
    "1 is not none", "x is not none and x|length > 0", "'x' is eq('x')", "5 is divisibleby 5 if true else 0",
], x="value")
each_error("test error", ["1 is nosuchtest", "'a' is odd", "none is even", "1 is divisibleby 0", "1 is divisibleby", "missing is odd", "1 is gt 'a'", "1 is in 5", "1 is defined is defined", "1 is eq", "1 is number if true else 2", "1 + 2 ~ 3", "1 ~ 2 + 3", "007"])
case("unknown test behind a condition", "{% if false %}{{ 1 is nosuch }}{% endif %}ok")
case("unknown filter behind a condition", "{{ (1|nosuch) if false else 'ok' }}")
error("unknown filter in a loop that does not run", "{% for x in [] %}{{ x|nosuch }}{% endfor %}")
error("unknown filter", "{{ 1|nosuch }}")
error("unknown filter behind a true condition", "{% if true %}{{ 1|nosuch }}{% endif %}")

# Filters on text.
each("text filter", [
    "s|upper", "s|lower", "s|title", "s|capitalize", "s|trim", "'xxaxx'|trim('x')", "' a b '|trim", "s|replace('l', 'L')", "s|replace('l', 'L', 1)", "'aaa'|replace('', '-')", "'aaa'|replace('', '-', 2)", "5|replace(5, 6)", "s|length", "s|count", "''|length",
    "s|string", "1|string + '2'", "[1, 'a']|string", "s|list", "s|first", "s|last", "s|reverse", "''|first", "[]|last", "s|join('-')", "['a', 'b']|join", "['a', 1, none]|join(', ')", "[{'n': 1}, {'n': 2}]|join('/', attribute='n')", "[1, 2]|join(0)",
    "'a\\nb\\n\\nc'|indent", "'a\\nb'|indent(2)", "'a\\nb'|indent(2, true)", "'a\\n\\nb'|indent(2, blank=true)", "'a\\nb'|indent('> ')", "''|indent", "'a\\n'|indent(1)", "'a\\nb'|indent(width=1, first=true)", "'one two-three'|wordcount", "'foo bar baz qux'|truncate(9)",
    "'foo bar baz qux'|truncate(9, true)", "'foo bar baz qux'|truncate(11)", "'foo bar baz qux'|truncate(11, false, '...', 0)", "'abcdefgh'|truncate(4, leeway=0)", "'ab'|center(6)", "'abc'|center(6)", "'abc'|center(2)", "'<a href=\"x\">&\\'</a>'|e", "'<b>'|escape", "'<b>'|escape|e",
    "'<b>'|e|forceescape", "'<b>'|safe", "'<b>'|safe|e", "('<b>'|safe) + '<i>'", "'<i>' + ('<b>'|safe)", "('<b>'|e) ~ '<i>'", "'%s-%d'|format('a', 3)", "'%(x)s'|format(x=1)", "'a b/c?d&é'|urlencode", "{'a b': 'c/d', 'e': 1}|urlencode", "'hello world foo-bar (baz) [qux]'|title",
    "'they\\'re bill\\'s'|title", "'ß'|upper", "'ŉ'|upper", "'İ'|lower", "'ΑΣ ΑΣΑ Σ'|lower", "'ﬁne'|capitalize", "'ǆ'|title", "'éCOLE'|capitalize", "none|upper", "missing|upper", "missing|length", "missing|list", "missing|join(',')", "missing|first", "missing|trim", "5|upper", "true|lower",
    "1.5|string", "'a'|upper|lower|upper", "'Straße'|upper|length", "'x'|e is escaped", "'\\u2003 a \\u3000'|trim", "'a,b'|replace(',', '')|upper", "('a' ~ 'b')|upper", "'a' ~ 'b'|upper", "-1|abs", "(-1)|abs", "'abc'|upper|list|join('.')",
], s="hello World")
# Filters on numbers.
each("number filter", [
    "'42'|int", "'42.7'|int", "'abc'|int", "'abc'|int(5)", "'abc'|int(default=-1)", "'ff'|int(base=16)", "'0xff'|int(0, 16)", "'0x1f'|int(0, 0)", "' 12 '|int", "'1_000'|int", "'-5'|int", "'+5'|int", "'1e3'|int", "1.9|int", "-1.9|int", "true|int", "none|int", "[]|int",
    "''|int", "'0b11'|int(0, 2)", "'12'|int(0, 3)", "'1.5'|float", "'abc'|float", "'abc'|float(2.5)", "1|float", "'1e3'|float", "' 2.5 '|float", "'inf'|float", "'-infinity'|float", "none|float", "'1_0.5'|float", "'.5'|float", "'5.'|float", "3.7|round", "3.2|round", "2.5|round", "3.5|round",
    "42.55|round(1)", "2.675|round(2)", "42.55|round(1, 'floor')", "42.55|round(1, 'ceil')", "42.1|round(method='ceil')", "42.1|round|int", "1234.5|round(-2)", "1250|round(-2)", "1350|round(-2)", "7|round(2)", "-2.5|round", "0.5|round", "1e300|round(2)", "-3|abs", "3.5|abs", "-3.5|abs",
    "[1, 2, 3]|sum", "[]|sum", "[1.5, 2]|sum", "[1]|sum(start=10)", "[{'x': 1}, {'x': 5}]|sum(attribute='x')", "[3, 1, 2]|max", "[3, 1, 2]|min", "['b', 'A']|min", "['b', 'A']|min(case_sensitive=true)", "[]|max", "[{'x': 1}, {'x': 5}]|max(attribute='x')", "[[1], [2]]|sum(start=[])",
    "range(5)|sum", "[true, true]|sum", "'3'|int + 4", "10|int // 3",
])
# Filters on lists and dicts.
each("list filter", [
    "l|first", "l|last", "l|list", "l|reverse|list", "l|sort", "l|sort(reverse=true)", "['b', 'A', 'c']|sort", "['b', 'A', 'c']|sort(case_sensitive=true)", "m|sort(attribute='n')|map(attribute='n')|list", "m|sort(attribute='g,n')|map(attribute='n')|list", "[3, 1, 3, 2, 1]|unique|list",
    "['a', 'A', 'b']|unique|list", "['a', 'A', 'b']|unique(true)|list", "m|unique(attribute='g')|map(attribute='n')|list", "m|map(attribute='n')|list", "m|map(attribute='x.y')|list if false else 1", "m|map(attribute='zz', default=0)|list", "['a', 'b']|map('upper')|list", "[1, 2]|map('string')|join('+')",
    "[[1, 2], [3]]|map('length')|list", "[' a ']|map('trim')|list", "['a']|map('replace', 'a', 'b')|list", "[[1, 'x']]|map(attribute=1)|list", "[{'a': {'b': 1}}]|map(attribute='a.b')|list", "[{'a': [5, 6]}]|map(attribute='a.1')|list", "[1, 2, 3, 4]|select('odd')|list", "[1, 2, 3, 4]|reject('odd')|list",
    "[0, 1, '', 'a']|select|list", "[0, 1, '', 'a']|reject|list", "[1, 5, 9]|select('gt', 4)|list", "[1, 5, 9]|select('>', 4)|list", "m|selectattr('n', 'gt', 1)|list|length", "m|selectattr('g', 'equalto', 'a')|map(attribute='n')|list", "m|rejectattr('g', '==', 'a')|map(attribute='n')|list", "m|selectattr('t')|list|length",
    "m|rejectattr('t')|list|length", "m|selectattr('t', 'defined')|list|length", "m|selectattr('t', 'undefined')|list|length", "m|selectattr('g', 'in', ['b'])|list|length", "d|dictsort", "d|dictsort(reverse=true)", "d|dictsort(false, 'value')", "d|dictsort(true)", "d|items|list", "d|list", "d|length", "d|first", "d|last", "d|join(',')",
    "missing|items|list", "m|groupby('g')|map('first')|list", "m|groupby('g')|map('last')|map('length')|list", "(m|groupby('g'))[0].grouper", "(m|groupby('g'))[0].list|length", "m|groupby('t', default=9)|map('first')|list", "[1, 2, 3, 4, 5]|batch(2)|list", "[1, 2, 3]|batch(2, 0)|list", "[1, 2, 3, 4, 5]|slice(2)|list", "[1, 2, 3, 4, 5]|slice(3, 'x')|list",
    "x|default('d')", "''|default('d')", "''|default('d', true)", "none|default('d')", "none|default('d', boolean=true)", "x|d(1)", "0|d(5, true)", "x|default", "x|default(default_value=3)", "l|attr('count') is callable", "d|attr('B') is defined", "[]|list", "''|list", "'ab'|list", "{}|list", "l|length", "(1, 2)|length",
    "[[3, 'a'], [1, 'b']]|sort", "[(2, 1), (1, 2)]|sort", "[none, none]|sort", "[1, 2]|reverse|first", "[2, 1]|sort|first", "l|map('abs')|sum", "['x']|map('default', 'y')|list", "[none, 1]|map('default', 'y', true)|list", "[]|map('upper')|list", "[]|select('odd')|list", "d|map('upper')|list", "'ab'|map('upper')|join('-')",
    "(l|select('odd')) is defined", "(l|select('odd')) is iterable", "(l|select('odd')) is sequence", "'yes' if l|select('gt', 100) else 'no'", "(l|select('odd'))[0] is defined", "l|select('in', [1, 3])|list", "[1, 2, 3]|select('divisibleby', 3)|list", "['a1', 'b2']|select('in', 'xa1x')|list", "d.items()|sort(attribute=1)|list",
    "d.values()|sum", "d.keys()|join('-')", "d.items()|map('first')|list", "d|dictsort|map('last')|list", "d.values()|list|last", "d.keys()|length", "d.items()|first", "[1, [2, [3]]]|string", "['b', 'a']|sort|join", "m|map(attribute='n')|sum", "m|map(attribute='g')|unique|join(',')",
], l=[3, -1, 2], d={"b": 2, "B": 1, "a": 3}, m=[{"n": 2, "g": "b"}, {"n": 3, "g": "a", "t": 1}, {"n": 1, "g": "a"}])
each_error("filter error", [
    "5|length", "none|length", "[1]|join(attribute='x.y')", "5|join", "5|list", "5|first", "[1, 'a']|sort", "[{}, {}]|sort if false else [{}, {'a': 1}]|sort", "[[]]|unique|list", "'a'|abs", "none|abs", "none|round", "'a'|round", "1.5|round(1, 'up')", "['a']|sum", "5|items|list", "[1]|dictsort", "{}|dictsort(by='x')", "'abc'|truncate(2)", "5|indent", "[1]|map|list",
    "[1]|map('nosuch')|list", "[1]|select('nosuch')|list", "[1]|selectattr|list", "missing|int", "missing|float", "missing|abs", "missing|round", "missing|sort(attribute='x')|first.x", "(l|select)|length", "(l|map('abs'))|last", "'a'|replace('a')", "'a'|upper(1)", "'a'|trim(1)", "[1]|join(d=',', foo=1)", "[1, 2]|slice(0)|list",
    "{'a': 1}|tojson(foo=1)", "missing|tojson", "range|tojson", "namespace()|tojson", "{}.keys()|tojson", "(l|map('abs'))|tojson", "'%d'|format('x')", "'%s %s'|format(1)", "'%s'|format(1, 2)", "'%q'|format(1)", "'%'|format(1)", "[3, none]|max", "'inf'|float|int", "{(1,): 2}|tojson if false else missing.x", "[1]|groupby|list", "'a'|default(1, 2, 3)",
    "['a']|map(attribute='x')|map('length')|map('nosuch')|list", "m|sort(attribute='x.y')|list",
], l=[1], m=[{}])

# tojson.
each("tojson", [
    "1|tojson", "1.0|tojson", "1e16|tojson", "'a\"b\\\\c\\n\\t\\u0001é😀</script>'|tojson", "'\\x7f'|tojson", "none|tojson", "true|tojson", "[]|tojson", "{}|tojson", "[1, 'a', none, true, 1.5]|tojson", "(1, 2)|tojson", "d|tojson", "d|tojson(indent=2)", "d|tojson(indent=4)", "d|tojson(indent=0)", "d|tojson(indent='\t')",
    "d|tojson(sort_keys=true)", "d|tojson(ensure_ascii=true)", "d|tojson(true)", "d|tojson(false, 2)", "d|tojson(separators=(',', ':'))", "d|tojson(separators=[', ', ' = '])", "d|tojson(indent=1, separators=(',', ':'))", "[[], [[]], {}]|tojson(indent=2)", "{1: 2, none: 3, true: 4, 1.5: 5}|tojson", "'<b>&\\''|tojson", "1e400|tojson", "-1e400|tojson", "'<b>'|safe|tojson",
    "[d, d]|tojson(indent=2)", "18446744073709551615|tojson", "0.1|tojson", "'\\x7f😀é'|tojson(ensure_ascii=true)", "d.s|tojson|tojson", "{'b': 1, 'a': {'d': 2, 'c': 3}}|tojson(sort_keys=true, indent=1)", "big|tojson",
], d={"b": [1, 2.5, {"z": None, "ü": "é"}], "a": True, "s": "x\ny", "e": {}, "l": []}, big=18446744073709551615)

# String methods.
each("string method", [
    "s.upper()", "s.lower()", "s.title()", "s.capitalize()", "s.swapcase()", "s.strip()", "'xxaxx'.strip('x')", "'xyaxy'.lstrip('xy')", "'xyaxy'.rstrip('yx')", "' a '.lstrip() + '|'", "' a '.rstrip() + '|'", "'a b  c'.split()", "' a b '.split()", "'a,b,,c'.split(',')", "'a,b,c'.split(',', 1)", "'a,b,c'.rsplit(',', 1)", "'a b c'.split(none, 1)", "'a b c'.rsplit(maxsplit=1)",
    "' a  b  c '.rsplit(none, 1)", "' a  b  c '.split(none, 1)", "'abc'.split('x')", "''.split()", "''.split(',')", "'a<think>b</think>c'.split('</think>')[-1]", "'a</think>b'.split('</think>')[0].split('<think>')[-1]", "'a\\nb\\r\\nc\\rd'.splitlines()", "'a\\nb\\n'.splitlines(true)", "''.splitlines()", "'hello'.startswith('he')", "'hello'.startswith(('x', 'h'))", "'hello'.endswith('lo')",
    "'hello'.endswith(('x', 'y'))", "'hello'.startswith('l', 2)", "'hello'.startswith('')", "'hello'.endswith('he', 0, 2)", "'hello'.find('l')", "'hello'.find('z')", "'hello'.rfind('l')", "'hello'.index('l')", "'hello'.rindex('l')", "'hello'.find('l', 3)", "'hello'.find('', 9)", "'aé😀z'.find('z')", "'aé😀z'.rfind('é')", "'banana'.count('an')", "'banana'.count('a', 2)", "'aaa'.count('')", "'aaaa'.count('aa')",
    "'a-b-c'.replace('-', '+')", "'a-b-c'.replace('-', '+', 1)", "'abc'.replace('', '.')", "'-'.join(['a', 'b'])", "'-'.join('abc')", "''.join([])", "', '.join({'a': 1, 'b': 2})", "'a=b=c'.partition('=')", "'abc'.partition('=')", "'a=b=c'.rpartition('=')", "'abc'.rpartition('=')", "'prefix-x'.removeprefix('prefix-')", "'x.py'.removesuffix('.py')", "'x'.removesuffix('xx')", "'abc'.removesuffix('')",
    "'5'.zfill(3)", "'-5'.zfill(4)", "'+5'.zfill(4)", "'abc'.zfill(2)", "'ab'.ljust(4) + '|'", "'ab'.rjust(4, '.')", "'ab'.center(5, '*')", "'abc'.center(6, '*')", "'abc'.center(4, '*')", "'abc'.isalpha()", "'abc1'.isalnum()", "'123'.isdigit()", "'²'.isdigit()", "'²'.isdecimal()", "'½'.isalnum()", "' \\t'.isspace()", "''.isspace()", "'ABC'.isupper()", "'aBC'.isupper()", "'abc1'.islower()", "'1'.islower()",
    "'abc'.isascii()", "'é'.isascii()", "'ß'.isalpha()", "'{} {}'.format('a', 1)", "'{0}{1}{0}'.format('a', 'b')", "'{x}'.format(x=5)", "'{d[k]}'.format(d={'k': 1})", "'{0[1]}'.format([1, 2])", "'{{}}'.format()", "'{:>5}|{:<5}|{:^5}|'.format('a', 'b', 'c')", "'{:05d}'.format(42)", "'{:+d}'.format(3)", "'{:.2f}'.format(3.14159)", "'{:,}'.format(1234567)", "'{:x} {:X} {:o} {:b}'.format(255, 255, 8, 5)",
    "'{:#x}'.format(255)", "'{:e}'.format(12345.678)", "'{:%}'.format(0.25)", "'{:g}'.format(0.0001)", "'{!r}'.format('a')", "'{!s:>4}'.format(1)", "'{:*^9}'.format('mid')", "'{:{}}'.format('a', 4) + '|'", "'{:.3}'.format('abcdef')", "'{:10.2f}|'.format(2.5)", "'{:,.2f}'.format(1234567.891)", "'{:_}'.format(1000000)", "'{}'.format(none)", "'{}'.format([1])", "'{a}'.format_map({'a': 1})", "'{:d}'.format(true)", "'{}'.format(true)",
    "'{:=+6d}'.format(42)", "'{:6}|'.format(42)", "'{:<6}|'.format(42)", "'%s' % 'a'", "'%s %s' % ('a', 1)", "'%d%%' % 5", "'%05d' % 42", "'%-5d|' % 42", "'%+d' % 5", "'%x' % 255", "'%.2f' % 3.14159", "'%8.3f|' % 3.14159", "'%e' % 1234.5", "'%g' % 0.00001", "'%r' % 'a'", "'%(a)s-%(b)d' % {'a': 'x', 'b': 2}", "'%s' % none", "'%s' % [1, 2]", "'%5s|%-5s|' % ('a', 'b')", "'%.2s' % 'abc'", "'%d' % 3.9",
    "'%i' % true", "'%c' % 'x' if false else 1", "'%*d' % (5, 42)", "'% d' % 5", "'%G' % 1e-10", "'%F' % 1.5", "'%s' % missing", "'%s' % {'a': 1}", "'abc' % {}", "'%o' % 8", "s.strip().split(' ')[0].upper()", "s.split('o')|length", "('a' + 'b').upper()", "'Hello'[0].lower()", "'a\\tb'.split('\\t')", "'ﬀ'.upper()", "'ὈΔΥΣΣΕΎΣ'.lower()", "'ǆabc'.title()", "\"it's a dog\".title()", "'x'.join(['1'])", "'á'.upper().lower()",
], s="  Hello wORLD ")
each_error("string method error", [
    "'a'.nosuch()", "'a'.index('z')", "'a'.rindex('z')", "'a'.split('')", "'a'.partition('')", "'a'.join([1])", "'a'.join(5)", "'a'.replace('a')", "'a'.startswith(1)", "'a'.startswith(['a'])", "'a'.find(1)", "'a'.ljust('x')", "'a'.center(3, 'xx')", "'a'.upper(1)", "'{}'.format()", "'{x}'.format()", "'{'.format(1)", "'}'.format(1)", "'{:d}'.format('a')",
    "'{:x}'.format(1.5)", "'{} {0}'.format(1)", "'%d' % 'a'", "'%s %s' % ('a',)", "'%s' % (1, 2)", "'%' % 1", "'%x' % 1.5", "'%(a)s' % 1", "'%(b)s' % {'a': 1}", "'abc' % 1", "'{:>s}'.format(1)", "'{!x}'.format(1)", "'%f' % 'a'", "'a'.strip(1)", "'a'.zfill()", "'{0.x.y}'.format(1)", "'a'.removeprefix()", "'{:.}'.format(1)", "'{:z<}'.format([])", "'a'.split(sep=5)", "'a'.count()",
])

# White space control.
for i, template in enumerate([
    "a\n{% if true %}\nb\n{% endif %}\nc\n", "a\n  {% if true %}\n  b\n  {% endif %}\nc", "a\n  {%- if true %}\n  b\n  {%- endif %}\nc", "a\n  {% if true -%}\n  b\n  {% endif -%}\n  c", "a\n  {%- if true -%}\n  b\n  {%- endif -%}\n  c", "a\n  {%+ if true %}\n  b\n  {%+ endif %}\nc",
    "a\n  {% if true +%}\n  b\n  {% endif +%}\nc", "x {{ 1 }} y", "x {{- 1 -}} y", "x\n{{ 1 }}\ny\n", "x\n\n{{- 1 -}}\n\ny", "  {{ 1 }}", "x {{+ 1 }} y", "a {# comment #} b", "a\n  {# comment #}\nb", "a {#- comment -#} b", "a\n  {#- c #}\nb\n", "a\n  {# c -#}\n  b", "a\n{#+ c +#}\nb",
    "a {# multi\nline #}\nb", "{# only #}", "", "\n", "\n\n", "text", "text\n", "text\n\n", "a\r\nb\rc\n", "{% raw %}{{ x }}{% if %}{% endraw %}", "a\n  {% raw %}\n  {{ x }}\n  {% endraw %}\nb", "a {%- raw -%}  {{ x }}  {%- endraw -%}  b", "{% raw -%}\n x {% endraw %}\ny", "a\n {%+ raw %} {{ }} {%+ endraw +%}\n b",
    "  {% set x = 1 %}  {{ x }}  ", "{% set x = 1 %}\n{% set y = 2 %}\n{{ x }}{{ y }}\n", "{%- for i in [1, 2] %}\n  {{ i }}\n{%- endfor %}\n", "{% for i in [1, 2] %}\n  {{ i }}\n{% endfor %}\n", "{% for i in [1, 2] -%}\n  {{ i }}\n{%- endfor %}", "\t {% if true %}x{% endif %}\t", "a{% if true %}\n\nb{% endif %}", "a \u2003{%- if true -%}\u3000 b{% endif %}",
    "{{ '  keep  ' }}", "{{ 'a' }}\n{{ 'b' }}\n", "a\n   {{- 'b' }}", "{%if true%}x{%endif%}", "{%-if true-%} x {%-endif-%}", "{{'a'}}{{-'b'-}} c", "{ { } } {a} {", "{{ '}}' }}", "{{ '{%' }}", "{% set x = '%}' %}{{ x }}", "{{ {'a': {'b': 1}} }}", "{{ {'a': {'b': 1}}['a'] }}", "a\n\n  {%- if true %} b{% endif %}", "{% if true %}\r\nx{% endif %}",
    "x{#- -#}\n\ny", "{{-1}}", "{{ -1 }}", "{{+1}}", "{% if 1 -%} a {%- else -%} b {%- endif %} c", "line\n    {% if true %}  {% endif %}  \nend", "a\v{%- if true %}b{% endif %}", "  {% if true %}x{% endif %}", "x\n  {%-   if true   -%}  \n y {% endif %}", "{##}", "a{##}\nb", "{#--#}", "{% raw %}a{% endraw %}\nb", "{{ 1 }}{# c #}\n{{ 2 }}", "a }} b %} c #}",
]):
    case(f"white space {i}", template)

# Statements.
for name, template in {
    "if elif else": "{% for x in [1, 2, 3] %}{% if x == 1 %}a{% elif x == 2 %}b{% else %}c{% endif %}{% endfor %}",
    "if with colon": "{% if true: %}a{% endif %}",
    "loop variables": "{% for x in 'abc' %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}",
    "loop neighbours": "{% for x in [1, 2, 3] %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {{ loop.previtem is defined }};{% endfor %}",
    "loop cycle and changed": "{% for x in [1, 1, 2] %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x) }} {% endfor %}",
    "loop over a generator": "{% for x in [1, 2, 3]|select('odd') %}{{ x }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }} {% endfor %}",
    "loop filter": "{% for x in range(10) if x % 3 == 0 %}{{ x }}:{{ loop.index }}/{{ loop.length }} {% endfor %}",
    "loop filter sees a namespace change": "{% set ns = namespace(stop=false) %}{% for x in range(5) if not ns.stop %}{{ x }}{% if x == 1 %}{% set ns.stop = true %}{% endif %}{% endfor %}",
    "loop filter with lookahead": "{% set ns = namespace(n=0) %}{% for x in range(6) if x != ns.n %}{{ x }}{{ loop.last }} {% set ns.n = x + 2 %}{% endfor %}",
    "loop else": "{% for x in [] %}a{% else %}empty{% endfor %}{% for x in [1] %}a{% else %}empty{% endfor %}",
    "loop filter else": "{% for x in [1, 3] if x % 2 == 0 %}a{% else %}none{% endfor %}",
    "loop else after continue": "{% for x in [1] %}{% continue %}{% else %}else{% endfor %}",
    "loop else after break": "{% for x in [1, 2] %}{% if x == 2 %}{% break %}{% endif %}a{% else %}else{% endfor %}{% for x in [1] %}{% break %}{% else %}E{% endfor %}",
    "loop unpacking": "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "loop over dict": "{% for k in {'a': 1, 'b': 2} %}{{ k }}{% endfor %}",
    "loop over dictsort": "{% for k, v in {'b': 1, 'a': 2}|dictsort %}{{ k }}{{ v }}{% endfor %}",
    "loop over text": "{% for c in 'aé😀' %}[{{ c }}]{% endfor %}",
    "loop over undefined": "{% for c in missing %}x{% else %}none{% endfor %}",
    "loop over tuple without brackets": "{% for x in 1, 2, 3 %}{{ x }}{% endfor %}",
    "nested loops": "{% for x in [1, 2] %}{% for y in [3, 4] %}{{ loop.index }}{{ x }}{{ y }} {% endfor %}{{ loop.index }};{% endfor %}",
    "outer loop kept in a variable": "{% for x in [1, 2] %}{% set outer = loop %}{% for y in [3, 4] %}{{ outer.index }}{{ loop.index }} {% endfor %}{% endfor %}",
    "break and continue": "{% for x in range(10) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 5 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "break of the inner loop": "{% for x in [1, 2] %}{% for y in [1, 2, 3] %}{% if y == 2 %}{% break %}{% endif %}{{ x }}{{ y }} {% endfor %}{% endfor %}",
    "break inside a set block": "{% for x in [1, 2] %}{% set y %}a{% break %}b{% endset %}{{ y }}{% endfor %}end",
    "scope of a loop": "{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = i + 10 %}{{ x }} {% endfor %}{{ x }}",
    "scope of if": "{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}",
    "loop variable does not leak": "{% for i in [1] %}{% endfor %}{{ i is defined }}",
    "namespace": "{% set ns = namespace(found=false, n=0) %}{% for i in [1, 2, 3] %}{% if i == 2 %}{% set ns.found = true %}{% endif %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.found }} {{ ns.n }}",
    "namespace gets a new name": "{% set ns = namespace() %}{% set ns.a = [1] %}{% set ns.a = ns.a + [2] %}{{ ns.a }} {{ ns.b is defined }} {{ ns }}",
    "namespace list building": "{% set ns = namespace(l=[]) %}{% for i in range(3) %}{% set ns.l = ns.l + [i * i] %}{% endfor %}{{ ns.l|join(',') }}",
    "namespace shared": "{% set a = namespace(x=1) %}{% set b = a %}{% set b.x = 2 %}{{ a.x }}",
    "set of several names": "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set a, b = b, a %}{{ a }}{{ b }}{% set (c, d) = [5, 6] %}{{ c }}{{ d }}",
    "set of a tuple": "{% set x = 1, 2 %}{{ x }}",
    "set of members": "{% set ns = namespace() %}{% set ns.a, ns.b = 1, 2 %}{{ ns.a }}{{ ns.b }}",
    "set block": "{% set x %}a{{ 1 }}b{% endset %}[{{ x }}]{{ x|length }}",
    "set block with filters": "{% set x | upper | replace('A', 'B') %}a{{ 'c' }}{% endset %}{{ x }}",
    "set block scope": "{% set y = 1 %}{% set x %}{% set y = 2 %}{{ y }}{% endset %}{{ x }}{{ y }}",
    "set block into a namespace": "{% set ns = namespace() %}{% set ns.t %}hi{% endset %}{{ ns.t }}",
    "filter block": "{% filter upper %}a{{ 'b' }}{% endfilter %}{% filter replace('a', 'b')|upper %}xa{% endfilter %}",
    "with": "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "with sees the outer names": "{% set a = 1 %}{% with a = a + 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}",
    "generation": "{% for m in [1, 2] %}{% generation %}<{{ m }}>{% set z = 1 %}{% endgeneration %}{{ z is defined }}{% endfor %}",
    "print statement": "{% print 1, 'a' %}",
    "macro": "{% macro f(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(1, c=5) }} {{ f(c=1, a=2, b=3) }} {{ f() }}",
    "macro default from a parameter": "{% macro f(a, b=a ~ '!') %}{{ b }}{% endmacro %}{{ f('x') }}{{ f('x', 'y') }}",
    "macro varargs and kwargs": "{% macro f(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, 3, x=4) }}{{ f(1) }}",
    "macro recursion": "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(5) }}",
    "macro before its definition": "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}",
    "macro reads outer names when called": "{% set x = 1 %}{% macro f() %}{{ x }}{% endmacro %}{{ f() }}{% set x = 2 %}{{ f() }}",
    "macro scope": "{% set x = 1 %}{% macro f() %}{% set x = 5 %}{{ x }}{% endmacro %}{{ f() }}{{ x }}",
    "macro in a loop": "{% for i in [1, 2] %}{% macro f() %}{{ i }}{{ loop.index }}{% endmacro %}{{ f() }}{% endfor %}",
    "macro returns text": "{% macro f() %} a {% endmacro %}{{ f()|trim|length }}{{ f() is string }}{{ f().strip() }}",
    "macro as a value": "{% macro f(x) %}<{{ x }}>{% endmacro %}{% set g = f %}{{ g(1) }}{{ f }}{{ f.name }}",
    "macro passed to a macro": "{% macro f(x) %}<{{ x }}>{% endmacro %}{% macro g(h, x) %}{{ h(x) }}{% endmacro %}{{ g(f, 3) }}",
    "macro with star arguments": "{% macro f(a, b, c) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(*[1, 2], **{'c': 3}) }}{{ f(1, *(2, 3)) }}",
    "macro kept in a namespace": "{% set ns = namespace() %}{% for i in [1, 2] %}{% macro f() %}{{ i }}{% endmacro %}{% if i == 1 %}{% set ns.f = f %}{% endif %}{% endfor %}{{ ns.f is callable }}",
    "call block": "{% macro box(t) %}[{{ t }}: {{ caller() }}]{% endmacro %}{% call box('x') %}body {{ 1 + 1 }}{% endcall %}",
    "call block with arguments": "{% macro each(l) %}{% for x in l %}{{ caller(x, loop.index) }}{% endfor %}{% endmacro %}{% call(x, i) each(['a', 'b']) %}{{ i }}{{ x }} {% endcall %}",
    "caller is defined": "{% macro f() %}{{ caller is defined }}{{ caller() if caller else 'none' }}{% endmacro %}{{ f() }}{% call f() %}c{% endcall %}",
    "joiner": "{% set j = joiner('|') %}{% for i in [1, 2, 3] %}{{ j() }}{{ i }}{% endfor %}",
    "call with trailing comma": "{{ range(3,)|list }}{{ dict(a=1,) }}",
    "long concatenation": "{{ " + " ~ ".join(str(i) for i in range(150)) + " }}",
    "long sum": "{{ " + " + ".join(str(i) for i in range(60)) + " }}",
    "unicode names": "{% set größe = 3 %}{{ größe }}",
    "strftime": "{{ strftime_now('%Y-%m-%d %H:%M:%S %d %b %B %a %A %y %j %I %p %e %%|%-d|%-m|%-H|%U|%W|%V|%G|%u|%w|%D|%F|%T|%R|%f|%Z') }}",
    "strftime c x X": "{{ strftime_now('%c|%x|%X|%r|%C|%h|%n|%t') }}",
    "nested ifs": "{% if true %}{% if false %}a{% else %}{% if true %}b{% endif %}{% endif %}{% endif %}",
    "is with filter": "{{ 'a'|upper is upper }}",
    "test then filter": "{{ (1 is odd)|string|lower }}",
    "filter after a call": "{{ [1, 2]|map('string')|list|join('-')|upper }}",
    "attribute of a filter": "{{ ('a b'|upper).split()|first }}",
    "loop length of a dict": "{% for k in {'a': 1, 'b': 2} %}{{ loop.length }}{% endfor %}",
    "generator is used up": "{% set g = [1, 2]|map('string') %}{{ g|list }}{{ g|list }}",
    "break leaves the rest of a generator": "{% set g = [1, 2, 3]|map('string') %}{% for x in g %}{{ x }}{% break %}{% endfor %}{{ g|list }}",
    "text after everything": "{% if true %}a{% endif %} b",
    "defaults of tools": "{{ tools }}{{ documents }}{{ add_generation_prompt }}",
    "not in": "{{ 1 not in [2] }}{{ not 1 in [2] }}",
    "assignment to a literal in a condition": "{% if not x is defined %}{% set x = 5 %}{% endif %}{{ x }}",
    "map of map": "{{ [[1, 2], [3]]|map('map', 'string')|map('join', '+')|join(';') }}",
    "comment in a tag list": "{% set a = [ {'x': 1}, {'x': 2} ] %}{# c #}{{ a[1].x }}",
    "dict of dicts": "{% set d = {'a': {'b': {'c': 1}}} %}{{ d.a.b.c }}{{ d['a'].b['c'] }}",
    "inline if with filters": "{{ 'a'|upper if true else 'b'|nosuch }}",
    "multi line expression": "{{ [\n  1,\n  2\n]|join(\n',') }}",
    "raise not reached": "{% if false %}{{ raise_exception('no') }}{% endif %}fine",
}.items():
    case(name, template)

for i, template in enumerate([
    "{{", "{{ 1", "{{ }}", "{% if %}", "{% if true %}", "{% endif %}", "{% for x in %}{% endfor %}", "{% for in [] %}{% endfor %}", "{% for x in [1] %}", "{% nosuchtag %}", "{{ 1 +", "{{ 1 + }}", "{{ (1 }}", "{{ 1) }}", "{{ [1 }}", "{{ {'a' 1} }}", "{{ 'a }}", "{{ a..b }}", "{{ a. }}", "{{ |upper }}", "{{ 'a'| }}",
    "{{ 1 2 }}", "{{ a b }}", "{% set %}", "{% set 1 = 2 %}", "{% set x = %}", "{% set true = 1 %}", "{% set x %}a", "{% macro %}{% endmacro %}", "{% macro f( %}{% endmacro %}", "{% macro f(a=1, b) %}{% endmacro %}", "{# not closed", "{% raw %} not closed", "{% if true %}{% endfor %}", "{% else %}", "{% break %}", "{% continue %}", "{% if true %}{% break %}{% endif %}",
    "{{ 1 ? 2 : 3 }}", "{{ a & b }}", "{{ $x }}", "{{ 'a' = 'b' }}", "{% for loop in [1] %}{{ loop }}{% endfor %}", "{% do x %}", "{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as y %}", "{{ f(a=1, 2) }}", "{{ f(**a, b) }}", "{% for x in [1] %}{% macro f() %}{% break %}{% endmacro %}{% endfor %}", "{% call f %}{% endcall %}", "{% call 1 %}{% endcall %}", "{% with a %}{% endwith %}",
    "{% filter %}{% endfilter %}", "{% generation %}", "{{ raise_exception('stop') }}", "{% for a, b in [1] %}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for a, b in [(1,)] %}{% endfor %}", "{% for x in 5 %}{% endfor %}", "{% for x in none %}{% endfor %}", "{% set a, b = 1 %}", "{% set x.y = 1 %}", "{% set x = {} %}{% set x.y = 1 %}",
    "{% set ns = namespace() %}{% set ns._x = 1 %}", "{% macro f() %}{% endmacro %}{{ f(1) }}", "{% macro f() %}{% endmacro %}{{ f(x=1) }}", "{% macro f(a) %}{% endmacro %}{{ f(1, a=2) }}", "{% macro f() %}{% endmacro %}{% call f() %}{% endcall %}", "{% macro f() %}{{ caller() }}{% endmacro %}{{ f() }}", "{% for x in [1] %}{{ loop() }}{% endfor %}", "{% for x in [1] %}{{ loop.cycle() }}{% endfor %}",
    "{{ range(10 ** 9) }}", "{{ range(100001)|length }}", "{{ range() }}", "{{ range('a') }}", "{{ range(1, 2, 0) }}", "{{ raise_exception() }}", "{{ strftime_now() }}", "{{ '\\x4' }}", "{{ '\\u12' }}", "{{ f(*5) }}", "{{ range(*5) }}", "{{ dict(**5) }}", "{{ dict(**{1: 2}) }}", "{% macro f(a) %}{{ a.x.y }}{% endmacro %}{{ f({}) }}", "{% for x in [1, 2] %}{{ loop.nextitem.x }}{% endfor %}", "{{ [][0].x }}",
    "{% macro f(a) %}{{ a.b }}{% endmacro %}{{ f() }}", "{% if true %}{% else %}{% else %}{% endif %}", "{% elif true %}", "{% endset %}", "{{ - }}", "{{ not }}", "{{ 1 in }}", "{{ x is }}", "{{ 1 if }}", "{{ 1 if true else }}", "{{ {1} }}", "{{ [1, 2 }}", "{% for x in [1] if %}{% endfor %}", "{% for x in [1] %}{% generation %}{% break %}{% endgeneration %}{% endfor %}",
]):
    error(f"statement error {i}: {template}", template)
