from __future__ import annotations

from pathlib import Path

import pytest

from game.engine.kinds import load_kinds
from game.level.model import ONLY_REGION, ONLY_ZONE, SECOND_US, Level
from game.level.problems import LevelErrors, Unreadable
from game.level.read import inspect_level, read_level, read_level_bytes
from tests.level.toys import (
    NIGHT,
    TOYS,
    Constant,
    Crash,
    Exponential,
    Partition,
    Retry,
    RoundRobin,
    Weighted,
    level_of,
    marked,
    only_problem,
    problems_of,
    with_lines,
)

SMALL = """\
format = 1
title = "Small"
duration = "10s"

[[node]]
id = "web"

[[service]]
id = "shop"
on = "web"

[[client]]
id = "users"
call = "shop"
rate = 10
"""
GOAL = """
[[goal]]
id = "answered"
measure = "availability"
at_least = "99%"
"""


def test_a_small_level_is_filled_with_defaults() -> None:
    level = level_of(SMALL)
    assert (level.id, level.chapter, level.kind) == ("night", "", "design")
    assert level.seeds == (1, 2, 3, 4, 5)
    assert level.recovery_us == 5 * SECOND_US
    system = level.system
    assert [region.id for region in system.regions] == [ONLY_REGION]
    assert [(zone.id, zone.region) for zone in system.zones] == [(ONLY_ZONE, ONLY_REGION)]
    assert system.nodes[0].zones == (ONLY_ZONE,)
    assert TOYS.kind_of("scheduling", system.nodes[0].scheduling).name == "fifo"
    assert [policy.id for policy in system.policies] == ["plain"]
    assert system.policies[0].balancer == RoundRobin()
    assert system.services[0].on == ("web",)


def test_a_level_names_its_place_in_the_chapter_or_stands_last() -> None:
    assert level_of(SMALL).order == 100
    assert level_of(SMALL.replace("format = 1", "format = 1\norder = 2")).order == 2
    said = only_problem(SMALL.replace("format = 1", "format = 1\norder = -1"))
    assert (said.line, said.column) == (2, 9)


def test_a_level_says_what_its_file_says() -> None:
    level = level_of(NIGHT)
    system = level.system
    assert level.title == "A night"
    assert level.story == "Two lines\nof story."
    assert level.window_us == (5 * SECOND_US, 50 * SECOND_US)
    assert level.how_often_per_year == 12
    assert system.prices.cross_zone_gib == 10_000
    assert system.nodes[0].at == (70.0, 50.5)
    assert system.links[0].latency == Exponential(mean=2000)
    assert system.links[1].latency == Constant(value=5000)
    assert system.links[1].bandwidth == 10 << 20
    assert system.links[1].loss == 0.01
    assert system.policies[0].balancer == Weighted(weights=(1.0, 2.5))
    assert [goal.at_least for goal in level.goals] == [0.99, None]
    assert level.goals[1].at_most == 250.0


def test_faults_are_flat_tables_with_numbered_ids() -> None:
    faults = level_of(NIGHT).system.faults
    assert [fault.id for fault in faults] == ["crash", "crash-2", "partition"]
    assert faults[0].what == Crash(what="host")
    assert faults[0].target == ("web-1",)
    assert faults[0].for_ == 20 * SECOND_US
    assert faults[2].what == Partition(between=("web", "disk"))


def test_the_system_of_a_level_has_every_control_at_its_default() -> None:
    assert level_of(NIGHT).system.policies[0].retry is None
    often = with_lines(NIGHT, ('default = "never"', 'default = "twice"'))
    assert level_of(often).system.policies[0].retry == Retry(
        attempts=5, pause=Constant(value=20_000)
    )


PLANTED = (
    ('chapter = "Lab"', 'chaptre = "Lab"'),
    ('duration = "60s"', 'duration = "60s"\nseeds = [1, "2"]'),
    ('id = "web"\ncount = 2', 'id = "web"\ncount = -2'),
    ('zones = ["east", "west"]', 'zones = ["east", "wset"]'),
    ('mean = "2ms" }', "mean = 2 }"),
    ('call = "store", policy', 'call = "sotre", policy'),
    ("rate = 100\n", "rate = 100\npopulation = 3\n"),
    ('at = "10s"', 'at = "70s"'),
    ('kind = "partition"', 'kind = "partion"'),
    ('sets = "node.web.count"', 'sets = "node.web.cuont"'),
)


