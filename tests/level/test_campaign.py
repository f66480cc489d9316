"""The campaign's index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.campaign import INDEX, campaign_text, card_of, make_campaign, read_campaign
from game.level.identity import level_hash
from game.level.level_kinds import LEVEL_KINDS
from game.level.read import read_level
from game.level.share import ShareCard, recorded_share

LEVEL = """
format = 1
title = "{title}"
chapter = "{chapter}"
order = {order}
duration = "30s"

[[goal]]
id = "answered"
measure = "availability"
at_least = "90%"
"""


def write(folder: Path, chapter: str, name: str, order: int) -> None:
    (folder / chapter).mkdir(parents=True, exist_ok=True)
    text = LEVEL.format(title=name.title(), chapter=chapter.title(), order=order)
    (folder / chapter / f"{name}.toml").write_text(text)


def test_the_index_is_what_the_levels_say() -> None:
    fresh = campaign_text(make_campaign())

    assert INDEX.read_text(encoding="utf-8") == fresh, "make it with: python -m game.level.campaign"


def test_every_level_of_the_index_is_there_and_has_an_id_of_its_own() -> None:
    cards = [card for chapter in read_campaign() for card in chapter.levels]

    assert all(card.file.is_file() for card in cards)
    assert len({card.id for card in cards}) == len(cards)


def test_chapters_are_in_order_of_their_folders_and_levels_in_their_own(tmp_path: Path) -> None:
    for chapter, name, order in (
        ("02-later", "z", 1),
        ("01-first", "b", 1),
        ("01-first", "a", 2),
        ("01-first", "c", 2),
    ):
        write(tmp_path, chapter, name, order)

    campaign = make_campaign(tmp_path)
    assert [[card.id for card in chapter.levels] for chapter in campaign] == [
        ["b", "a", "c"],
        ["z"],
    ]
    assert [chapter.title for chapter in campaign] == ["01-First", "02-Later"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, "01-first", "a", 1)
    campaign = make_campaign(tmp_path)
    index = tmp_path / "campaign.json"
    index.write_text(campaign_text(campaign), encoding="utf-8")

    assert read_campaign(index) == campaign
    goal = campaign[0].levels[0].goals[0]
    assert (goal.at_least, goal.at_most, campaign[0].levels[0].most_stars) == (0.9, None, 1)


def test_a_file_that_is_no_index_is_refused(tmp_path: Path) -> None:
    index = tmp_path / "campaign.json"
    index.write_text('{"format": 99}')

    with pytest.raises(ValueError, match="format 1"):
        read_campaign(index)


def test_every_level_of_the_index_tells_its_kind_and_how_many_plans_win() -> None:
    cards = [card for chapter in read_campaign() for card in chapter.levels]

    assert all(card.kind in LEVEL_KINDS for card in cards)
    shares = {card.id: card.share for card in cards}
    assert shares["the-committee"] == ShareCard(wins=8, tried=60, plans=60)


def test_a_card_has_the_share_of_a_record_of_this_very_level(tmp_path: Path) -> None:
    write(tmp_path, "01-first", "a", 1)
    level = read_level(tmp_path / "01-first" / "a.toml", load_kinds())
    share = {"wins": 2, "tried": 60, "plans": 900, "low": 0.01, "high": 0.11}
    record = {"level_hash": level_hash(level), "share": share}
    path = tmp_path / "01-first" / "a.record.json"

    path.write_text(json.dumps(record))
    assert make_campaign(tmp_path)[0].levels[0].share == ShareCard(wins=2, tried=60, plans=900)
    assert card_of(level).share == ShareCard(wins=2, tried=60, plans=900)

    path.write_text(json.dumps({**record, "level_hash": "of another level"}))
    assert make_campaign(tmp_path)[0].levels[0].share is None
    assert card_of(level).share is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"level_hash": "x"}',
        '{"level_hash": "x", "share": null}',
        '{"level_hash": "x", "share": {"wins": true, "tried": 1, "plans": 1}}',
        '{"level_hash": "x", "share": {"wins": 0, "tried": 0, "plans": 9}}',
        '{"level_hash": "x", "share": {"wins": 3, "tried": 2, "plans": 9}}',
        " " * 2**21,
    ],
)
def test_a_damaged_record_tells_no_share(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.record.json").write_text(content)

    assert recorded_share(tmp_path / "a.toml", "x") is None
