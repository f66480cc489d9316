"""Reading histories: the formats, what belongs together, and mistakes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.level.problems import Unreadable
from game.score.consistency.history import History, Map, Outcome
from game.score.consistency.models import MODELS, Register
from game.score.histories import read
from game.score.histories.read import history_in, read_history

LOG = """INFO  jepsen.util - 0\t:invoke\t:write\t3
INFO  jepsen.util - 1\t:invoke\t:cas\t[3 4]
INFO  jepsen.util - :nemesis\t:info\t:start\tnil
INFO  jepsen.util - 0\t:ok\t:write\t3
INFO  jepsen.util - 1\t:fail\t:cas\t[3 4]
INFO  jepsen.util - 2\t:invoke\t:read\tnil
INFO  jepsen.util - 3\t:invoke\t:write\t5
INFO  jepsen.util - 3\t:info\t:write\t:timed-out
INFO  jepsen.util - 2\t:ok\t:read\t3
INFO  jepsen.util - 4\t:invoke\t:read\tnil
"""


def history(text: str, model: str = "cas-register") -> History:
    return history_in(text, "a", MODELS[model])[0]


def refused(text: str, model: str = "cas-register") -> str:
    with pytest.raises(Unreadable) as caught:
        history(text, model)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_log_lines() -> None:
    write, cas, read_, unsure, open_ = history(LOG).operations
    assert (write.input, write.outcome, write.invoked, write.completed) == (3, Outcome.OK, 0, 2)
    assert (cas.input, cas.outcome) == ((3, 4), Outcome.FAIL)
    assert (read_.output, read_.outcome, read_.line) == (3, Outcome.OK, 6)
    assert (unsure.outcome, unsure.completed) == (Outcome.INFO, None)
    assert (open_.outcome, open_.completed) == (Outcome.INFO, None)


EVENTS = """{:type :invoke, :f :write, :value 3, :process 0, :time 1000, :index 0}
{:type :ok, :f :write, :value 3, :process 0, :time 2500, :index 1}
{:type :info, :f :start, :process :nemesis}
"""


def test_edn_as_lines_and_as_one_vector() -> None:
    assert history(EVENTS).operations[0].completed_us == 2
    assert [one.input for one in history(f"[{EVENTS}]").operations] == [3]


def test_json_lines() -> None:
    text = (
        '{"type": "invoke", "f": "transfer", "process": 0, '
        '"value": {"from": 0, "to": 1, "amount": 5}}\n'
        '{"type": "ok", "f": "transfer", "process": 0, "value": null}\n\n'
        '{"type": "invoke", "f": "read", "process": 1}\n'
        '{"type": "ok", "f": "read", "process": 1, "value": {"0": 5, "1": 15}}\n'
    )
    transfer, balances = history(text, "bank").operations
    assert transfer.input == (0, 1, 5)
    assert balances.output == Map.of([(0, 5), (1, 15)])


def test_keys_beside_values() -> None:
    text = '{:process 0, :type :invoke, :f :get, :key "7", :value nil}'
    assert history(text, "kv-append").operations[0].key == "7"


def test_keys_inside_values_where_reads_tell() -> None:
    text = """{:type :invoke, :f :cas, :value [1 [2 3]], :process 0}
    {:type :ok, :f :cas, :value [1 [2 3]], :process 0}
    {:type :invoke, :f :read, :value [1 nil], :process 0}
    {:type :ok, :f :read, :value [1 3], :process 0}"""
    cas, read_ = history(text).operations
    assert (cas.key, cas.input) == (1, (2, 3))
    assert (read_.key, read_.output) == (1, 3)


def test_a_pair_is_a_value_where_reads_begin_with_none() -> None:
    text = """{:type :invoke, :f :write, :value [1 2], :process 0}
    {:type :invoke, :f :read, :value nil, :process 1}
    {:type :ok, :f :read, :value [1 2], :process 1}"""
    write, read_ = history(text, "register").operations
    assert (write.key, write.input, read_.output) == (None, (1, 2), (1, 2))


def test_a_compare_and_set_without_keys_is_a_pair() -> None:
    cas = history("{:type :invoke, :f :cas, :value [1 2], :process 0}").operations[0]
    assert (cas.key, cas.input) == (None, (1, 2))


def test_a_read_without_an_answer_says_nothing_but_of_a_register() -> None:
    text = "{:type :invoke, :f :read, :process 0} {:type :ok, :f :read, :process 0, :value nil}"
    assert history(text, "counter").operations[0].outcome is Outcome.INFO
    assert history(text, "register").operations[0].outcome is Outcome.OK


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (EVENTS, 0),
        (LOG, None),
        ("{:type :invoke :f :read :process 0} {:type :ok :f :read :process 0 :value nil}", None),
        (
            "{:type :invoke :f :write :value nil :process 1} "
            "{:type :invoke :f :read :process 0} {:type :ok :f :read :process 0 :value nil}",
            0,
        ),
    ],
)
def test_what_a_register_holds_at_first(text: str, first: int | None) -> None:
    model = history_in(text, "a", MODELS["cas-register"])[1]
    assert isinstance(model, Register)
    assert model.initial == first


INVOKE = "{:type :invoke, :f :read, :process 0}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "a is empty"),
        ("hello", "a:1:1: neither Jepsen's EDN, nor its log lines, nor JSON lines"),
        ("[]", "a holds no operation of a client"),
        ("[1]", "a:1:2: an event is a map such as {:type :invoke, :f :read ...}"),
        ("{:f :read, :process 0}", "a:1:1: the event has no type"),
        ("{:type :ok, :f :read, :process 1.5}", "a:1:1: the process of an event is a whole number"),
        (
            "{:type :done, :f :read, :process 0}",
            'a:1:1: there is no event type "done" (there are: invoke, ok, fail, info)',
        ),
        (
            "{:type :invoke, :f :raed, :process 0}",
            'a:1:1: a cas-register has no operation "raed"; did you mean "read"? '
            "(it has: cas, read, write)",
        ),
        (
            f"{INVOKE}\n {INVOKE}",
            "a:2:2: process 0 begins something while what it began in line 1 has not ended",
        ),
        (
            "{:type :ok, :f :read, :process 0}",
            "a:1:1: process 0 ends something that it did not begin",
        ),
        (
            f"{INVOKE}\n{{:type :ok, :f :write, :process 0}}",
            'a:2:1: process 0 ends "write" and began "read"',
        ),
        (
            "{:type :invoke, :f :cas, :value 3, :process 0}",
            "a:1:1: the value of cas is not [old new]",
        ),
        (
            "{:type :invoke :f :write :value 3 :process 0}\n"
            "{:type :ok :f :write :value 4 :process 0}",
            "a:2:1: write ends with another value than it began with",
        ),
        (f"{LOG}oops", "a:11:1: not a line such as INFO  jepsen.util - 0 :invoke :read nil, as"),
        ('{"type": "invoke",\n', "a:1:19: not JSON: "),
        ('{"process": NaN}', "a:1:1: NaN is no number"),
        ('{"process": ' + "1" * 9999 + "}", "a:1:1: a number of more than 40 digits"),
        ('{"value": ' + "[" * 99 + "]" * 99 + "}", "a:1:1: nested deeper than 16 levels"),
        ('{"value": ' + "[" * 99_999 + "]" * 99_999 + "}", "a:1:1: nested deeper than 16 levels"),
        ('{"f": 1, "f": 2}', "a:1:1: an object has a key twice"),
    ],
)
def test_what_is_wrong_is_one_sentence(text: str, sentence: str) -> None:
    assert refused(text).startswith(sentence)


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = MODELS["register"]
    with pytest.raises(Unreadable, match="No such file"):
        read_history(tmp_path / "none", model)
    with pytest.raises(Unreadable, match="directory"):
        read_history(tmp_path, model)
    path = tmp_path / "a"
    path.write_bytes(b"{}\n\xff")
    with pytest.raises(Unreadable, match=r"a:2: not UTF-8 text"):
        read_history(path, model)
    monkeypatch.setattr(read, "MOST_BYTES", 1)
    with pytest.raises(Unreadable, match="larger than"):
        read_history(path, model)


def test_histories_have_so_many_events_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_EVENTS", 1)
    assert refused(EVENTS) == "a has more than 1 events"


WORDS = ["{", "}", "[", "]", ":type", ":invoke", ":ok", ":f", ":read", ":cas", ":value", "nil"]
WORDS += [":process", "0", "1", "INFO  jepsen.util - 0 :invoke :read", '"', "\n", '{"type"', ":"]


@given(words=st.lists(st.sampled_from(WORDS), max_size=30))
def test_nothing_but_a_sentence_comes_of_nonsense(words: list[str]) -> None:
    with suppress(Unreadable):
        history(" ".join(words))