def test_ten_planted_mistakes_are_ten_problems_at_their_places_in_one_pass() -> None:
    text = with_lines(NIGHT, *PLANTED)
    lines = text.split("\n")
    found = [(p.code, marked(p), p.suggestion) for p in problems_of(text)]
    assert found == [
        ("E011", "chaptre", "chapter"),
        ("E010", '"2"', ""),
        ("E014", "-2", ""),
        ("E022", '"wset"', "west"),
        ("E017", "2", ""),
        ("E022", '"sotre"', "store"),
        ("E027", "population", ""),
        ("E024", '"70s"', ""),
        ("E021", '"partion"', "partition"),
        ("E030", '"node.web.cuont"', "count"),
    ]
    for problem in problems_of(text):
        assert lines[problem.line - 1] == problem.excerpt
    assert [(p.line, p.column) for p in problems_of(text)][:4] == [
        (4, 1),
        (11, 13),
        (27, 9),
        (28, 18),
    ]


def test_a_problem_is_told_with_its_line_a_caret_and_the_nearest_word() -> None:
    text = with_lines(NIGHT, ('kind = "partition"', 'kind = "partion"'))
    problem = only_problem(text)
    assert str(problem) == (
        'error[E021]: unknown fault kind "partion"\n'
        f"   --> levels/night.toml:{problem.line}:8\n"
        "    |\n"
        f' {problem.line} | kind = "partion"\n'
        '    |        ^^^^^^^^^ did you mean "partition"?\n'
        "    = note: kinds: crash, partition, slow\n"
        "    = help: `ninelives level explain E021`"
    ).replace("   -->", " " * len(str(problem.line)) + " -->")


