"""Archives that nobody should open: each sort from a seed, always the same bytes."""

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable
from hashlib import sha256

from game.level.pack_file import MOST_BYTES, MOST_FILES
from tests.level.packs import pack_bytes, pack_texts

Luck = random.Random
TIME = (1980, 1, 1, 0, 0, 0)
BAD_NAMES = (
    "../outside.toml",
    "a/../../outside.toml",
    "/tmp/outside.toml",
    "c:/outside.toml",
    "c:outside.toml",
    "..\\outside.toml",
    "a\\b.toml",
    "//server/share.toml",
    "con.toml",
    "aux.json",
    "a/nul.md",
    "com1.toml",
    "lpt9.tar.toml",
    "nul\0.toml",
    "level.toml\0.exe",
    "CAPITAL.toml",
    "ünï.toml",
    "a b.toml",
    ".hidden.toml",
    "dot./a.toml",
    "trailing.toml.",
    "trailing.toml ",
    "a/b/c/d.toml",
    "a//b.toml",
    "./a.toml",
    "folder/",
    "",
    "run.sh",
    "script.py",
    "\x1b[2Jclear.toml",
    "\u202eltr.toml",
    "x" * 90 + ".toml",
    "/".join(["y" * 79] * 3) + ".toml",
)


def with_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a manifest that tells the truth about them."""
    told = {
        "format": 1,
        "engine": 3,
        "pack": "nap",
        "files": [
            {"path": name, "sha256": sha256(data).hexdigest(), "size_bytes": len(data)}
            for name, data in sorted(files.items())
        ],
        "levels": [
            {"path": f"{name}.toml", "id": name, "level_hash": "0" * 64} for name in ("one", "two")
        ],
    }
    return {**files, "manifest.json": manifest_bytes(told)}


def manifest_bytes(told: object) -> bytes:
    """A manifest as it is written."""
    return (json.dumps(told, indent=1, sort_keys=True) + "\n").encode()


def honest_files() -> dict[str, bytes]:
    """What an honest pack holds, with its manifest."""
    return with_manifest({name: text.encode() for name, text in pack_texts().items()})


def entry(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    """A file's entry; zipfile would mend some names."""
    made = zipfile.ZipInfo("x", TIME)
    made.filename = made.orig_filename = name
    made.create_system = 3
    made.external_attr = mode << 16
    return made


