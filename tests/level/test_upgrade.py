"""`upgrade`: migrations are tried with toys, since format 1 is the first."""

from __future__ import annotations

import pytest
import tomlkit

from game.engine.kinds import load_kinds
from game.level.problems import LevelErrors, Unreadable
from game.level.upgrade import Upgraded, upgrade
from tests.level.packs import level_text

TEXT = level_text("nap")


def upgraded(text: str, **options: object) -> Upgraded:
    return upgrade(text.encode(), "nap.toml", load_kinds(), **options)  # type: ignore[arg-type]


def to_two(document: tomlkit.TOMLDocument) -> None:
    document["name"] = document.pop("title")


def to_three(document: tomlkit.TOMLDocument) -> None:
    document.add("lives", 9)


def test_a_level_of_today_stays_as_it_is() -> None:
    assert upgraded(TEXT) == Upgraded(TEXT, TEXT, ())


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_missing_format_is_added_below_the_comments_at_the_top(newline: str) -> None:
    old = TEXT.replace("format = 1\n", "").replace("\n", newline)
    found = upgraded(old)
    assert found.after == TEXT.replace("\n", newline)
    assert found.steps == ("added format = 1",)


def test_migrations_are_taken_one_after_the_other_and_comments_stay() -> None:
    old = '# Top.\nformat = 1 # old\ntitle = "x" # A word.\n\n[[node]] # Here.\nid = "a"   # b\n'
    found = upgraded(old, migrations={1: to_two, 2: to_three}, to=3)
    assert found.steps == ("format 1 -> 2", "format 2 -> 3")
    for kept in ("# Top.\n", "format = 3 # old\n", "[[node]] # Here.\n", 'id = "a"   # b\n'):
        assert kept in found.after
    document = tomlkit.parse(found.after)
    assert (document["name"], document["lives"], "title" in document) == ("x", 9, False)


def test_a_renamed_key_keeps_its_place_and_its_comment() -> None:
    old = TEXT.replace("count = 1\n", "machines   = 1  # one\n").replace("title =", "name =")
    renamed = {"": {"name": "title"}, "node": {"machines": "count"}}
    found = upgraded(old, renamed=renamed)
    assert found.after == TEXT.replace("count = 1\n", "count   = 1  # one\n")
    assert found.steps == ("name -> title", "node.machines -> count")


def test_a_key_is_not_renamed_onto_another() -> None:
    old = TEXT.replace("count = 1\n", "count = 1\nmachines = 2\n")
    assert upgraded(old, renamed={"node": {"machines": "count"}}).after == old


def test_a_level_that_would_get_new_errors_stays_as_it_is() -> None:
    with pytest.raises(Unreadable, match=r'stays as it is.*unknown key "cuont"'):
        upgraded(TEXT, renamed={"node": {"count": "cuont"}})


def test_errors_that_a_level_has_already_do_not_stand_in_the_way() -> None:
    old = TEXT.replace("rate = 20", "rat = 20").replace("format = 1\n", "")
    assert "rat = 20" in upgraded(old).after


@pytest.mark.parametrize("number", ["2", "0", '"1"', "true", "1.0"])
def test_a_format_that_nobody_knows_is_refused(number: str) -> None:
    with pytest.raises(Unreadable, match="says that its format is"):
        upgraded(TEXT.replace("format = 1", f"format = {number}"))


def test_a_format_from_which_nothing_leads_on_is_refused() -> None:
    with pytest.raises(Unreadable, match="nothing leads on"):
        upgraded(TEXT, migrations={2: to_three}, to=3)


def test_what_is_no_toml_is_told_as_check_tells_it() -> None:
    with pytest.raises(LevelErrors):
        upgraded("format = = 1\n")
