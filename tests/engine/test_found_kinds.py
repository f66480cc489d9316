"""Kinds that are imported when they are asked for are those that there are."""

from __future__ import annotations

import subprocess
import sys

from game.engine.kinds import FoundKinds, load_kinds


def test_every_kind_is_found_in_the_source_of_its_module() -> None:
    found, every = FoundKinds(), load_kinds()
    for kind in every:
        assert found.get(kind.family, kind.name) is kind
    for family in {kind.family for kind in every}:
        assert found.names(family) == every.names(family)
    assert found.get("fault", "none such") is None
    assert list(found) == list(every)


def test_a_kind_that_nobody_asks_for_is_not_imported() -> None:
    program = (
        "import sys; from game.engine.kinds import find_kinds; kinds = find_kinds();"
        "assert kinds.get('balancer', 'random');"
        "assert 'game.engine.routing.random' in sys.modules;"
        "assert 'game.engine.routing.rendezvous' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
