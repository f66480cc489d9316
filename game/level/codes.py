"""The closed list of what can be wrong with a file: a code, a name and a sentence for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of the list."""

    code: str
    """E and three digits for an error, W for a warning: the file is used all the same."""
    name: str
    says: str

    @property
    def severity(self) -> str:
        """`error` or `warning`."""
        return "warning" if self.code.startswith("W") else "error"


CODES: dict[str, Code] = {
    name: Code(code, name, says)
    for code, name, says in (
        ("E001", "syntax", "The file is not TOML 1.0."),
        ("E002", "duplicate-key", "A key or table is written twice."),
        ("E003", "control-character", "Text holds a character that no screen should get."),
        ("E004", "too-deep", "Tables and lists are nested deeper than is allowed."),
        ("E005", "too-long", "Something has more entries than is allowed."),
        ("E006", "no-such-value", "Dates, infinities and huge numbers have no use in a level."),
        ("E007", "too-large", "The file has more bytes than are read."),
        ("E010", "wrong-type", "The value is of another type than the key takes."),
        ("E011", "unknown-key", "The table has no such key."),
        ("E012", "missing-key", "The table lacks a key that it needs."),
        ("E013", "bad-value", "The value cannot be read as what the key takes."),
        ("E014", "out-of-range", "The number is too small or too large."),
        ("E015", "bad-name", "An id is not written as ids are."),
        ("E016", "bad-text", "Text is too long, or not one line."),
        ("E017", "bad-duration", "A duration is a number with its unit, in quotes."),
        ("E018", "bad-size", "A size is a number with its unit, in quotes."),
        ("E020", "wrong-format", "The file is of a format that this program does not read."),
        ("E021", "unknown-kind", "No kind of that name is registered."),
        ("E022", "unknown-reference", "Nothing in the level has that id."),
        ("E023", "duplicate-id", "Two things have the same id."),
        ("E024", "outside-run", "A time lies after the end of the run."),
        ("E025", "wrong-target", "A fault of this kind cannot be aimed at that."),
        ("E026", "call-cycle", "Services call each other in a circle."),
        ("E027", "contradiction", "Keys that exclude each other, or need each other."),
        ("E028", "too-many-calls", "One request spreads over too many calls, or too deep."),
        ("E030", "unknown-path", "A control sets something that does not exist."),
        ("E031", "bad-choice", "A choice of a control makes the level invalid."),
        ("E032", "unknown-choice", "The control has no choice of that label."),
        ("E033", "unknown-control", "The level has no control of that id."),
        ("E034", "unknown-family", "There is no such family of controls."),
        ("E040", "unknown-measure", "Nothing measures that."),
        ("E050", "other-level", "The file belongs to another level."),
        ("W001", "hits-nothing", "A fault meets nobody, or has no strength."),
        ("W002", "changes-nothing", "A control, or a choice of one, makes no difference."),
        ("W003", "out-of-use", "Nobody ever asks this part of the system."),
        ("W004", "never-at-risk", "No plan can miss this goal."),
        ("W005", "unresolved", "The graded seeds cannot tell this goal from luck."),
        ("W006", "never-reached", "A bound, or a time, that nothing ever comes to."),
        ("W007", "unknown-lesson", "The curriculum has no statement of that id."),
        ("W008", "overwritten", "A control replaces this value from the begin."),
    )
}
"""By name. Codes are never reused."""
