"""Packs in the game: the browser, and levels that share an id and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot
from textual.widgets import Input

from game.level.campaign import LEVELS
from game.level.pack import LOOSE, pack_campaign
from game.progress.packs import install
from game.tui.app import NineLives, OpenPack
from game.tui.keeping import keep
from game.tui.screens.campaign import CampaignScreen
from game.tui.screens.packs import PacksScreen
from game.tui.session import Finished, Session
from tests.level.packs import level_text, pack_bytes, write_pack
from tests.progress.examples import finished
from tests.tui.driving import game, until_read
from tests.tui.fake import FakeSimulator, fake_level
from tests.tui.screen_text import screen_text

SIZES = [(80, 24), (120, 40)]
SETS = [pytest.param(False, id="unicode"), pytest.param(True, id="ascii")]
Make = Callable[..., NineLives]


@pytest.fixture
def saves(tmp_path: Path) -> Path:
    """A data folder with a pack, one star won on it, and a file that is none."""
    folder = tmp_path / "saves"
    file = tmp_path / "nap.ninelives"
    file.write_bytes(pack_bytes())
    install(folder, file)
    (folder / "packs" / "junk.ninelives").write_bytes(b"junk")
    return folder


async def browse(pilot: Pilot[int]) -> PacksScreen:
    """Leave the first level and look at the packs."""
    await until_read(pilot)
    if not isinstance(pilot.app.screen, CampaignScreen):
        await pilot.press("escape")
    await pilot.press("f6")
    await until_loaded(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, PacksScreen)
    return screen


async def until_loaded(pilot: Pilot[int]) -> None:
    """Wait for what is looked at behind the screen."""
    for _ in range(5):
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def play(app: NineLives, pack: str, level: str, stars: int) -> None:
    """A run that was kept for a level of a pack."""
    assert app.progress.save(finished(level=f"{pack}/{level}" if pack else level, stars=stars))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("ascii_only", SETS)
async def test_the_browser_is_complete(
    fake_game: Make,
    text_file: SnapshotAssertion,
    saves: Path,
    size: tuple[int, int],
    ascii_only: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    app = fake_game(ascii_only, data_dir=Path("saves"))
    play(app, "nap", "one", 1)
    shown: dict[str, str] = {}
    async with app.run_test(size=size) as pilot:
        await browse(pilot)
        await pilot.press("down")
        shown["pack"] = screen_text(app)
        await pilot.press("down")
        shown["refused"] = screen_text(app)
        await pilot.press("r")
        await pilot.pause()
        shown["remove"] = screen_text(app)
        await pilot.press("n", "i")
        await pilot.pause()
        shown["install"] = screen_text(app)
        await pilot.press("escape", "up", "enter")
        await until_loaded(pilot)
        shown["campaign"] = screen_text(app)
    for name, text in shown.items():
        assert len(text.splitlines()) == size[1], name
        strange = {sign for sign in text if not sign.isascii()} if ascii_only else set()
        assert not strange, name
        assert text == text_file(name=name), name


async def test_a_pack_is_opened_and_the_campaign_again(fake_game: Make, saves: Path) -> None:
    app = fake_game(data_dir=saves)
    async with app.run_test(size=(80, 24)) as pilot:
        await browse(pilot)
        await pilot.press("down", "enter")
        await until_loaded(pilot)
        assert isinstance(app.screen, CampaignScreen)
        assert "Pack: Nap time" in screen_text(app)
        assert [card.key for card in app.campaign[0].levels] == ["nap/one", "nap/two"]
        await pilot.press("enter")
        await until_read(pilot)
        assert "One" in screen_text(app)
        await pilot.press("escape", "f6")
        await until_loaded(pilot)
        await pilot.press("enter")
        await until_loaded(pilot)
        assert "Two are more than one" in screen_text(app)


async def test_the_browser_opens_by_mouse_too(fake_game: Make, saves: Path) -> None:
    app = fake_game(data_dir=saves)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("escape")
        await pilot.pause()
        row = screen_text(app).splitlines()[-1]
        await pilot.click(offset=(row.index("Packs"), 23))
        await until_loaded(pilot)
        assert "2 installed" in screen_text(app)
        await pilot.click("#packs", offset=(3, 1))
        await until_loaded(pilot)
        assert "Pack: Nap time" in screen_text(app)


async def test_a_pack_is_installed_from_a_path_and_removed_after_a_question(
    fake_game: Make, tmp_path: Path
) -> None:
    file = tmp_path / "nap.ninelives"
    file.write_bytes(pack_bytes())
    app = fake_game(data_dir=tmp_path / "saves")
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await browse(pilot)
        for path, count in ((tmp_path / "nowhere.ninelives", 0), (file, 1)):
            await pilot.press("i")
            await pilot.pause()
            app.screen.query_one(Input).value = str(path)
            await pilot.press("enter")
            await until_loaded(pilot)
            assert f"{count} installed" in screen_text(app)
        await pilot.press("down", "r", "n")
        await until_loaded(pilot)
        assert "1 installed" in screen_text(app)
        assert app.screen is screen
        await pilot.press("r", "y")
        await until_loaded(pilot)
        assert "0 installed" in screen_text(app)
        assert list((tmp_path / "saves" / "packs").iterdir()) == []


async def test_the_campaign_cannot_be_removed(fake_game: Make, saves: Path) -> None:
    app = fake_game(data_dir=saves)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await browse(pilot)
        await pilot.press("r")
        await pilot.pause()
        assert app.screen is screen


async def test_stars_of_a_pack_and_of_the_campaign_do_not_mix(
    fake_game: Make, tmp_path: Path
) -> None:
    folder = write_pack(tmp_path / "pack")
    (folder / "one.toml").write_text(level_text("fake"))
    app = fake_game()
    play(app, "", "fake", 3)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert "3 of 9" in screen_text(app)
        game(pilot).open_pack(OpenPack("Nap time", pack_campaign(folder)))
        await until_loaded(pilot)
        assert "0 of 2" in screen_text(app)
        play(app, "nap", "fake", 1)
        game(pilot).open_pack(game(pilot).pack)
        await pilot.pause()
        assert "1 of 2" in screen_text(app)
        card = app.find_card("fake")
        assert card is not None
        assert card.pack == ""
        assert app.find_card("nap/fake") == app.campaign[0].levels[0]


@pytest.mark.parametrize(("pack", "key"), [("", "fake"), ("nap", "nap/fake"), (LOOSE, "-/fake")])
def test_a_run_is_kept_under_the_pack_of_its_level(fake_game: Make, pack: str, key: str) -> None:
    app, simulator = fake_game(), FakeSimulator()
    session = Session(fake_level(), simulator, pack=pack)
    watch = session.watch()
    watch.run.advance(session.level.system.duration)
    night: Finished = session.finish(watch)
    while not night.grading.work(1_000_000):
        pass
    night.card = night.grading.card()
    keep(app.progress, night)
    assert [run.level for run in app.progress.runs()] == [key]


async def test_a_file_that_shares_the_id_of_a_campaign_level_is_kept_apart(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "try-again.toml"
    copy.write_bytes((LEVELS / "01-a-machine-you-have-never-heard-of/try-again.toml").read_bytes())
    app = NineLives(copy, data_dir=tmp_path / "saves", live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_read(pilot)
        sessions = {session.key for session in app.sessions.values()}
    assert "-/try-again" in sessions
