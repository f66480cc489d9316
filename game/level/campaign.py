"""The campaign's index: what the first screen shows of each level, without reading the levels.

`python -m game.level.campaign` makes `assets/campaign.json` from the level files; reading it needs
none of them. Order: folders of chapters by name, levels by their `order`, then by file name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from game.level.share import ShareCard, recorded_share

if TYPE_CHECKING:
    from game.level.model import Goal, Level

FORMAT = 1
PACKAGE = Path(__file__).resolve().parent.parent
INSTALLED = PACKAGE / "_data"
DATA = INSTALLED if INSTALLED.is_dir() else PACKAGE.parent
"""The folder with `assets/` and `levels/`: inside an installed wheel, else beside the package."""
INDEX = DATA / "assets" / "campaign.json"
LEVELS = DATA / "levels"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalCard:
    """One goal, as `model.Goal` has it. Exactly one of the two thresholds is there."""

    id: str
    measure: str
    stars: int
    says: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCard:
    """What is told of a level before it is read."""

    id: str
    title: str
    chapter: str
    path: str
    """Of a level of the campaign: below `LEVELS`, with slashes. Of another one: from the root."""
    teaches: tuple[str, ...]
    story: str
    duration_us: int
    nights: int
    """Graded seeds."""
    goals: tuple[GoalCard, ...]
    times: tuple[str, ...] = ()
    """Ids of the level's own measures that are times; its others are counts."""
    answers: tuple[str, ...] = ()
    """Ids of what the player says, which are measures that are right or wrong."""
    pack: str = ""
    """The id of the pack that it came with; "" in the campaign."""
    kind: str = "design"
    """A word of `level_kinds.LEVEL_KINDS`."""
    share: ShareCard | None = None
    """How many plans win; None where no proof of this very level left it."""

    @property
    def key(self) -> str:
        """What the player's saves know it by: levels of two packs may have the same id."""
        return level_key(self.pack, self.id)

    @property
    def file(self) -> Path:
        """The level's file."""
        return LEVELS / self.path

    @property
    def most_stars(self) -> int:
        """The stars that can be won."""
        return max((goal.stars for goal in self.goals), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Levels that belong together, in the order in which they are best played."""

    title: str
    levels: tuple[LevelCard, ...]


Campaign = tuple[Chapter, ...]


def level_key(pack: str, level: str) -> str:
    """What saves know a level by; `pack` is the id of its pack, "" in the campaign."""
    return f"{pack}/{level}" if pack else level


def read_campaign(path: Path = INDEX) -> Campaign:
    """The chapters of an index. Raises OSError, or ValueError for what is no index."""
    table = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(table, dict) or table.get("format") != FORMAT:
        raise ValueError(f"{path} is no campaign index of format {FORMAT}")
    return tuple(
        Chapter(title=chapter["title"], levels=tuple(_card(level) for level in chapter["levels"]))
        for chapter in table["chapters"]
    )


def _card(table: dict[str, Any]) -> LevelCard:
    goals = tuple(GoalCard(**goal) for goal in table["goals"])
    lists = {name: tuple(table.get(name, ())) for name in ("teaches", "times", "answers")}
    share = ShareCard(**table["share"]) if table.get("share") else None
    return LevelCard(**{**table, **lists, "goals": goals, "share": share})


def make_campaign(folder: Path = LEVELS) -> Campaign:
    """The chapters of a folder. Raises LevelErrors or Unreadable.

    Words and goals alone are read: what a level's kinds are is not asked here.
    """
    from game.level.find import levels_in

    found: dict[Path, list[tuple[int, LevelCard]]] = {}
    for path in levels_in(folder):
        found.setdefault(path.parent, []).append(_read_card(path, folder))
    chapters = []
    for _, cards in sorted(found.items()):
        levels = tuple(card for _, card in sorted(cards, key=lambda one: (one[0], one[1].path)))
        chapters.append(Chapter(title=levels[0].chapter, levels=levels))
    return tuple(chapters)


def _read_card(path: Path, folder: Path) -> tuple[int, LevelCard]:
    from game.level.answers import implied_goals
    from game.level.problems import LevelErrors
    from game.level.read import Header
    from game.level.records import RecordErrors, read_record
    from game.level.registry import Registry
    from game.level.sections import (
        SECTIONS,
        answer_ids,
        normalise,
        own_times,
        read_table,
        surroundings,
        tables,
    )
    from game.level.source import load_bytes, read_source

    source = read_source(load_bytes(path), str(path))
    document = source.document
    normalise(document)
    around = surroundings(document, Registry())
    top = {key: value for key, value in document.items() if key not in SECTIONS}
    above: tuple[str | int, ...] = ()
    goals = []
    try:
        header: Header = read_record(Header, {"id": path.stem, **top}, around)
        for number, table in tables(document, "goal"):
            above = ("goal", number)
            goals.append(read_table("goal", table, around))
    except RecordErrors as errors:
        for said in errors.complaints if not source.broken else ():
            source.complain(said.under(*above))
    if source.reported:
        raise LevelErrors(source.problems())
    card = LevelCard(
        id=header.id,
        title=header.title,
        chapter=header.chapter,
        path=path.relative_to(folder).as_posix(),
        teaches=header.teaches,
        story=header.story,
        duration_us=header.duration,
        nights=len(header.seeds),
        goals=_goal_cards((*goals, *implied_goals(document))),
        times=own_times(document),
        answers=answer_ids(document),
        kind=header.kind,
        share=_share_of(path, document, header.seeds),
    )
    return header.order, card


def _share_of(path: Path, document: dict[str, Any], seeds: tuple[int, ...]) -> ShareCard | None:
    from game.level.identity import document_hash

    try:
        identity = document_hash(document, seeds)
    except (LookupError, TypeError, AttributeError, ValueError):
        # Words and goals alone were checked: what is no level has no identity, and no record.
        return None
    return recorded_share(path, identity)


def card_of(level: Level, pack: str = "") -> LevelCard:
    """The card of a level that has been read, from the pack of that id."""
    from game.level.identity import level_hash

    return LevelCard(
        pack=pack,
        id=level.id,
        title=level.title,
        chapter=level.chapter,
        path=Path(level.path).resolve().as_posix(),
        teaches=level.teaches,
        story=level.story,
        duration_us=level.system.duration,
        nights=len(level.seeds),
        goals=_goal_cards(level.goals),
        times=level.times,
        answers=level.answers,
        kind=level.kind,
        share=recorded_share(Path(level.path), level_hash(level)) if level.path else None,
    )


def _goal_cards(goals: Iterable[Goal]) -> tuple[GoalCard, ...]:
    return tuple(
        GoalCard(
            id=goal.id,
            measure=goal.measure,
            stars=goal.stars,
            says=goal.says,
            at_least=goal.at_least,
            at_most=goal.at_most,
        )
        for goal in goals
    )


def campaign_text(campaign: Campaign) -> str:
    """The index as it stands in its file."""
    table: dict[str, Any] = {"format": FORMAT, "chapters": list(map(asdict, campaign))}
    for chapter in table["chapters"]:
        for card in chapter["levels"]:
            del card["pack"]
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    from game.level.whole_file import write_whole

    write_whole(INDEX, campaign_text(make_campaign()).encode())
    print(f"{INDEX} is up to date", file=sys.stderr)
