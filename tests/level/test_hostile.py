"""Whatever the bytes are: a level, its problems, or one sentence. Never a traceback."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from game.level.bounds import MOST_BYTES, MOST_KEYS
from game.level.plan import PlanError, make_plan, read_plan
from game.level.problems import LevelErrors, Unreadable
from game.level.proofs import read_proofs
from game.level.read import read_level_bytes
from tests.level.toys import NIGHT, TOYS, level_of

TRIES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_anything(data: bytes) -> str:
    """The text that a person gets; fails unless there is exactly one of level and problems."""
    try:
        level, problems = read_level_bytes(data, "odd.toml", TOYS)
    except Unreadable as error:
        return str(error)
    assert (level is None) == bool(problems.errors)
    text = str(problems)
    assert not any(ord(char) < 32 and char != "\n" for char in text)
    lines = data.removeprefix(b"\xef\xbb\xbf").decode().split("\n")
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    return text


@TRIES
@given(st.binary(max_size=300))
def test_random_bytes_are_answered_in_words(data: bytes) -> None:
    read_anything(data)


SCALARS = st.one_of(
    st.sampled_from(["inf", "nan", "-0", "1979-05-27", "07:32:00", "1e400", "0x10", "true"]),
    st.sampled_from(['"1s"', '"fifo"', '"*"', '"web"', '"a"', '""', '"-1ms"', '"\\u001b[31m"']),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
)
WORDS = """format id title duration window seeds region zone node link policy service client fault
control measure event goal prices steps kind law value mean retry choices sets default label at for
every lasts target on call rate count zones from to what a.b 'x' "\\u0007\""""
KEYS = st.sampled_from(WORDS.split())
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]"),
        st.dictionaries(KEYS, inner, max_size=3).map(
            lambda table: "{ " + ", ".join(f"{k} = {v}" for k, v in table.items()) + " }"
        ),
    ),
    max_leaves=8,
)
LINES = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    KEYS.map(lambda key: f"[[{key}]]"),
    KEYS.map(lambda key: f"[{key}]"),
)


@TRIES
@given(st.lists(LINES, max_size=12))
def test_random_toml_is_answered_in_words(lines: list[str]) -> None:
    read_anything("\n".join(lines).encode())


@TRIES
@given(st.data())
def test_a_level_with_lines_changed_is_answered_in_words(data: st.DataObject) -> None:
    lines = NIGHT.split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[at].partition(" = ")
        change = data.draw(st.sampled_from(["drop", "double", "value", "line", "cut"]))
        if change == "drop":
            del lines[at]
        elif change == "double":
            lines.insert(at, lines[at])
        elif change == "value" and equals:
            lines[at] = f"{key} = {data.draw(VALUES)}"
        elif change == "line":
            lines.insert(at, data.draw(LINES))
        elif change == "cut":
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
        if not lines:
            return
    read_anything("\n".join(lines).encode())


@TRIES
@given(st.integers(0, len(NIGHT) - 1), st.text(max_size=3))
def test_a_level_with_a_place_overwritten_is_answered_in_words(at: int, text: str) -> None:
    read_anything((NIGHT[:at] + text + NIGHT[at + len(text) :]).encode("utf-8", "ignore"))


DEEP = 60_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a = " + "[" * DEEP, "deeper than 16"),
        ("a = " + "[" * 17 + "]" * 17, "deeper than 16"),
        ("a = " + "{a = " * 5_000, "deeper than 16"),
        ("[" + ".".join("a" * 5000) + "]", "more than 32 parts"),
        ("[" + ".".join("a" * 20) + "]", "deeper than 16"),
        (".".join("a" * 30_000) + " = 1", "more than 32 parts"),
        (".".join("a" * 20) + " = 1", "deeper than 16"),
        ("a = [" + "1," * 2_000 + "]", "more than 1000 entries"),
        ("a = [" + "1," * 30_000 + "]", "more than 2000 entries"),
        ("[[a]]\n" * 1_500, "more than 1000 entries"),
        ("[[a]]\n" * 10_000, "more than 2000 keys"),
        ("a = 1\n" * 2_001, "more than 2000 keys"),
        ("a = '" + "é" * 40_000 + "'", "larger than 64 KiB"),
        ("a = " + "9" * 5000, "digits"),
        (f"seeds = [{2**63}]", "number this large"),
        ("duration = 1979-05-27", "dates and times"),
        ("event_budget = inf", "finite numbers"),
        ("a = 1\na = 2", '"a" is written twice'),
        ("[a]\n[a]", '"a" is written twice'),
        ("[[a]]\n[a]\nb = 1\n[a.c]", '"a" is written twice'),
        ("a.b = 1\na.b.c = 2", "taken above"),
        ("a = 1\0", "U+0000"),
        ("a = 1\rb = 2", "U+000D"),
        ('title = "\\u001b[31mred"', "U+001B"),
        ('title = "\\u202eder"', "U+202E"),
        ("'\\u001b' = 1", "unknown key"),
        ('"\\u001b" = 1', "control character"),
        ("a = '''", "has no end"),
        ("=\n" * 2_000, "a key is missing"),
        ("a = {x = 1,\n}", "on one line"),
        ("a = 2024-02-30", "not TOML 1.0"),
    ],
)
def test_odd_input_is_refused_in_words(text: str, words: str) -> None:
    assert words in read_anything(text.encode())


def test_text_of_exactly_the_bounds_is_not_refused_for_its_size() -> None:
    keys = "".join(f"k{n} = 1\n" for n in range(MOST_KEYS))
    assert "unknown key" in read_anything(keys.encode())
    long = b"title = 1 #" + b"x" * (MOST_BYTES - 11)
    assert "larger" not in read_anything(long)
    assert "larger" in read_anything(long + b"x")


def test_undecodable_files_are_unreadable() -> None:
    assert read_anything(b"a = '\xff'") == "odd.toml is not UTF-8 text (byte 5)."


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    plain = level_of(NIGHT)
    data = b"\xef\xbb\xbf" + NIGHT.replace("\n", "\r\n").encode()
    level, problems = read_level_bytes(data, "levels/night.toml", TOYS)
    assert not problems
    assert level == plain


@TRIES
@given(st.one_of(st.binary(max_size=100), st.lists(LINES, max_size=6).map("\n".join)))
def test_plans_and_proofs_of_any_content_are_answered_in_words(
    tmp_path_factory: pytest.TempPathFactory, content: bytes | str
) -> None:
    path: Path = tmp_path_factory.getbasetemp() / "odd.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    level = level_of(NIGHT)
    with suppress(PlanError, Unreadable):
        plan = read_plan(path, level)
        assert plan == make_plan(level, dict(plan.values), plan.name)
    with suppress(LevelErrors, Unreadable):
        proofs = read_proofs(path, level)
        assert all(len(proof.plan.values) == len(level.controls) for proof in proofs.proofs)
