"""Files that are as hard to check as their size allows, each found by thinking of one way."""

from __future__ import annotations

from collections.abc import Mapping

from game.level.bounds import MOST_BYTES, MOST_KEYS

HEAD = 'format = 1\ntitle = "Worst"\nduration = "10s"\n'
NODE = '[[node]]\nid = "n"\ncount = 2\n'
SERVICE = '[[service]]\nid = "s"\non = "n"\nsteps = [{ cpu = "1ms" }]\n'
CLIENT = '[[client]]\nid = "c"\ncall = "s"\nrate = 1\n'
GOAL = '[[goal]]\nid = "g"\nmeasure = "availability"\nat_least = "99%"\n'
LONG = "s" * 60
REST = NODE + SERVICE + CLIENT + GOAL


def _many(line: str, count: int, head: str = HEAD + REST) -> str:
    """The line as often as it fits, with its number for N."""
    text = head
    for number in range(count):
        more = line.replace("N", str(number))
        if len(text.encode()) + len(more.encode()) > MOST_BYTES:
            break
        text += more
    return text


def _controls(count: int, choices: int, path: str) -> str:
    listed = ", ".join(str(number + 1) for number in range(choices))
    return _many(
        f'[[control]]\nid = "cN"\nlabel = "l"\nfamily = "redundancy"\nsets = "{path}"\n'
        f"default = 1\nchoices = [{listed}]\n",
        count,
    )


