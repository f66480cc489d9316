"""A level on the table."""

from __future__ import annotations

from game.tui.session import Session
from game.tui.watch import Watch
from tests.tui.fake import FakeSimulator, fake_level


def new_session() -> Session:
    return Session(fake_level(), FakeSimulator())


def seen(session: Session) -> Watch:
    watch = session.watch()
    watch.clock.hurry()
    while not watch.over:
        watch.tick(0)
    return watch


def test_controls_begin_at_their_defaults() -> None:
    assert new_session().choices == {"machines": "one", "size": "small"}


def test_the_night_that_was_watched_is_not_simulated_again_for_the_score() -> None:
    session = new_session()
    session.finish(seen(session))

    assert session.grading().missing == (2, 3)


def test_the_other_nights_run_behind_and_leave_out_the_watched_one() -> None:
    session = new_session()
    grading = session.grading()
    while not set(grading.missing) <= {1}:
        grading.work(5_000, watched=1)

    assert grading.missing == (1,)
    assert not grading.work(5_000, watched=1)


def test_the_card_comes_when_every_night_has_a_score() -> None:
    session = new_session()
    session.choose("machines", "two")
    session.finish(seen(session))
    grading = session.grading()
    assert grading.card() is None

    while not grading.work(5_000):
        pass
    card = grading.card()
    assert card is not None
    assert (card.stars, len(card.seeds)) == (1, 3)


def test_scores_belong_to_the_plan() -> None:
    session = new_session()
    session.finish(seen(session))
    session.choose("machines", "two")
    assert session.grading().missing == (1, 2, 3)

    session.choose("machines", "one")
    assert session.grading().missing == (2, 3)


def test_the_next_night_goes_round() -> None:
    session = new_session()
    nights = []
    for _ in range(4):
        nights.append(session.night)
        session.next_night()

    assert nights == [1, 2, 3, 1]


def test_each_loss_earns_the_next_hint_and_the_last_one_stays() -> None:
    session = new_session()
    hints = [session.hint()]
    for _ in range(3):
        session.finish(seen(session))
        hints.append(session.hint())

    first, last = session.level.hints
    assert hints == [None, first, last, last]


def test_the_operations_of_a_night_follow_from_rates_and_window() -> None:
    session = new_session()

    assert session.expected_operations(session.watch()) == 600


def test_undo_takes_back_one_change_after_the_other_also_a_reset() -> None:
    session = new_session()
    session.choose("machines", "two")
    session.choose("size", "large")
    session.reset()
    seen_choices = [dict(session.choices)]
    while session.undo():
        seen_choices.append(dict(session.choices))

    assert [tuple(choices.values()) for choices in seen_choices] == [
        ("one", "small"),
        ("two", "large"),
        ("two", "small"),
        ("one", "small"),
    ]


def test_an_earlier_plan_is_taken_over_as_far_as_the_level_still_has_it() -> None:
    plan = {"machines": "two", "size": "enormous", "colour": "red"}
    session = Session(fake_level(), FakeSimulator(), plan)

    assert session.choices == {"machines": "two", "size": "small"}


def test_the_price_of_another_choice_is_known_before_it_is_taken() -> None:
    session = new_session()

    assert session.price("machines", "two") == (200_000, 0)
    assert session.choices["machines"] == "one"


def test_a_night_of_its_own_counts_for_nothing() -> None:
    session = new_session()
    session.new_night()
    finished = session.finish(seen(session))

    assert session.night == 0
    assert finished.score.seed not in session.level.seeds
    assert finished.grading.missing == (1, 2, 3)
