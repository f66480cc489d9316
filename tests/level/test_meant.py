"""One mistake about a section, an id or a kind is told once, and hides no other."""

from __future__ import annotations

import pytest

from game.engine.kinds import load_kinds
from game.level.read import read_level_bytes
from tests.level.worst_cases import CLIENT, GOAL, HEAD, NODE, SERVICE

POLICY = '[[policy]]\nid = "p"\nretry = { attempts = 3 }\n'
LEVEL = (
    HEAD.replace("10s", "60s")
    + NODE
    + SERVICE
    + POLICY
    + CLIENT.replace("rate = 1", 'policy = "p"\nrate = 100')
    + GOAL
    + '[[link]]\nfrom = "n"\nto = "c"\nlatency = "1ms"\n'
    + '[[fault]]\nkind = "loss"\nshare = 0.5\nat = "1s"\ntarget = "n-1"\n'
    + '[[control]]\nid = "machines"\nlabel = "machines"\nfamily = "redundancy"\n'
    'sets = "node.n.count"\ndefault = 2\nchoices = [2, 4]\n'
    '[[control]]\nid = "attempts"\nlabel = "attempts"\nfamily = "resilience"\n'
    'sets = "policy.p.retry.attempts"\ndefault = 3\nchoices = [1, 3]\n'
)


def told(text: str) -> list[tuple[str, str, str]]:
    """(code, what is under the carets, suggestion) of all errors of a level."""
    _, problems = read_level_bytes(text.encode(), "night.toml", load_kinds(), graded=True)
    return [
        (one.code, one.excerpt[one.column - 1 :][: one.length], one.suggestion)
        for one in problems.errors
    ]


def changed(before: str, after: str) -> str:
    assert before in LEVEL
    return LEVEL.replace(before, after, 1)


def test_the_level_is_right() -> None:
    assert told(LEVEL) == []


@pytest.mark.parametrize(
    ("section", "word"),
    [
        ("node", "nodes"),
        ("node", "Node"),
        ("policy", "policies"),
        ("service", "servise"),
        ("client", "clients"),
        ("fault", "faults"),
        ("link", "lnik"),
    ],
)
def test_a_misspelt_section_is_told_and_nothing_that_refers_to_it(section: str, word: str) -> None:
    assert told(changed(f"[[{section}]]", f"[[{word}]]")) == [("E011", word, section)]


@pytest.mark.parametrize("section", ["node", "policy", "service", "client", "fault", "goal"])
def test_single_brackets_are_told_and_nothing_that_refers_to_the_table(section: str) -> None:
    assert told(changed(f"[[{section}]]", f"[{section}]")) == [("E010", section, "")]
    misspelt = f"{section}s"
    assert told(changed(f"[[{section}]]", f"[{misspelt}]")) == [("E011", misspelt, section)]


@pytest.mark.parametrize(("section", "name"), [("node", "n"), ("service", "s"), ("policy", "p")])
def test_a_table_that_is_named_in_its_header_has_that_id(section: str, name: str) -> None:
    text = changed(f'[[{section}]]\nid = "{name}"\n', f"[{section}.{name}]\n")
    assert told(text) == [("E010", f"[{section}.{name}]", "")]


@pytest.mark.parametrize("name", ["n", "p", "s"])
@pytest.mark.parametrize(
    ("line", "code"),
    [("", "E012"), ("id = 3\n", "E010"), ('id = "A b"\n', "E015"), ('di = "n"\n', "E011")],
)
def test_an_id_that_is_missing_or_wrong_is_told_once(name: str, line: str, code: str) -> None:
    assert [said[0] for said in told(changed(f'id = "{name}"\n', line))] == [code]


def test_a_wrong_reference_is_told_beside_a_missing_id() -> None:
    text = changed('id = "p"\n', "").replace('call = "s"', 'call = "x"')
    assert told(text) == [("E012", "[[policy]]", ""), ("E022", '"x"', "")]
    text = changed('id = "n"\n', "").replace('target = "n-1"', 'target = "gone"')
    assert ("E022", '"gone"', "") in told(text)


def test_what_is_wrong_inside_a_misspelt_section_is_told_too() -> None:
    text = changed('[[fault]]\nkind = "loss"\nshare = 0.5', '[[faults]]\nkind = "los"\nshare = 20')
    assert told(text) == [
        ("E011", "faults", "fault"),
        ("E021", '"los"', "loss"),
        ("E014", "20", ""),
    ]
    assert told(changed("[[node]]\n", "[node]\ncores = 0\n")) == [
        ("E010", "node", ""),
        ("E014", "0", ""),
    ]


def test_tables_of_a_misspelt_section_come_after_those_of_the_right_one() -> None:
    text = LEVEL + '[[nodes]]\nid = "n"\n[[nodes]]\nid = "m"\ncores = 0\n'
    assert told(text) == [("E011", "nodes", "node"), ("E023", '"n"', ""), ("E014", "0", "")]


@pytest.mark.parametrize("key", ["kind", "knid", "lwa", "type"])
def test_a_key_that_was_to_name_the_law_is_told_alone(key: str) -> None:
    law = f'{{ {key} = "uniform", low = "1ms", high = "3ms" }}'
    assert told(changed('latency = "1ms"', f"latency = {law}")) == [("E011", key, "law")]


@pytest.mark.parametrize("keys", ['low = "1ms", high = "3ms"', 'mean = "1ms"', 'x = "1ms"', ""])
def test_a_law_without_its_name_lacks_the_key_that_names_it(keys: str) -> None:
    law = f"{{ {keys} }}"
    text = changed('latency = "1ms"', f"latency = {law}")
    assert told(text) == [("E012", law, "")]
    _, problems = read_level_bytes(text.encode(), "night.toml", load_kinds())
    assert 'key "law" is missing' in problems[0].message
    assert problems[0].note.startswith("laws: constant, ")


def test_a_fault_without_its_kind_is_told_once() -> None:
    assert told(changed('kind = "loss"\n', "")) == [("E012", "[[fault]]", "")]
    assert told(changed('kind = "loss"\n', 'law = "loss"\n')) == [("E011", "law", "kind")]