def _padded(text: str, unit: str) -> str:
    """The text with as many of the unit in place of N as fit."""
    room = MOST_BYTES - len(text.encode())
    return text.replace("N", unit * (room // len(unit.encode())))


def worst_cases() -> Mapping[str, str]:
    """All of them by name; none is larger than a level may be."""
    found = {
        "quotes": '"' * MOST_BYTES,
        "three quotes": '"""\\' * (MOST_BYTES // 4),
        "opened braces": "a = {b = " * (MOST_BYTES // 9),
        "opened brackets": "a = " + "[" * (MOST_BYTES - 4),
        "brackets in a row": _padded("a = [N]", "[],"),
        "closed brackets": "]" * MOST_BYTES,
        "empty tables": "[]" * (MOST_BYTES // 2),
        "dots": "." * MOST_BYTES,
        "dotted keys": _many(".".join("a" * 15) + "N = 1\n", 2_000),
        "dotted headers": _many("[" + ".".join("a" * 14) + ".bN]\n", 2_000),
        "equal signs": "=\n" * MOST_KEYS,
        "broken lines": "a b c d e\n" * (MOST_BYTES // 10),
        "nothing but commas": "," * MOST_BYTES,
        "one long word": "x" * MOST_BYTES,
        "blank": " " * MOST_BYTES,
        "line ends": "\n" * MOST_BYTES,
        "carriage returns": "\r\n" * (MOST_BYTES // 2),
        "control characters": "\x01" * MOST_BYTES,
        "comments": "#\n" * (MOST_BYTES // 2),
        "long number": "a = " + "9" * (MOST_BYTES - 4),
        "many numbers": _padded("seeds = [N]", "9,"),
        "seeds": HEAD + f"seeds = [{', '.join(['7'] * 1000)}]\n" + REST,
        "wrong seeds": HEAD + f"seeds = [{', '.join(['x'] * 1000)}]\n".replace("x", '"x"') + REST,
        "long floats": _padded(HEAD + "order = 1.N\n" + REST, "9"),
        "exponents": _many("kN = 1e308\n", MOST_KEYS),
        "dates": _many("kN = 2024-02-29\n", MOST_KEYS),
        "escapes": _padded('title = "N"\n', "\\u0041"),
        "bad escapes": _padded('title = "N"\n', "\\q"),
        "long title": _padded(HEAD.replace("Worst", "N") + REST, "é"),
        "combining characters": _padded(HEAD + "kind = 'N'\n" + REST, "\u0301"),
        "wide characters": _padded(HEAD + "kind = 'N'\n" + REST, "猫"),
        "unknown keys": _many("keyN = 1\n", MOST_KEYS, HEAD),
        "unknown keys of one table": _many("ratN = 1\n", MOST_KEYS, HEAD + REST + CLIENT),
        "unknown sections": _many("[[servicN]]\n", MOST_KEYS),
        "near sections": _many("[[servise]]\nid = 1\n", 900),
        "near keys": _many("deadlineN = 1\n", MOST_KEYS, HEAD + CLIENT),
        "quoted keys": _many('"\\u001bN" = 1\n', MOST_KEYS),
        "duplicate keys": "a = 1\n" * (MOST_KEYS - 1),
        "duplicate ids": _many('[[node]]\nid = "n"\n', 990),
        "machines": _many('[[node]]\nid = "nN"\ncount = 1000\nzones = ["q"]\n', 600),
        "machine names": _many("[[node]]\nid = 'a-N'\ncount = 2\n", 900),
        "clients that call nobody": _many('[[client]]\nid = "cN"\ncall = "sN"\nrate = 1\n', 500),
        "services": _many('[[service]]\nid = "sN"\non = "n"\nsteps = [{ call = "s" }]\n', 400),
        "circle": _circle(),
        "faults": _many('[[fault]]\nkind = "crash"\ntarget = "n-1"\nat = "1s"\n', 480),
        "wrong faults": _many('[[fault]]\nkind = "crsh"\ntarget = "n-9"\nat = "99s"\n', 480),
        "faults at clients": _many('[[fault]]\nkind = "crash"\ntarget = "c"\nat = "1s"\n', 480),
        "faults of no kind": _many("[[fault]]\n", 990),
        "goals": _many('[[goal]]\nid = "gN"\nmeasure = "avail"\nat_least = 3\n', 480),
        "measures": _many('[[measure]]\nid = "mN"\ncount = "retry"\n', 600),
        "links": _many('[[link]]\nfrom = "n-1"\nto = "c"\nlatency = "1ms"\n', 480),
        "policies": _many('[[policy]]\nid = "pN"\nretry = { attempts = 3 }\n', 600),
        "controls": _controls(64, 15, "node.n.count"),
        "one control with many choices": _controls(1, 1000, "node.n.count"),
        "controls of nothing": _controls(64, 15, "node.x.count"),
        "wrong choices": _controls(64, 15, "client.c.call"),
        "controls of different things": _controls(64, 15, "policy.plain.retry.attempts"),
        "long lists of targets": HEAD + REST + _targets(),
        "many machines and few unknown targets": HEAD + REST + _unknown_targets(100),
        "many machines and unknown targets": HEAD + REST + _unknown_targets(900),
        "weights": HEAD + NODE + CLIENT + GOAL + _weights(),
        "long words": _many(f'[[client]]\nid = "cN"\ncall = "{LONG}N"\nrate = 1\n', 400, HEAD),
        "words nearly right": _nearly(),
        "one line": _one_line(),
        "one line of wide characters": _one_line("猫"),
        "nested inline tables": HEAD + "x = " + _nested("{ a = ", " }", 15) + "\n" + REST,
        "choices that are tables": _table_choices(),
        "large tables and controls": _large_table(),
        "many steps": HEAD + NODE + CLIENT + GOAL + _steps(),
        "calls of everybody": _everybody(),
        "mixtures in mixtures": _mixtures(),
    }
    return {name: _cut(text) for name, text in found.items()}


def _cut(text: str) -> str:
    return text.encode()[:MOST_BYTES].decode(errors="ignore")


def _circle() -> str:
    return (
        HEAD
        + REST
        + "".join(
            f'[[service]]\nid = "a{n}"\non = "n"\nsteps = [{{ call = "a{(n + 1) % 290}" }}]\n'
            for n in range(290)
        )
    )


def _targets() -> str:
    names = ", ".join(['"n-3"'] * 990)
    return "".join(f'[[fault]]\nkind = "crash"\ntarget = [{names}]\nat = "1s"\n' for _ in range(4))


def _unknown_targets(count: int) -> str:
    groups = "".join(f'[[node]]\nid = "{"m" * 38}{n:02}"\ncount = 1000\n' for n in range(20))
    names = ", ".join(f'"{"x" * 37}{n:03}"' for n in range(count))
    return f'{groups}[[fault]]\nkind = "crash"\nat = "1s"\ntarget = [{names}]\n'


def _weights() -> str:
    weights = ", ".join(["1"] * 1000)
    routing = f'routing = {{ kind = "weighted", weights = [{weights}] }}'
    return "".join(
        f'[[service]]\nid = "s{"" if n == 0 else n}"\non = "n"\n{routing}\nsteps = []\n'
        for n in range(4)
    )


def _nearly() -> str:
    long = "abcdefghij" * 6
    ids = [f"{long[: n % 50]}x{long[n % 50 :]}{n}"[:64] for n in range(250)]
    text = HEAD + NODE
    text += "".join(f'[[service]]\nid = "{one}"\non = "n"\nsteps = []\n' for one in ids)
    return _many(f'[[client]]\nid = "cN"\ncall = "{long}N"\nrate = 1\n', 300, text)


def _one_line(word: str = "x") -> str:
    parts: list[str] = []
    size = len(HEAD) + 20
    while size < MOST_BYTES - 60 and len(parts) < 900:
        parts.append(f'{{ id = "{word * 8}", kind = "crsh" }}')
        size += len(parts[-1].encode()) + 2
    return HEAD + f"fault = [{', '.join(parts)}]\n"


def _nested(opened: str, closed: str, depth: int) -> str:
    return opened * depth + "1" + closed * depth


def _table_choices() -> str:
    choices = ", ".join(
        f'{{ label = "l{n}", value = {{ attempts = {n + 1}, pause = "20ms" }} }}'
        for n in range(480)
    )
    return (
        HEAD
        + REST
        + (
            '[[policy]]\nid = "p"\n[[control]]\nid = "r"\nlabel = "r"\nfamily = "redundancy"\n'
            f'sets = "policy.p.retry"\ndefault = "l0"\nchoices = [{choices}]\n'
        )
    )


def _large_table() -> str:
    steps = ", ".join(['{ cpu = "1ms" }'] * 64)
    head = HEAD + NODE + CLIENT + GOAL
    head += f'[[service]]\nid = "s"\non = "n"\nsteps = [{steps}]\n'
    control = (
        '[[control]]\nid = "cN"\nlabel = "l"\nfamily = "redundancy"\n'
        'sets = "service.s.steps.N.cpu"\ndefault = "1ms"\n'
        f"choices = [{', '.join(chr(34) + str(n + 1) + 'ms' + chr(34) for n in range(15))}]\n"
    )
    return _many(control, 64, head)


def _steps() -> str:
    return _many('[[service.steps]]\ncpu = "1ms"\n', 900, '[[service]]\nid = "s"\non = "n"\n')


def _everybody() -> str:
    text = HEAD + NODE + CLIENT + GOAL
    for n in range(40):
        calls = ", ".join(f'{{ call = "s{m}" }}' for m in range(40))
        text += f'[[service]]\nid = "s{n}"\non = "n"\nsteps = [{calls}]\n'
    return text


def _mixtures() -> str:
    law = _nested('{ kind = "mixture", parts = [{ share = 1, law = ', " }] }", 4)
    law = law.replace("law = 1", 'law = "1ms"')
    steps = ", ".join(f"{{ cpu = {law} }}" for _ in range(60))
    return HEAD + NODE + CLIENT + GOAL + f'[[service]]\nid = "s"\non = "n"\nsteps = [{steps}]\n'
