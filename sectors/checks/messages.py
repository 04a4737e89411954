"""What a finding says, as data: a template and what is put into it. Worded for each reader in their own language.

A message is worded by `str()`, like a lazy translation, as its department reads it, with values that would repair it.
The office, leaders and the report read which figures do not agree and by how much, but nothing to write: whoever
words something for a reader says which of both (`repairs`).

Figures are put in as texts with the decimals that are to be read, and indicators by the name they had when they were
judged: a renamed one is named anew when its submission is checked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sectors.calculation.qualifiers import written
from sectors.checks.templates import WITHOUT_REPAIRS, Template
from sectors.vocabulary import Qualifier


@dataclass(frozen=True)
class Message:
    """A template with its values: texts of the catalogue, figures, counts (which choose a plural), other messages."""

    template: Template
    values: Mapping[str, Text] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.worded(repairs=True)

    def worded(self, *, repairs: bool) -> str:
        label = self.template.label if repairs else WITHOUT_REPAIRS.get(self.template, self.template.label)
        if not self.values:
            return str(label)  # its per cent signs stand for themselves
        values = {
            name: value if isinstance(value, int) else _worded(value, repairs) for name, value in self.values.items()
        }
        return str(label % values)

    @property
    def data(self) -> dict[str, Any]:
        return {"template": self.template.value, "values": {name: _data(v) for name, v in self.values.items()}}


@dataclass(frozen=True)
class Joined:
    """Messages with the same text between each two of them."""

    between: str
    messages: Sequence[Message]

    def __str__(self) -> str:
        return self.worded(repairs=True)

    def worded(self, *, repairs: bool) -> str:
        return self.between.join(message.worded(repairs=repairs) for message in self.messages)

    @property
    def data(self) -> dict[str, Any]:
        return {"between": self.between, "messages": [message.data for message in self.messages]}


Text = str | int | Message | Joined


@dataclass(frozen=True)
class Statement:
    """All that a finding says: what does not fit, where the same slip shows as well, and what hints at its cause."""

    message: Message
    also: Sequence[Message] = ()
    hints: Sequence[Text] = ()

    def __str__(self) -> str:
        return self.worded(repairs=True)

    def worded(self, *, repairs: bool) -> str:
        """As sentences; messages of written rules end without a full stop."""
        others = "；".join(message.worded(repairs=repairs).rstrip("。.") for message in self.also)
        also = str(Message(Template.ALSO, {"others": others})) if others else ""
        hints = [_worded(hint, repairs) for hint in self.hints]
        return _sentences([self.message.worded(repairs=repairs), also, *hints])

    @property
    def data(self) -> dict[str, Any]:
        """For a JSON field."""
        return {
            "message": self.message.data,
            "also": [message.data for message in self.also],
            "hints": [_data(hint) for hint in self.hints],
        }


def worded(data: Any, *, repairs: bool) -> str:
    """`Statement.data` in the language at hand, with or without values that would repair it. A text stands for itself:
    so earlier versions kept findings."""
    if isinstance(data, str):
        return data
    statement = Statement(
        _message(data["message"]),
        [_message(message) for message in data["also"]],
        [_text(hint) for hint in data["hints"]],
    )
    return statement.worded(repairs=repairs)


def says_about(data: Any) -> bool:
    """Whether `Statement.data` says of a computed value that it is only about so much, as that of figures that are not
    exact."""
    values = {} if isinstance(data, str) else data["message"]["values"]
    about = written("", Qualifier.ABOUT)
    return any(str(values.get(name, "")).startswith(about) for name in ("computed", "expected"))


def _worded(text: Text, repairs: bool) -> str:
    return str(text) if isinstance(text, str | int) else text.worded(repairs=repairs)


def _data(value: Text) -> Any:
    return value if isinstance(value, str | int) else value.data


def _message(data: Mapping[str, Any]) -> Message:
    template, values = Template(data["template"]), {name: _text(value) for name, value in data["values"].items()}
    # What earlier versions did not keep: by how much a suspect is off, and what adds up by its kind.
    if template == Template.SUSPECT:
        values.setdefault("off", "")
    if template in (Template.SUM, Template.SUM_CUT_OFF) and "split" in values:
        values.setdefault("parts", Message(Template.PARTS, {"split": values["split"]}))
    return Message(template, values)


def _joined(data: Mapping[str, Any]) -> Joined:
    return Joined(data["between"], [_message(message) for message in data["messages"]])


def _text(data: Any) -> Text:
    if isinstance(data, str | int):
        return data
    return _joined(data) if "between" in data else _message(data)


def _sentences(texts: Iterable[str]) -> str:
    whole = ""
    for text in filter(None, texts):
        stop = " " if whole.endswith((".", "?")) else "" if not whole or whole.endswith(("。", "？")) else "。"
        whole += stop + text
    return whole
