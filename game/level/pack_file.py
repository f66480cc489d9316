"""A pack as one file: a zip that is the same, bit for bit, wherever it is written.

Files stand in it uncompressed (deflate differs between versions of zlib), sorted, with fixed times
and modes. So there is one right file for any content, and a reader that has written the content
anew and found the same bytes has refused whatever else can hide in a zip.

Input is hostile: every bound is held before what it bounds is read.
"""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from game.level import bounds
from game.level.annotations import FormatNumber, Name, Surroundings, Table, WholeNumber
from game.level.find import PACK, PROOFS
from game.level.pack import Pack, parse_pack
from game.level.pack_names import MANIFEST, colliding, shown_name, wrong_name
from game.level.paths import unreadable
from game.level.problems import LevelErrors, Unreadable, clean
from game.level.records import RecordErrors, read_record
from game.level.registry import Registry

SUFFIX = ".ninelives"
FORMAT = 1
MOST_FILES = 200
"""Besides the manifest."""
MOST_BYTES = 5 << 20
"""In all files together."""
MOST_FILE_BYTES = {".toml": bounds.MOST_BYTES, ".md": 64 << 10, ".json": 1 << 20}
MOST_MANIFEST_BYTES = 128 << 10
MOST_ARCHIVE_BYTES = MOST_BYTES + MOST_MANIFEST_BYTES + (128 << 10)

_FIRST = b"PK\x03\x04"
_END = struct.Struct("<4s4H2LH")
_END_SIGN = b"PK\x05\x06"
_LOCATOR_SIGN, _LOCATOR_BYTES = b"PK\x06\x07", 20
_LOCAL_BYTES = 30
"""Before the name of a file."""
_ENTRY_BYTES = 46 + 200
"""Of the directory at the end, for one file."""
_MODE = stat.S_IFREG | 0o644
_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_ENCRYPTED = 0x1 | 0x40 | 0x2000


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file."""

    path: str
    sha256: str
    size_bytes: Annotated[int, WholeNumber(0, MOST_BYTES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelEntry:
    """One level."""

    path: str
    id: Name
    level_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a pack's file says that is in it."""

    format: Annotated[int, FormatNumber(FORMAT)]
    engine: Annotated[int, WholeNumber(0)]
    """The engine that it was written with; told, never compared."""
    pack: Name
    files: tuple[Annotated[FileEntry, Table()], ...]
    levels: tuple[Annotated[LevelEntry, Table()], ...]


@dataclass(frozen=True, slots=True)
class PackFile:
    """A pack's file that holds what it says."""

    pack: Pack
    manifest: Manifest
    files: Mapping[str, bytes]
    """By their names; without the manifest."""


def is_level_name(name: str) -> bool:
    """Whether a file of that name in a pack is a level."""
    return name.endswith(".toml") and not name.endswith(PROOFS) and name.split("/")[-1] != PACK


def make_manifest(
    files: Mapping[str, bytes], pack: str, levels: tuple[LevelEntry, ...], engine: int
) -> Manifest:
    """The manifest of these files."""
    entries = tuple(
        FileEntry(path=name, sha256=sha256(data).hexdigest(), size_bytes=len(data))
        for name, data in sorted(files.items())
    )
    ordered = tuple(sorted(levels, key=lambda level: level.path))
    return Manifest(format=FORMAT, engine=engine, pack=pack, files=entries, levels=ordered)


def write_pack_file(files: Mapping[str, bytes], manifest: Manifest) -> bytes:
    """The bytes of the pack's file."""
    told = json.dumps(asdict(manifest), indent=1, sort_keys=True) + "\n"
    return _archive({**files, MANIFEST: told.encode()})


