"""Files to check that nobody would write: shipped levels with mistakes, made-up ones, and noise."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from game.level.bounds import MOST_BYTES
from game.level.find import find_levels

TOKEN = re.compile(r"\"[^\"\n]*\"|[A-Za-z0-9_.-]+|\s+|.", re.DOTALL)
ODD = (
    *("\x1b[31m", "\u202e", "é", "猫", "\u0301", "\x00", "'''", '"""', "[[", "]]", "{", "}", "="),
    *(",", ".", "#", "inf", "nan", "1e999", "0x10", "-1", "true", "07:32:00", '""', '"1s"', '"*"'),
    *("[]", "{}", "99999999999999999999", '"\\u001b"'),
)
WORDS = (
    *("format", "id", "title", "duration", "window", "seeds", "kind", "node", "link", "policy"),
    *(
        "service",
        "client",
        "fault",
        "control",
        "measure",
        "goal",
        "prices",
        "steps",
        "law",
        "value",
    ),
    *(
        "retry",
        "choices",
        "sets",
        "default",
        "label",
        "at",
        "for",
        "every",
        "lasts",
        "target",
        "on",
    ),
    *("call", "rate", "count", "zones", "from", "to", "what", "region", "zone", "membership"),
    *("store", "replication", "monitor", "diagnosis", "question", "weapon"),
)


@cache
def levels() -> list[str]:
    """The text of every shipped level."""
    return [path.read_text("utf-8") for path in find_levels()]


def bytes_changed(text: str, random: Random) -> bytes:
    """A few bytes are others, gone, or there again."""
    data = bytearray(text.encode())
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(data))
        random.choice(
            (
                lambda at=at: data.__setitem__(at, random.randrange(256)),
                lambda at=at: data.__delitem__(slice(at, at + random.randint(1, 20))),
                lambda at=at: data.insert(at, random.randrange(256)),
                lambda at=at: data.extend(data[at : at + 200]),
            )
        )()
        if not data:
            break
    return bytes(data)


def tokens_changed(text: str, random: Random) -> bytes:
    """A few words, numbers or signs are others, gone, or change places."""
    tokens = TOKEN.findall(text)
    for _ in range(random.randint(1, 6)):
        at, other = random.randrange(len(tokens)), random.randrange(len(tokens))
        change = random.randrange(4)
        if change == 0:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif change == 1:
            tokens[at] = random.choice((*ODD, *WORDS))
        elif change == 2:
            tokens[at] = ""
        else:
            tokens[at] = tokens[other]
    return "".join(tokens).encode("utf-8", "replace")


def lines_changed(text: str, random: Random) -> bytes:
    """A few lines are gone, there again, or elsewhere."""
    lines = text.split("\n")
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(lines))
        change = random.randrange(3)
        if change == 0 and len(lines) > 1:
            del lines[at]
        elif change == 1:
            lines[at:at] = lines[at : at + random.randint(1, 30)] * random.choice((1, 1, 1, 20))
        else:
            lines.insert(random.randrange(len(lines)), lines.pop(at))
    return "\n".join(lines).encode()


def tables_changed(text: str, random: Random) -> bytes:
    """Whole tables are gone, there again, of another level, or in another order."""
    tables = re.split(r"(?m)^(?=\[)", text)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(tables))
        change = random.randrange(4)
        if change == 0:
            tables[at] = ""
        elif change == 1:
            tables += [tables[at]] * random.choice((1, 2, 100))
        elif change == 2:
            tables += re.split(r"(?m)^(?=\[)", random.choice(levels()))[1:]
        else:
            random.shuffle(tables)
    return "".join(tables).encode()


def made_up(_text: str, random: Random) -> bytes:
    """By the grammar of TOML, out of the words of levels."""
    lines = ['format = 1\ntitle = "x"\nduration = "10s"'] * random.randint(0, 1)
    for _ in range(random.randint(1, 60)):
        word = random.choice(WORDS)
        lines.append(f"[[{word}]]" if random.random() < 0.3 else f"{word} = {_value(random, 4)}")
    return "\n".join(lines).encode("utf-8", "replace")


def _value(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.7:
        return random.choice((*ODD, *(f'"{word}"' for word in WORDS), "3", "0.5", '"2s"'))
    inner = [_value(random, depth - 1) for _ in range(random.randint(0, 4))]
    if random.random() < 0.5:
        return f"[{', '.join(inner)}]"
    pairs = dict(zip(random.sample(WORDS, len(inner)), inner, strict=True))
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + " }"


def noise(_text: str, random: Random) -> bytes:
    """Bytes, or signs of TOML, of any number."""
    size = random.choice((10, 1_000, MOST_BYTES, MOST_BYTES + 5))
    if random.random() < 0.5:
        return random.randbytes(size)
    signs = random.sample("[]{}=.,\"'#\n \\ua1-_\t", random.randint(1, 6))
    return "".join(random.choices(signs, k=size)).encode()


FUZZERS: tuple[Callable[[str, Random], bytes], ...] = (
    bytes_changed,
    tokens_changed,
    lines_changed,
    tables_changed,
    made_up,
    noise,
)


def fuzzed(number: int) -> tuple[Path, bytes]:
    """Input of that number, with the path that it pretends to have. Always the same."""
    random = Random(number)
    fuzzer = FUZZERS[number % len(FUZZERS)]
    return Path(f"{fuzzer.__name__}-{number}.toml"), fuzzer(random.choice(levels()), random)
