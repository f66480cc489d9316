"""What is wrong with text that is no TOML, in words, where it is wrong.

A parser stops where it can go on no more, which is often far from the mistake and always said in
the parser's words. This one reads the same lines tolerantly: it only looks for mistakes that people
make, says what to write, and goes on at the next line. It is asked about broken files alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from game.level.units import BYTES_PER_UNIT, US_PER_UNIT

DEEPEST = 20
"""Brackets inside one another that are looked into."""
SHOWN_CHARACTERS = 60
"""Of a text that is told how to write it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong with the characters from `start` to before `end`."""

    start: int
    end: int
    message: str


class _Found(Exception):
    """A mistake; `resume` is where to go on, if it is not the next line."""

    def __init__(self, start: int, end: int, message: str, resume: int = 0) -> None:
        super().__init__(message)
        self.mistake = Mistake(start, end, message)
        self.resume = resume


_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_REST = re.compile(r"[^\n]*")
_END = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_LONG_TEXT = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}", re.DOTALL)
_TEXT = re.compile(r'"(?:\\[^\n]|[^"\\\n])*"' r"|'[^'\n]*'")
_ESCAPE = re.compile(r'\\(?:([btnfr"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|.)', re.DOTALL)
_WORD = re.compile(r"[^\s,=\[\]{}#\"']+")
_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WORDS = re.compile(r"[^\n,=\[\]{}#\"';]+")
_STATEMENT = re.compile(
    r"[ \t]*(?:\[|#|\r?\n|\Z|(?:[A-Za-z0-9_.-]+|\"[^\"\n]*\"|'[^'\n]*')[ \t]*=)"
)
_SECTION = re.compile(r"\[\[?[ \t]*(?!(?:true|false|inf|nan)\b)[a-z_.]+[ \t]*\]")
"""A header, and no list of one value."""
_ANOTHER_KEY = re.compile(r"[ \t]*[A-Za-z_][\w.-]*[ \t]*=")
_DATE = r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d:\d\d[\d:.Zz+-]*)?|\d\d:\d\d:\d\d(?:\.\d+)?"
_VALUE = re.compile(
    r"(?:true|false|[+-]?(?:inf|nan)|0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+"
    rf"|{_DATE}"
    r"|[+-]?(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?)"
    r"(?![^\s,\]}#;])"
)
_DECIMALS = re.compile(r"\d+(?:,\d+)+(?=\s|\Z)")
_SMART = "\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb"
"""Quotes that word processors write."""
_UNITS = frozenset((*US_PER_UNIT, *BYTES_PER_UNIT, "%"))


def mistakes_in(text: str, most: int) -> list[Mistake]:
    """The first mistakes in a text, in order of place; [] where none of the known ones is found."""
    found: list[Mistake] = []
    at = 0
    while at < len(text) and len(found) < most:
        try:
            at = _statement(text, at)
        except _Found as mistake:
            found.append(mistake.mistake)
            at = _next_statement(text, max(mistake.resume, _line_end(text, mistake.mistake.start)))
        except RecursionError:
            break
    return found


def _next_statement(text: str, at: int) -> int:
    """Where the next line begins that looks like one of its own."""
    while at < len(text):
        at += text.startswith("\n", at)
        if _STATEMENT.match(text, at):
            return at
        at = _line_end(text, at)
    return at


def _line_end(text: str, at: int) -> int:
    match = _REST.match(text, at)
    return at if match is None else match.end()


def _skip(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return at if match is None else match.end()


def _shown(text: str) -> str:
    """A piece of the file for a sentence."""
    text = text.strip()
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}..."


def _statement(text: str, at: int) -> int:
    """Where the statement at a place ends, its line end included."""
    at = _skip(_SPACE, text, at)
    if at == len(text):
        return at
    if text[at] == "[":
        return _after(text, _header(text, at), "header")
    at = _equals(text, at, _key(text, at))
    begin = _skip(_BLANK, text, at)
    end = _value(text, begin, 0)
    return _after(text, end, text[begin:end])


def _header(text: str, at: int) -> int:
    brackets = "[[" if text.startswith("[[", at) else "["
    closing = "]" * len(brackets)
    line = text[at : _line_end(text, at)].partition("#")[0].rstrip()
    name = line.strip("[]").strip()
    end = at + len(brackets)
    if not name:
        raise _Found(at, at + len(line), "a table has a name: write [[node]], or another section")
    if "=" not in name and " " in name and not {"'", '"', "."} & {*name}:
        word = "_".join(name.split())
        message = f"a name is one word: write {brackets}{word}{closing}"
        raise _Found(at, at + len(line), message)
    while True:
        end = _skip(_BLANK, text, _part(text, _skip(_BLANK, text, end), at))
        if not text.startswith(".", end):
            break
        end += 1
    if text.startswith(closing, end) and not text.startswith("]", end + len(closing)):
        return end + len(closing)
    raise _Found(
        at, at + len(line), f"brackets do not match: write {brackets}{_shown(name)}{closing}"
    )


def _part(text: str, at: int, begin: int) -> int:
    """Where one part of a key ends."""
    end = _skip(_KEY, text, at)
    if end == at:
        end = _skip(_TEXT, text, at)
    if end > at:
        return end
    raise _no_key(text, begin)


def _key(text: str, at: int) -> int:
    """Where a key ends, dots and all."""
    end = at
    while True:
        end = _part(text, _skip(_BLANK, text, end), at)
        after = _skip(_BLANK, text, end)
        if not text.startswith(".", after):
            return end
        end = after + 1


def _no_key(text: str, at: int) -> _Found:
    rest = text[at : _line_end(text, at)]
    if rest.startswith(("//", "--", ";")):
        return _Found(at, at + 1, "a comment begins with #")
    if rest.startswith("="):
        return _Found(at, at + 1, "a key is missing before this =")
    if rest[:1] in ("'", '"'):
        return _Found(at, at + 1, "this key has no closing quote")
    word = rest.partition("=")[0].strip()
    if "=" in rest and word and not {*word} & {*"[]{},"}:
        message = f'a key of other letters than a-z 0-9 _ - stands in quotes: write "{word[:60]}"'
        return _Found(at, at + len(word), message)
    message = "a line is `key = value`, `[[section]]` or `# a comment`"
    return _Found(at, at + max(1, len(rest.rstrip())), message)


def _equals(text: str, begin: int, end: int) -> int:
    """Where the = behind a key ends."""
    key = text[begin:end]
    at = _skip(_BLANK, text, end)
    if key.startswith("--") and not text.startswith("=", at):
        raise _Found(begin, begin + 1, "a comment begins with #")
    if text.startswith("==", at):
        raise _Found(at, at + 2, f"one = is enough: write {_shown(key)} = ...")
    if text.startswith("=", at):
        return at + 1
    rest = text[at : _line_end(text, at)]
    if rest.startswith(":"):
        size = 2 if rest.startswith(":=") else 1
        message = f'= stands between key and value, not "{rest[:size]}": write {_shown(key)} = ...'
        raise _Found(at, at + size, message)
    more, equals, _ = rest.partition("=")
    if equals and at > end and re.fullmatch(r"[\w -]+", more):
        word = "_".join(f"{key} {more}".split())
        raise _Found(begin, at + len(more.rstrip()), f"a key is one word: write {word} = ...")
    if not rest.strip() or rest.startswith("#"):
        message = f"this key has no value: write {_shown(key)} = ..."
        raise _Found(begin, end, message)
    if rest[0] in ",}]":
        raise _Found(begin, end, f"this has no = and no value: write {_shown(key)} = ...")
    if not _WORD.match(text, end):
        message = f"= is missing behind {_shown(key)}"
        raise _Found(at, at + 1, message)
    raise _no_key(text, begin)


def _value(text: str, at: int, depth: int) -> int:
    """Where the value at a place ends."""
    if depth > DEEPEST:
        raise RecursionError
    reader = _READERS.get(text[at : at + 1], _bare)
    return reader(text, at, depth)


def _text(text: str, at: int, depth: int) -> int:
    quote = text[at]
    if text.startswith(quote * 3, at):
        match = _LONG_TEXT.match(text, at)
        if match is None:
            message = f"this text has no end: write {quote * 3} behind it"
            raise _Found(at, at + 3, message, len(text))
    else:
        match = _TEXT.match(text, at)
        if match is None:
            raise _unclosed_text(text, at, depth)
    if quote == '"' and not text.startswith(quote * 3, at):
        for escape in _ESCAPE.finditer(match[0]):
            if escape[1] is None:
                where = at + escape.start()
                message = rf"{escape[0]} is no escape: write \\ for a backslash"
                raise _Found(where, where + 2, message)
    return match.end()


def _unclosed_text(text: str, at: int, depth: int) -> _Found:
    quote, line = text[at], text[at + 1 : _line_end(text, at)].rstrip()
    smart = next((n for n, char in enumerate(line) if char in _SMART), None)
    if smart is not None:
        where = at + 1 + smart
        return _Found(where, where + 1, f"this is another sort of quote: write {quote}")
    inside = re.split(r"[,\]}]", line)[0].rstrip() if depth else line
    message = f"this text has no closing quote: write {quote}{_shown(inside)}{quote}"
    return _Found(at, at + 1 + len(line), message)


def _list(text: str, at: int, depth: int) -> int:
    end = _skip(_SPACE, text, at + 1)
    while not text.startswith("]", end):
        if end == len(text) or text[end] == "=":
            raise _Found(at, at + 1, "this list has no end: write ] behind its last entry")
        if text[end] == ",":
            raise _Found(end, end + 1, "an entry is missing before this comma")
        if text[end] == "}":
            raise _Found(end, end + 1, "a list ends with ], not with }")
        if _begins_a_line(text, end) and (_ANOTHER_KEY.match(text, end) or text[end] == "["):
            _refuse_open_list(text, at, end)
        before, end = end, _value(text, end, depth + 1)
        end = _comma(text, before, end, "]", _SPACE)
    return end + 1


def _begins_a_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


def _refuse_open_list(text: str, at: int, line: int) -> None:
    """Refuse a list that the next statement follows."""
    if text[line] != "[" or _SECTION.match(text, line):
        message = "this list has no end: write ] behind its last entry"
        raise _Found(at, at + 1, message, line - 1)


def _comma(text: str, begin: int, end: int, closing: str, space: re.Pattern[str]) -> int:
    """Where the next entry begins, or the closing bracket stands, behind an entry."""
    after = _skip(space, text, end)
    if text.startswith(",", after):
        return _skip(space, text, after + 1)
    if after == len(text) or text[after] in f"{closing}\n\r":
        return after
    sign = text[after]
    if sign in ";|":
        raise _Found(after, after + 1, f"write a comma in place of {sign}")
    if sign in "}])":
        raise _Found(after, after + 1, f"write {closing} in place of {sign}")
    if _begins_a_line(text, after) and (_ANOTHER_KEY.match(text, after) or text[after] == "["):
        return after
    if text[begin] in "'\"" and after == end:
        raise _text_goes_on(text, begin, end)
    piece = _piece(text, after)
    raise _Found(after, after + len(piece), f"a comma is missing before this: {_shown(piece)}")


def _piece(text: str, at: int) -> str:
    """The word, text or key at a place."""
    for pattern in (_TEXT, _WORD):
        if match := pattern.match(text, at):
            return match[0]
    return text[at : at + 1]


def _table(text: str, at: int, depth: int) -> int:
    end = _inside(text, at, at + 1)
    while not text.startswith("}", end):
        if text[end] == ",":
            raise _Found(end, end + 1, "an entry is missing before this comma")
        if text[end] == "]":
            raise _Found(end, end + 1, "write } in place of ]")
        equals = _equals(text, end, _key(text, end))
        begin = _inside(text, at, equals)
        after = _comma(text, begin, _value(text, begin, depth + 1), "}", _BLANK)
        comma = text.rfind(",", begin, after)
        end = _inside(text, at, after)
        if text.startswith("}", end) and comma >= 0 and not text[comma + 1 : end].strip():
            raise _Found(comma, comma + 1, "no comma stands before }: take it away")
    return end + 1


def _inside(text: str, begin: int, at: int) -> int:
    """The next place in an inline table that is not blank; it must be on the same line."""
    at = _skip(_BLANK, text, at)
    if at < len(text) and text[at] not in "\r\n#":
        return at
    message = "a table in { } stands on one line, and this one does not end on its line"
    raise _Found(begin, begin + 1, message, _table_end(text, begin))


def _table_end(text: str, begin: int) -> int:
    """Where a table over several lines ends; the end of its line where it does not end."""
    depth = 0
    sign = re.compile(r'"(?:\\[^\n]|[^"\\\n])*"' r"|'[^'\n]*'|#[^\n]*|[{}]|\n[ \t]*\[\[?[a-z]")
    for match in sign.finditer(text, begin):
        if match[0][0] == "\n":
            break
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0:
            return match.end()
    return _line_end(text, begin)


_READERS: dict[str, Callable[[str, int, int], int]] = {
    '"': _text,
    "'": _text,
    "[": _list,
    "{": _table,
}
"""By the first character of a value."""

_INSTEAD = {
    **dict.fromkeys(("yes", "on"), "write true"),
    **dict.fromkeys(("no", "off"), "write false"),
    **dict.fromkeys(("none", "null", "nil"), "there is no such value: leave the key out"),
}
"""What to do about words, in small letters, that mean something elsewhere."""


def _bare(text: str, at: int, depth: int) -> int:
    """Where a number, date or truth value ends."""
    match = _VALUE.match(text, at)
    rest = _WORDS.match(text, at)
    if rest is None or not rest[0].strip():
        raise _no_value(text, at)
    words = rest[0].rstrip()
    equals = text.startswith("=", rest.end())
    if depth == 0 and (decimals := _DECIMALS.match(text, at)):
        words = decimals[0]
    elif match is not None:
        more = text[match.end() : at + len(words)].strip()
        if not more or equals or (depth and _VALUE.fullmatch(more)):
            return match.end()
    elif equals and depth == 0:
        shown = _shown(text[at : _line_end(text, at)])
        raise _Found(at, at + len(words), f"a table stands in {{ }}: write {{ {shown} }}")
    raise _Found(at, at + len(words), next(filter(None, _said_of(words))))


def _said_of(words: str) -> Iterator[str]:
    """What may be said of words in place of a value: the first that is not empty is."""
    if words.lower() in ("true", "false"):
        yield f"this is written in small letters: {words.lower()}"
    yield _INSTEAD.get(words.lower(), "")
    if words[0] in _SMART:
        yield f'these are another sort of quotes: write "{_shown(words.strip(_SMART))}"'
    if words[0] == "(":
        yield "a list stands in square brackets: write [...]"
    number, _, more = words.partition(" ")
    if re.fullmatch(r"\d+(?: \d{3})+", words) or re.fullmatch(r"\d+,\d{3}(?:,\d{3})+", words):
        yield f"a number has no spaces: write {re.sub('[ ,]', '', words)}"
    if re.fullmatch(r"\d+,\d+", words):
        yield f"decimals stand behind a point: write {words.replace(',', '.')}"
    if re.fullmatch(r"[+-]?\.\d+|[+-]?\d+\.", words):
        whole, _, part = words.partition(".")
        yield f"digits stand on both sides of the point: write {whole or '0'}.{part or '0'}"
    if re.fullmatch(r"0\d+(?:\.\d+)?", words):
        yield f"a number has no zeros in front: write {words.lstrip('0') or '0'}"
    if more and _VALUE.fullmatch(number) and more.strip() not in _UNITS:
        yield f'a number stands alone: write {number}, or if this is text, "{_shown(words)}"'
    what = "a value with a unit" if words[0].isdigit() else "text"
    yield f'{what} stands in quotes: write "{_shown(words)}"'


def _no_value(text: str, at: int) -> _Found:
    sign = text[at : at + 1]
    if sign == "=":
        return _Found(at, at + 1, "one = is enough")
    if sign and sign in ",]};":
        return _Found(at, at + 1, f"a value is missing before {sign}")
    equals = text.rfind("=", 0, at)
    return _Found(max(equals, 0), max(equals, 0) + 1, "a value is missing behind this =")


def _after(text: str, at: int, before: str) -> int:
    """Where the line of a statement ends: nothing but a comment may stand there."""
    match = _END.match(text, at)
    if match is not None:
        return match.end()
    rest = text[at : _line_end(text, at)]
    begin = _skip(_BLANK, text, at)
    if before[:1] in ("'", '"') and begin == at and rest[0] not in ",;":
        raise _text_goes_on(text, at - len(before), at)
    if _ANOTHER_KEY.match(rest):
        raise _Found(begin, begin + 1, "each key stands on a line of its own")
    if rest.strip() in (",", ";"):
        raise _Found(begin, begin + 1, f"nothing stands at the end of a line: take {rest} away")
    shown = _shown(rest)
    message = f"only a comment (# ...) may stand behind this on its line, not {shown}"
    raise _Found(begin, begin + len(rest.strip()), message)


def _text_goes_on(text: str, begin: int, end: int) -> _Found:
    """That a text has its own quote inside; it ends at `end` for a parser."""
    quote, line_end = text[begin], _line_end(text, begin)
    last = text.rfind(quote, end, line_end)
    if last < 0:
        shown = _shown(text[end:line_end])
        message = f"this quote ends the text: nothing stands behind it, not {shown}"
        return _Found(end - 1, end, message)
    inside = text[begin + 1 : last]
    if quote == "'" and not {'"', "\\"} & {*inside}:
        written = f'"{_shown(inside)}"'
    elif quote == '"' and not {"'", "\\"} & {*inside}:
        written = f"'{_shown(inside)}'"
    else:
        written = '\\" for a quote inside "..."'
    return _Found(end - 1, end, f"this quote ends the text: write {written}")
