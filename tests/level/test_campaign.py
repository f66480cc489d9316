"""The campaign's index."""

from __future__ import annotations

from pathlib import Path

import pytest

from game.level.campaign import INDEX, campaign_text, make_campaign, read_campaign

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