@pytest.mark.parametrize(
    ("before", "after", "code", "mark", "suggestion"),
    [
        ("format = 1", "format = 2", "E020", "2", ""),
        ("format = 1\n", "", "E012", "", ""),
        ('title = "A night"\n', "", "E012", "", ""),
        ('title = "A night"', 'title = "A night"\nid = "No Id"', "E015", '"No Id"', ""),
        ('title = "A night"', 'title = "two\\nlines"', "E016", '"two\\nlines"', ""),
        ('duration = "60s"', "duration = 60", "E017", "60", ""),
        ('duration = "60s"', 'duration = "60 parsecs"', "E017", '"60 parsecs"', ""),
        ('window = ["5s", "50s"]', 'window = ["50s", "5s"]', "E014", '["50s", "5s"]', ""),
        ('window = ["5s", "50s"]', 'window = ["5s"]', "E010", '["5s"]', ""),
        ('window = ["5s", "50s"]', 'window = ["5s", "61s"]', "E024", '"61s"', ""),
        ('warm_up = "2s"', 'warm_up = "60s"', "E024", '"60s"', ""),
        ('how_often = "1/month"', 'how_often = "1/moon"', "E013", '"1/moon"', ""),
        ("[prices]", "[[prices]]", "E010", "[[prices]]", ""),
        ('[[zone]]\nid = "west"', '[[zones]]\nid = "west"', "E011", "zones", "zone"),
        ('cross_zone_gib = "0.01"', "cross_zone_gib = -1", "E014", "-1", ""),
        ("cores = 4", "cores = 4.5", "E010", "4.5", ""),
        ("cores = 4", "cores = true", "E010", "true", ""),
        ('scheduling = "processor-sharing"', 'scheduling = "lifo"', "E021", '"lifo"', "fifo"),
        ("at = [70, 50.5]", "at = [70, 150]", "E014", "150", ""),
        ('loss = "1%"', 'loss = "101%"', "E013", '"101%"', ""),
        ('loss = "1%"', "loss = 1.5", "E014", "1.5", ""),
        ('bandwidth = "10MiB"', "bandwidth = 10", "E018", "10", ""),
        ('to = "disk"', 'to = "dsik"', "E022", '"dsik"', "disk"),
        ('from = "*"\nto', 'from_ = "*"\nfrom = "*"\nto', "E011", "from_", "from"),
        ("weights = [1, 2.5]", 'weights = [1, "x"]', "E010", '"x"', ""),
        ("weights = [1, 2.5]", "wieghts = [1]", "E011", "wieghts", "weights"),
        ("weights = [1, 2.5]", 'mode = "smoth"', "E013", '"smoth"', "smooth"),
        ("weights = [1, 2.5]", "slow_start = 1", "E010", "1", ""),
        ('kind = "weighted", ', "", "E012", "{ weights = [1, 2.5] }", ""),
        ('on = ["web"]', 'on = ["wbe"]', "E022", '"wbe"', "web"),
        ('{ cpu = "2ms" }', '{ cpuu = "2ms" }', "E021", "cpuu", "cpu"),
        ('{ cpu = "2ms" }', "{}", "E021", "{}", ""),
        ('{ cpu = "2ms" }', '{ cpu = "2ms", call = "store" }', "E027", None, ""),
        ("fan_out = 2, first = 1", "fan_out = 2, first = 3", "E014", "3", ""),
        ('{ share = 0.9, law = "1ms" }', '{ shar = 0.9, law = "1ms" }', "E011", "shar", "share"),
        ('mean = "9ms"', 'mean = "0s"', "E013", None, ""),
        ("population = 5\nthink", "think", "E012", "[[client]]", ""),
        ("population = 5\n", "population = 5\nload = []\n", "E027", "load", ""),
        ("rate = 100\n", 'rate = 100\ngap = "1s"\n', "E027", "gap", ""),
        ("rate = 100\n", 'rate = 100\nthink = "1s"\n', "E027", "think", ""),
        ("rate = 100\n", "rate = 100\nfan_out = 2\nfirst = 3\n", "E014", "3", ""),
        ("rate = 100\n", "rate = 0\n", "E014", "0", ""),
        ("rate = 100\n", 'rate = 100\nload = [{ at = "61s", times = 2 }]\n', "E024", '"61s"', ""),
        ('what = "host"', 'what = "hots"', "E013", '"hots"', "host"),
        ('what = "host"', 'wat = "host"', "E011", "wat", "what"),
        ('target = "web-1"', 'target = "web-7"', "E022", '"web-7"', "web-1"),
        ('target = "web-1"', 'target = "users"', "E025", '"users"', ""),
        ('target = "web-1"\n', "", "E012", "[[fault]]", ""),
        ('at = "40s"', 'at = "40s"\ntarget = "web"', "E027", "target", ""),
        ('for = "20s"', 'for = "51s"', "E024", '"51s"', ""),
        ('for = "20s"', 'for = "20s"\nlasts = "1s"', "E027", "at", ""),
        ('at = "10s"\n', "", "E027", "for", ""),
        ('at = "40s"', "", "E012", "[[fault]]", ""),
        ('lasts = "2s"\n', "", "E027", "every", ""),
        ('what = "host"', 'what = "host"\nid = "crash-2"', "E023", "[[fault]]", ""),
        ('id = "robots"', 'id = "web"', "E023", '"web"', ""),
        (
            'id = "careful"',
            'id = "plain"\n[[policy]]\nid = "careful"\n[[policy]]\nid = "plain"',
            "E023",
            '"plain"',
            "",
        ),
        ('measure = "availability"', 'measure = "avail"', "E040", '"avail"', "availability"),
        ('at_least = "99%"', 'at_least = "99ms"', "E013", '"99ms"', ""),
        ('at_least = "99%"', "at_least = 99", "E014", "99", ""),
        ('at_least = "99%"', "", "E012", "[[goal]]", ""),
        ('at_most = "250ms"', 'at_most = "250ms"\nat_least = "1ms"', "E027", "at_most", ""),
        ('at_most = "250ms"', 'at_most = "25%"', "E013", '"25%"', ""),
        ("stars = 2", "stars = 4", "E014", "4", ""),
    ],
)
def test_each_mistake_has_its_code_its_place_and_its_nearest_word(
    before: str, after: str, code: str, mark: str | None, suggestion: str
) -> None:
    problems = problems_of(with_lines(NIGHT, (before, after)))
    assert [problem.code for problem in problems] == [code]
    if mark:
        assert marked(problems[0]) == mark
    assert problems[0].suggestion == suggestion


def test_a_group_may_not_be_named_like_a_machine_of_another() -> None:
    problem = only_problem(NIGHT + '[[node]]\nid = "web-2"\n')
    assert (problem.code, marked(problem)) == ("E023", '"web-2"')
    level_of(NIGHT + '[[node]]\nid = "web-9"\n')


