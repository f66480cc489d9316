"""Attacks: the faults that a plan adds to a system, in a level of the kind "nemesis".

In text an attack is `cut:a-1@12s`: weapon, target and moment; `storm@12s` where the weapon has no
targets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from game.level.annotations import Label, MomentUs, Name
from game.level.level_kinds import NEMESIS
from game.level.model import Fault, Level, Weapon
from game.level.nearest import listed
from game.level.problems import Complaint
from game.level.units import UnitError, format_duration, parse_duration

MOST_ATTACKS = 100
"""In one plan."""
PLACED = "attack"
"""What stands beside an attack where plans are pairs of texts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One fault that the player adds."""

    weapon: Name
    """The id of a weapon of the level."""
    target: Label = ""
    """One of its targets; none for a weapon without targets."""
    at: MomentUs
    """When it strikes."""

    @property
    def key(self) -> str:
        """All of it as text: `cut:a-1@12s`, which `parse_attack` reads."""
        target = f":{self.target}" if self.target else ""
        return f"{self.weapon}{target}@{format_duration(self.at)}"


class NoAttack(ValueError):
    """A text that is no attack; the message is one sentence."""


def parse_attack(text: str) -> Attack:
    """The attack that a text means; raises NoAttack."""
    what, sign, when = text.strip().rpartition("@")
    weapon, _, target = what.partition(":")
    if not sign or not weapon.strip():
        raise NoAttack(f'"{text[:80]}" is no attack: write WEAPON:TARGET@TIME')
    try:
        at_us = parse_duration(when.strip())
    except UnitError as error:
        raise NoAttack(f'the time in "{text[:80]}" is wrong: {error}') from None
    return Attack(weapon=weapon.strip(), target=target.strip(), at=at_us)


def is_attack(text: str) -> bool:
    """Whether a word is an attack's key; an id of a control never is."""
    return "@" in text


def in_order(attacks: Iterable[Attack]) -> tuple[Attack, ...]:
    """By time, then by weapon and target: the order in which they are given changes nothing."""
    return tuple(sorted(attacks, key=lambda one: (one.at, one.weapon, one.target)))


def cost_of(level: Level, attacks: Iterable[Attack]) -> int:
    """What attacks cost together; they must be of weapons of the level."""
    prices = {weapon.id: weapon.price for weapon in level.weapons}
    return sum(prices[attack.weapon] for attack in attacks)


def check_attacks(level: Level, attacks: Sequence[Attack]) -> Iterator[Complaint]:
    """What is wrong with the attacks of a plan; paths begin with the index of one."""
    if attacks and level.kind != NEMESIS:
        message = f'the kind of this level is "{level.kind}": only "{NEMESIS}" takes attacks'
        yield Complaint("contradiction", message, (0,))
        return
    weapons = {weapon.id: weapon for weapon in level.weapons}
    seen: set[str] = set()
    spent = 0
    for index, attack in enumerate(attacks[:MOST_ATTACKS]):
        weapon = weapons.get(attack.weapon)
        for said in _check(attack, weapon, weapons, level.system.duration):
            yield said.under(index)
        if attack.key in seen:
            message = f'two attacks are the same: "{attack.key}"'
            yield Complaint("duplicate-id", message, (index,))
        seen.add(attack.key)
        before, spent = spent, spent + (weapon.price if weapon else 0)
        if before <= level.attack_budget < spent:
            message = (
                f"these attacks cost more than the budget of {level.attack_budget}: with this one "
                f"it is {spent}"
            )
            yield Complaint("out-of-range", message, (index,))
    if len(attacks) > MOST_ATTACKS:
        message = f"a plan has at most {MOST_ATTACKS} attacks, and this one has {len(attacks)}"
        yield Complaint("too-long", message, (MOST_ATTACKS,))


def _check(
    attack: Attack, weapon: Weapon | None, weapons: Mapping[str, Weapon], end_us: int
) -> Iterator[Complaint]:
    if weapon is None:
        message = f'the level has no weapon "{attack.weapon[:80]}"'
        yield Complaint(
            "unknown-reference", message, ("weapon",), False, attack.weapon, weapons, "weapons"
        )
    elif not weapon.targets and attack.target:
        message = f'the weapon "{weapon.id}" has no target'
        yield Complaint("wrong-target", message, ("target",))
    elif weapon.targets and attack.target not in weapon.targets:
        given = f', and "{attack.target[:80]}" is none of them' if attack.target else ""
        message = f'the weapon "{weapon.id}" needs one of its targets{given}'
        yield Complaint(
            "wrong-target",
            message,
            ("target",) if attack.target else (),
            word=attack.target,
            allowed=weapon.targets,
            of="targets",
        )
    if attack.at >= end_us:
        message = f"this is not before the end of the run ({format_duration(end_us)})"
        yield Complaint("outside-run", message, ("at",))


def faults_of(level: Level, attacks: Iterable[Attack]) -> Iterator[Fault]:
    """The faults that attacks add to a system, which must fit its level."""
    weapons = {weapon.id: weapon for weapon in level.weapons}
    taken = {fault.id for fault in level.system.faults}
    for attack in in_order(attacks):
        weapon = weapons[attack.weapon]
        ends_us = attack.at + (weapon.lasts or 0)
        yield Fault(
            id=_unused(weapon.id, taken),
            what=weapon.what,
            target=(attack.target,) if attack.target else (),
            at=attack.at,
            for_=weapon.lasts if weapon.lasts and ends_us <= level.system.duration else None,
            says=weapon.says,
        )


def _unused(name: str, taken: set[str]) -> str:
    """The name with the first number that makes it one of its own."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def attack_lines(attacks: Iterable[Attack], quoted: Callable[[str], str]) -> list[str]:
    """The `[[attack]]` tables of a file; `quoted` makes TOML's text of a word."""
    lines: list[str] = []
    for attack in attacks:
        lines += ["", "[[attack]]", f"weapon = {quoted(attack.weapon)}"]
        lines += [f"target = {quoted(attack.target)}"] if attack.target else []
        lines.append(f"at = {quoted(format_duration(attack.at))}")
    return lines


def weapon_words(weapon: Weapon) -> str:
    """A weapon in one line: its price, how long it lasts, what it may hit."""
    lasts = f", {format_duration(weapon.lasts)}" if weapon.lasts else ""
    targets = f" at {listed(weapon.targets)}" if weapon.targets else ""
    return f"{weapon.id} ({weapon.price}{lasts}){targets}"
