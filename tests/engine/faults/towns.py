"""The small systems that faults are tried on."""

ONE = """
duration = "10s"

[[node]]
id = "web"

[[service]]
id = "front"
on = "web"
steps = [{ cpu = "2ms" }]

[[client]]
id = "shop"
call = "front"
gap = "10ms"
deadline = "500ms"
"""
"""One machine, an operation every 10 ms, 2 ms of work, 250 us of way."""

PAIR = ONE.replace('id = "web"\n', 'id = "web"\ncount = 2\n', 1)
"""The same with two machines, asked in turn."""

CHAIN = """
duration = "10s"

[[node]]
id = "web"

[[node]]
id = "db"

[[service]]
id = "front"
on = "web"
steps = [{ call = "store", policy = "brief" }]

[[service]]
id = "store"
on = "db"
steps = [{ cpu = "2ms" }]

[[policy]]
id = "brief"
attempt_timeout = "100ms"

[[client]]
id = "shop"
call = "front"
gap = "10ms"
deadline = "500ms"
"""
"""A client asks web, and web asks db and waits at most 100 ms."""


def fault(kind: str, at: str = "2s", lasts: str = "3s", **keys: object) -> str:
    """A `[[fault]]` from 2 s to 5 s, unless it says otherwise. Keys as TOML, or plain text."""
    lines = [f'kind = "{kind}"', f'at = "{at}"', f'for = "{lasts}"']
    for key, value in keys.items():
        written = value if not isinstance(value, str) or value[:1] in "[{" else f'"{value}"'
        lines.append(f"{key.rstrip('_')} = {written}")
    return "\n[[fault]]\n" + "\n".join(lines) + "\n"
