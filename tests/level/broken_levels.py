"""Ways to break a level of the campaign: the level, a text in it, and what stands there then.

Each is wrong by itself, without a look at another place of the file.
"""

from __future__ import annotations

BROKEN: tuple[tuple[str, str, str], ...] = (
    # misspelt keys
    ("try-again", 'duration = "38s"', 'durration = "38s"'),
    ("try-again", "loss = 0.07", "los = 0.07"),
    ("try-again", 'deadline = "2s"', 'deadlin = "2s"'),
    ("try-again", "workers = 8", "worker = 8"),
    ("try-again", "cores = 1", "core = 1"),
    ("try-again", 'how_often = "1/day"', 'how-often = "1/day"'),
    ("the-king-is-dead", 'failover_after = "15s"', 'failover_aftr = "15s"'),
    ("the-king-is-dead", "retry = { attempts = 12,", "retry = { atempts = 12,"),
    ("the-king-is-dead", '[[fault]]\nid = "nap"', '[[faults]]\nid = "nap"'),
    # wrong types
    ("try-again", "rate = 140", 'rate = "140"'),
    ("try-again", "queue = 256", "queue = 256.5"),
    ("try-again", "workers = 8", "workers = true"),
    ("try-again", 'title = "Try again"', "title = 7"),
    (
        "try-again",
        'lesson = true\nsets = "policy.families.retry"',
        'lesson = "yes"\nsets = "policy.families.retry"',
    ),
    ("try-again", 'steps = [{ store = "5ms" }]', 'steps = { store = "5ms" }'),
    ("try-again", "at = [74, 50]", 'at = "74, 50"'),
    ("try-again", 'policy = "families"', "policy = 3"),
    ("the-king-is-dead", "fencing = true", 'fencing = "true"'),
    # unknown kinds
    ("try-again", 'kind = "partition"', 'kind = "partitoin"'),
    ("try-again", 'law = "uniform"', 'law = "unifrom"'),
    ("try-again", 'store = "register"', 'store = "registry"'),
    ("try-again", '{ store = "5ms" }', '{ stroe = "5ms" }'),
    ("the-king-is-dead", 'balancer = "leader-aware"', 'balancer = "leader"'),
    ("the-king-is-dead", 'kind = "primary-backup"', 'kind = "primary"'),
    ("the-committee", 'event = "operation-failed"', 'event = "operation-failing"'),
    # missing or wrong units
    ("try-again", 'duration = "38s"', "duration = 38"),
    ("try-again", 'attempt_timeout = "200ms"', 'attempt_timeout = "200"'),
    ("try-again", 'deadline = "2s"', 'deadline = "2 sec"'),
    ("try-again", 'low = "2ms"', 'low = "2msec"'),
    ("try-again", 'at = "10s"', 'at = "-10s"'),
    ("try-again", 'how_often = "1/day"', 'how_often = "daily"'),
    ("the-committee", 'bandwidth = "8MiB"', "bandwidth = 8388608"),
    ("the-committee", 'request = "64KiB"', 'request = "64K"'),
    # missing keys
    ("try-again", "format = 1\n", ""),
    ("try-again", 'duration = "38s"\n', ""),
    ("try-again", 'call = "adoptions"\n', ""),
    ("try-again", "rate = 140\n", ""),
    ("try-again", 'at_least = "88%"\n', ""),
    ("try-again", ', high = "6ms"', ""),
    ("try-again", 'target = "register"\nat = "10s"\n', 'target = "register"\n'),
    ("try-again", 'target = "register"\nat = "10s"\n', 'at = "10s"\n'),
    ("try-again", 'measure = "duplicates"\n', ""),
    # out of range
    ("try-again", "loss = 0.07", "loss = 7"),
    ("try-again", "cores = 1", "cores = 0"),
    ("try-again", "stars = 3", "stars = 4"),
    ("try-again", "at = [74, 50]", "at = [74, 150]"),
    ("try-again", 'attempt_timeout = "200ms"', 'attempt_timeout = "0ms"'),
    ("try-again", "format = 1", "format = 2"),
    ("try-again", 'at_least = "88%"', "at_least = 88"),
    # choices that cannot be named, and none at all
    ("try-again", 'label = "again at once", value', "value"),
    ("try-again", 'label = "go home", says', "says"),
    ("try-again", "format = 1\n", "format = 1\nseeds = []\n"),
    (
        "try-again",
        '[[control]]\nid = "number"',
        '[[control]]\nid = "none"\nfamily = "timeouts"\nlabel = "l"\ndefault = "x"\n'
        'sets = "policy.families.retry"\nchoices = []\n[[control]]\nid = "number"',
    ),
    # words that are not in the list
    ("try-again", 'family = "timeouts"', 'family = "timeout"'),
    ("the-king-is-dead", 'mode = "async"', 'mode = "asynchronous"'),
    ("the-king-is-dead", 'what = "host"', 'what = "machine"'),
    # what does not go together
    ("try-again", 'at_least = "88%"', 'at_least = "88%"\nat_most = "99%"'),
    ("try-again", "rate = 140", "rate = 140\npopulation = 10"),
    ("try-again", 'at = "10s"\nfor = "1200ms"', 'at = "10s"\nevery = "5s"'),
    # kinds of level
    ("since-noon", 'kind = "diagnose"\n', ""),
    ("since-noon", 'kind = "diagnose"', 'kind = "design"'),
    ("the-new-camera", 'kind = "predict"', 'kind = "predcit"'),
    ("the-new-camera", 'asks = "', 'ask = "'),
)