def _archive(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = _UNIX
            entry.external_attr = _MODE << 16
            archive.writestr(entry, data)
    return made.getvalue()


def load_pack_file(path: Path) -> bytes:
    """The bytes of a pack's file. Raises Unreadable."""
    shown = clean(str(path))
    try:
        if not os.path.isfile(path):
            raise Unreadable(f"There is no file {shown}.")
        with path.open("rb") as file:
            data = file.read(MOST_ARCHIVE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    return data


def read_pack_file(data: bytes, path: str) -> PackFile:
    """What is in a pack's file. Raises Unreadable with one sentence for whatever is wrong."""
    shown = clean(path)
    try:
        return _read(data)
    except _Refused as why:
        raise Unreadable(f"{shown} is refused: {why}") from None


class _Refused(Exception):
    """One sentence that says why."""


def _read(data: bytes) -> PackFile:
    _check_frame(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            files = _contents(archive, entries)
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
        LookupError,
    ) as error:
        raise _Refused(f"it is damaged ({clean(str(error))[:100] or 'cut short'}).") from None
    told = files.pop(MANIFEST, None)
    if told is None:
        raise _Refused(f"it has no {MANIFEST}: it was not made by `ninelives level pack`.")
    manifest = _manifest(told)
    _check_contents(files, manifest)
    if write_pack_file(files, manifest) != data:
        raise _Refused("its files are not in order, or something is hidden beside them.")
    return PackFile(_pack(files, manifest), manifest, files)


def _check_frame(data: bytes) -> None:
    """What can be known before anything is unpacked: sizes, and that nothing lies around it."""
    if len(data) > MOST_ARCHIVE_BYTES:
        raise _Refused(f"it is larger than {MOST_BYTES >> 20} MiB.")
    if not data.startswith(_FIRST):
        raise _Refused("it does not begin as a pack does (a zip with nothing before it).")
    end = len(data) - _END.size
    if end < len(_FIRST):
        raise _Refused("it is cut short.")
    sign, disk, first_disk, here, count, size, start, comment = _END.unpack_from(data, end)
    if sign != _END_SIGN or comment:
        raise _Refused("it is cut short, or something was added behind its end.")
    if disk or first_disk or here != count or start + size != end:
        raise _Refused("its directory is not where its end says, or it is one part of several.")
    if count > MOST_FILES + 1 or size > (MOST_FILES + 1) * _ENTRY_BYTES:
        raise _Refused(f"it holds more than {MOST_FILES} files.")
    if data[end - _LOCATOR_BYTES : end].startswith(_LOCATOR_SIGN):
        raise _Refused("it is a zip for huge files, which no pack is.")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES + 1:
        raise _Refused(f"it holds more than {MOST_FILES} files.")
    seen: set[str] = set()
    for entry in entries:
        # zipfile cuts names at a NUL, so that only the original tells.
        name = entry.orig_filename
        shown = shown_name(name)
        mode = entry.external_attr >> 16
        if entry.flag_bits & _ENCRYPTED:
            raise _Refused(f'"{shown}" is encrypted.')
        if stat.S_ISLNK(mode):
            raise _Refused(f'"{shown}" is a link.')
        if why := wrong_name(name):
            raise _Refused(why)
        if mode != _MODE:
            raise _Refused(f'"{shown}" is no plain file.')
        if entry.compress_type != zipfile.ZIP_STORED:
            raise _Refused(f'"{shown}" is compressed; files stand in a pack as they are.')
        if entry.compress_size != entry.file_size:
            raise _Refused(f'it says of "{shown}" two different sizes.')
        if name in seen:
            raise _Refused(f'"{shown}" is in it twice.')
        seen.add(name)
    if why := colliding(entry.orig_filename for entry in entries):
        raise _Refused(why)
    _check_places(entries)


def _check_places(entries: list[zipfile.ZipInfo]) -> None:
    """No two files may share bytes of the archive."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise _Refused(f'"{shown_name(entry.filename)}" overlaps another file.')
        end = entry.header_offset + _LOCAL_BYTES + entry.compress_size


def _contents(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = MOST_BYTES + MOST_MANIFEST_BYTES
    for entry in entries:
        name = entry.filename
        most = most_bytes(name)
        with archive.open(entry) as file:
            data = file.read(min(most, left) + 1)
        if len(data) > most:
            raise _Refused(f'"{shown_name(name)}" is larger than {most >> 10} KiB.')
        left -= len(data)
        if left < 0:
            raise _Refused(f"its files are larger than {MOST_BYTES >> 20} MiB together.")
        files[name] = data
    return files


def most_bytes(name: str) -> int:
    """How large a file of that name may be."""
    return MOST_MANIFEST_BYTES if name == MANIFEST else MOST_FILE_BYTES[Path(name).suffix]


def _manifest(data: bytes) -> Manifest:
    try:
        table = json.loads(data)
        if not isinstance(table, dict):
            raise TypeError
        manifest: Manifest = read_record(Manifest, table, Surroundings(Registry(), {}))
    except RecordErrors as errors:
        raise _Refused(f"{MANIFEST}: {clean(errors.complaints[0].message)}.") from None
    except (ValueError, TypeError, RecursionError):
        raise _Refused(f"{MANIFEST} is no manifest.") from None
    return manifest


def _check_contents(files: Mapping[str, bytes], manifest: Manifest) -> None:
    listed = {entry.path: entry for entry in manifest.files}
    for name in sorted(files.keys() ^ listed.keys()):
        where = "in it and not in its manifest" if name in files else "in its manifest alone"
        raise _Refused(f'"{shown_name(name)}" is {where}.')
    for name, data in files.items():
        entry = listed[name]
        if (len(data), sha256(data).hexdigest()) != (entry.size_bytes, entry.sha256):
            raise _Refused(f'"{name}" is not what its hash says.')
    levels = [entry.path for entry in manifest.levels]
    if sorted(levels) != sorted(filter(is_level_name, files)):
        raise _Refused("its manifest names other levels than are in it.")
    if make_manifest(files, manifest.pack, manifest.levels, manifest.engine) != manifest:
        raise _Refused(f"its {MANIFEST} is not in order.")
    if len({entry.id for entry in manifest.levels}) != len(levels):
        raise _Refused("two of its levels have the same id.")
    if not levels:
        raise _Refused("it holds no level.")


def _pack(files: Mapping[str, bytes], manifest: Manifest) -> Pack:
    if PACK not in files:
        raise _Refused(f"it has no {PACK}.")
    try:
        pack = parse_pack(files[PACK], PACK)
    except LevelErrors as errors:
        first = errors.problems[0]
        raise _Refused(f"{PACK}:{first.line}:{first.column}: {first.message}.") from None
    except Unreadable as error:
        raise _Refused(str(error)) from None
    if pack.id != manifest.pack:
        raise _Refused(f"{PACK} and {MANIFEST} name different packs.")
    return pack