def zipped(files: list[tuple[zipfile.ZipInfo, bytes]], compression: int = 0) -> bytes:
    """An archive of these entries, in this order."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for one, data in files:
            archive.writestr(one, data, compress_type=compression)
    return made.getvalue()


def honest_entries() -> list[tuple[zipfile.ZipInfo, bytes]]:
    """The entries of an honest pack."""
    return [(entry(name), data) for name, data in sorted(honest_files().items())]


def bad_name(luck: Luck) -> bytes:
    name = luck.choice(BAD_NAMES)
    files = {**{n: t.encode() for n, t in pack_texts().items()}, name: b"format = 1\n"}
    # Lone parts of a surrogate and the like cannot be written by zipfile; these names can.
    return zipped([(entry(one), data) for one, data in with_manifest(files).items()])


def twice(luck: Luck) -> bytes:
    entries = honest_entries()
    extra = luck.choice(entries)
    return _quietly([*entries, (entry(extra[0].filename), extra[1] + b"\n")])


def colliding(luck: Luck) -> bytes:
    name = luck.choice(("ONE.toml", "One.toml", "PACK.TOML", "Readme.md"))
    return zipped([*honest_entries(), (entry(name), b"x")])


def file_and_folder(luck: Luck) -> bytes:
    files = {n: t.encode() for n, t in pack_texts().items()}
    files["readme.md/x.md"] = luck.randbytes(4).hex().encode()
    return zipped([(entry(name), data) for name, data in with_manifest(files).items()])


def link(luck: Luck) -> bytes:
    target = luck.choice((b"/etc/passwd", b"../../outside", b"pack.toml"))
    entries = honest_entries()
    return zipped([*entries, (entry("link.md", 0o120777), target)])


def odd_mode(luck: Luck) -> bytes:
    mode = luck.choice((0o040755, 0o020644, 0o010644, 0o060644, 0o104755, 0o140755))
    return zipped([*honest_entries(), (entry("odd.md", mode), b"")])


def many(luck: Luck) -> bytes:
    count = MOST_FILES + luck.choice((1, 2, 300, 20_000))
    return zipped([(entry(f"f{n}.md"), b"") for n in range(count)])


def bomb(luck: Luck) -> bytes:
    method = luck.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    size = luck.choice((1 << 16, 1 << 20, 20 << 20))
    return zipped([*honest_entries(), (entry("bomb.md"), b"\0" * size)], method)


def large(luck: Luck) -> bytes:
    size = luck.choice((65 << 10, MOST_BYTES + 1, MOST_BYTES * 2))
    return zipped([*honest_entries(), (entry("large.md"), b"x" * size)])


def large_together(luck: Luck) -> bytes:
    part = b"x" * (1 << 20)
    return zipped([(entry(f"r{n}.json"), part) for n in range(6 + luck.randrange(3))])


def lying_size(luck: Luck) -> bytes:
    """The headers say less, or more, than there is."""
    data = bytearray(pack_bytes())
    lie = luck.choice((0, 1, 0xFFFFFFFF, 0x7FFFFFFF, luck.randrange(1 << 20)))
    at = data.index(b"PK\x01\x02")
    for place in (20, 24) if luck.random() < 0.5 else (24,):
        struct.pack_into("<L", data, at + place, lie)
    if luck.random() < 0.5:
        struct.pack_into("<LL", data, 18, lie, lie)
    return bytes(data)


def overlapping(luck: Luck) -> bytes:
    """Two entries of the directory mean the same bytes."""
    data = bytearray(pack_bytes())
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    offset = struct.unpack_from("<L", data, first + 42)[0]
    struct.pack_into("<L", data, second + 42, offset + luck.randrange(3))
    return bytes(data)


def encrypted(luck: Luck) -> bytes:
    data = bytearray(pack_bytes())
    flag = luck.choice((0x1, 0x41, 0x2000))
    data[6:8] = struct.pack("<H", flag)
    at = data.index(b"PK\x01\x02")
    data[at + 8 : at + 10] = struct.pack("<H", flag)
    return bytes(data)


def wrong_crc(luck: Luck) -> bytes:
    data = bytearray(pack_bytes())
    at = data.index(b"Nap time") + luck.randrange(8)
    data[at] ^= 1
    return bytes(data)


def wrong_hash(luck: Luck) -> bytes:
    files = honest_files()
    name = luck.choice(("pack.toml", "one.toml", "readme.md"))
    return zipped([(entry(n), d + b"\n" * (n == name)) for n, d in sorted(files.items())])


def wrong_manifest(luck: Luck) -> bytes:
    files = honest_files()
    told = json.loads(files["manifest.json"])
    bad: list[object] = [
        b"", b"[]", b"null", b"{}", b"\xff\xfe", b"[" * 50_000, b'{"format": 1' + b"0" * 5000,
        {**told, "format": 2}, {**told, "pack": "other"}, {**told, "pack": "\x1b]0;x"},
        {**told, "files": []}, {**told, "files": [None]}, {**told, "levels": []},
        {**told, "levels": told["levels"][:1]}, {**told, "more": 1},
        {**told, "files": told["files"] * 2}, {**told, "levels": told["levels"] * 2},
        {**told, "engine": "new"}, {**told, "files": {"path": "x"}}, None,
    ]  # fmt: skip
    chosen = luck.choice(bad)
    if chosen is None:
        del files["manifest.json"]
    else:
        files["manifest.json"] = chosen if isinstance(chosen, bytes) else manifest_bytes(chosen)
    return zipped([(entry(n), d) for n, d in sorted(files.items())])


def wrong_pack(luck: Luck) -> bytes:
    files = {n: t.encode() for n, t in pack_texts().items()}
    files["pack.toml"] = luck.choice(
        (b"", b"format = 9", b"id = 1\n" * 3, b"\xff", b'format = 1\nid = "../x"\ntitle = "x"\n',
         b'format = 1\nid = "nap"\ntitle = "\\u001b[2J"\n', b"[" * 10_000)
    )  # fmt: skip
    if luck.random() < 0.2:
        del files["pack.toml"]
    return zipped([(entry(n), d) for n, d in sorted(with_manifest(files).items())])


def cut(luck: Luck) -> bytes:
    data = pack_bytes()
    return data[: luck.randrange(len(data))]


def prepended(luck: Luck) -> bytes:
    return luck.choice((b"#!/bin/sh\n", b"\0", b"PK\x03\x04", b"MZ")) + pack_bytes()


def appended(luck: Luck) -> bytes:
    return pack_bytes() + luck.choice((b"\0", b"more", pack_bytes(), b"PK\x05\x06" + b"\0" * 18))


def hidden(luck: Luck) -> bytes:
    """A comment, an extra field, or a local name that is another."""
    data = bytearray(pack_bytes())
    if luck.random() < 0.5:
        data[30] ^= 1
        return bytes(data)
    entries = honest_entries()
    entries[0][0].comment = b"hello"
    if luck.random() < 0.5:
        entries[0][0].extra = struct.pack("<HH", 0x7075, 0)
    return zipped(entries)


def huge_zip(luck: Luck) -> bytes:
    """The records of a zip for huge files, told by the last directory entry's comment."""
    data = pack_bytes()
    end = len(data) - 22
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, luck.randrange(1 << 32), 1)
    record = b"PK\x06\x06" + luck.randbytes(52)
    last = bytearray(data[end:])
    struct.pack_into("<L", last, 12, struct.unpack_from("<L", last, 12)[0] + len(record + locator))
    return data[:end] + record + locator + bytes(last)


def noise(luck: Luck) -> bytes:
    return luck.randbytes(luck.randrange(2000))


def flipped(luck: Luck) -> bytes:
    """An honest file with a few bits turned over."""
    data = bytearray(pack_bytes())
    for _ in range(1 + luck.randrange(4)):
        data[luck.randrange(len(data))] ^= 1 << luck.randrange(8)
    return bytes(data) if bytes(data) != pack_bytes() else bytes(data[:-1])


def shuffled(luck: Luck) -> bytes:
    """The right files in another order."""
    entries = honest_entries()
    entries.append(entries.pop(luck.randrange(len(entries) - 1)))
    return zipped(entries)


SORTS: tuple[Callable[[Luck], bytes], ...] = (
    bad_name, twice, colliding, file_and_folder, link, odd_mode, many, bomb, large, large_together,
    lying_size, overlapping, encrypted, wrong_crc, wrong_hash, wrong_manifest, wrong_pack, cut,
    prepended, appended, hidden, huge_zip, noise, flipped, shuffled,
)  # fmt: skip


def hostile_pack(number: int) -> tuple[str, bytes]:
    """The sort and the bytes of one of endlessly many archives; sorts take turns."""
    make = SORTS[number % len(SORTS)]
    return make.__name__, make(Luck(number))


def _quietly(entries: list[tuple[zipfile.ZipInfo, bytes]]) -> bytes:
    """An archive with a name twice, of which zipfile would warn."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for one, data in entries:
            archive.NameToInfo.clear()
            archive.writestr(one, data)
    return made.getvalue()