def test_a_file_whose_name_is_no_id_must_write_one() -> None:
    level, problems = read_level_bytes(SMALL.encode(), "My level.toml", TOYS)
    assert level is None
    assert "rename it, or write an id" in problems[0].message
    named = SMALL.replace("format = 1", 'format = 1\nid = "mine"')
    level, problems = read_level_bytes(named.encode(), "My level.toml", TOYS)
    assert level is not None
    assert level.id == "mine"


def test_a_misspelt_section_is_one_problem() -> None:
    problem = only_problem(SMALL.replace("[[service]]", "[[servce]]"))
    assert (problem.code, marked(problem), problem.suggestion) == ("E011", "servce", "service")


def test_services_that_call_each_other_in_a_circle_are_named() -> None:
    text = with_lines(
        NIGHT,
        ("[[service.steps]]\ncpu", '[[service.steps]]\ncall = "shop"\n\n[[service.steps]]\ncpu'),
    )
    problem = only_problem(text)
    assert problem.code == "E026"
    assert "shop -> store -> shop" in problem.message


def chain_of_services(length: int, fan_out: int = 1) -> str:
    calls = "".join(
        f"""
[[service]]
id = "s{number}"
on = "n"
steps = [{{ call = "s{number + 1}", fan_out = {fan_out} }}]
"""
        for number in range(length)
    )
    return f"""format = 1
title = "A chain"
duration = "5s"
[[node]]
id = "n"
[[client]]
id = "users"
call = "s0"
rate = 1
{calls}
[[service]]
id = "s{length}"
on = "n"
"""


@pytest.mark.parametrize(
    ("length", "fan_out", "words"),
    [
        (33, 1, "33 services deep"),
        (4, 10, "more than 1000 calls"),
        (300, 1, "at most 300"),
    ],
)
def test_a_request_may_not_spread_without_bounds(length: int, fan_out: int, words: str) -> None:
    _, problems = read_level_bytes(
        chain_of_services(length, fan_out).encode(), "chain.toml", load_kinds()
    )
    first = next(iter(problems))

    assert first.code == "E028"
    assert words in first.message


def test_a_deep_chain_within_the_bounds_is_a_level() -> None:
    level, _ = read_level_bytes(chain_of_services(31).encode(), "chain.toml", load_kinds())

    assert level is not None


def test_every_dangling_reference_in_one_table_is_reported() -> None:
    text = with_lines(
        NIGHT, ('call = "shop"\npolicy = "careful"', 'call = "shp"\npolicy = "crful"')
    )
    assert [(p.code, marked(p)) for p in problems_of(text)] == [
        ("E022", '"shp"'),
        ("E022", '"crful"'),
    ]


def test_columns_are_counted_in_characters() -> None:
    text = with_lines(NIGHT, ('hints = ["look", "look again"]', 'hints = ["näher, 猫", 1]'))
    problem = only_problem(text)
    assert problem.column == len('hints = ["näher, 猫", ') + 1
    assert marked(problem) == "1"
    caret = str(problem).splitlines()[4]
    assert caret.index("^") == len(str(problem).splitlines()[3][: -len("1]")]) + 1


def test_errors_of_a_file_are_raised_together(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL.replace("rate = 10", "rat = 10") + GOAL)
    with pytest.raises(LevelErrors) as caught:
        read_level(path, TOYS)
    assert [problem.code for problem in caught.value.problems] == ["E011"]
    assert f"{path}:15:1" in str(caught.value)


def test_a_file_is_read_with_its_name_as_id(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL + GOAL)
    level, problems = inspect_level(path, TOYS)
    assert isinstance(level, Level)
    assert (level.id, level.path) == ("small", str(path))
    assert not problems.errors


def test_a_missing_file_is_unreadable_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"cannot be opened: No such file or directory\.$"):
        read_level(tmp_path / "none.toml", TOYS)


def test_a_level_file_without_a_goal_could_not_be_lost(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL)
    level, problems = inspect_level(path, TOYS)
    assert level is None
    assert [(problem.code, problem.message) for problem in problems] == [
        ("E012", "a level needs a goal, or it could not be lost: write [[goal]]")
    ]


def test_a_deadline_after_the_end_of_the_run_is_refused() -> None:
    said = only_problem(SMALL + 'deadline = "11s"\n')
    assert (said.code, marked(said)) == ("E024", '"11s"')
    assert "longer than the run (10s)" in said.message
    assert level_of(SMALL + 'deadline = "10s"\n').system.clients[0].deadline == 10_000_000
