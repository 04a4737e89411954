"""The forms of a page, with what a person who filled nothing else would send."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from lxml import html

TEXT = "字"  # for what is to be written and was not
START = {"date": "2023-05-01", "number": "1", "text": TEXT}


@dataclass
class Form:
    """`kinds`: a name for each field that those have in common that are alike; hidden ones each mean something else."""

    method: str
    to: str
    fields: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)

    def take(self, element: Any) -> None:
        """A field, as it stands on the page."""
        name, kind = element.get("name"), element.get("type")
        self.kinds.setdefault(name, name if kind == "hidden" else f"{element.tag} {kind}")
        if kind == "file":
            self.files.append(name)
        elif element.tag == "select":
            options = [option.get("value", "") for option in element.xpath(".//option[@selected]|.//option")]
            self.fields[name] = next(filter(None, options), "")
        elif element.tag == "textarea":
            text = (element.text or "").removeprefix("\n")  # as a browser does
            self.fields.setdefault(name, text if text.strip() else TEXT)
        else:
            self.fields.setdefault(name, element.get("value") or START.get(kind, ""))


def forms_of(text: str, address: str) -> Iterator[Form]:
    """Each form that a page has, with htmx and without."""
    page = html.fromstring(text)
    for form in page.xpath("//form"):
        method = next((way for way in ("post", "get") if form.get(f"hx-{way}")), (form.get("method") or "get").lower())
        if method == "dialog":  # closes it, and asks nobody
            continue
        yield _of(page, form, method, urljoin(address, form.get(f"hx-{method}") or form.get("action") or address))
    for element in page.xpath("//*[not(self::form)][@hx-post]"):
        around = element.xpath("ancestor::form[1]")
        found = _of(page, around[0] if around else None, "post", urljoin(address, element.get("hx-post")))
        found.fields |= json.loads(element.get("hx-vals") or "{}")
        found.files = []
        yield found


def _of(page: Any, form: Any, method: str, to: str) -> Form:
    found = Form(method, to)
    if form is not None:
        own = form.xpath(".//*[self::input or self::select or self::textarea or self::button][@name]")
        others = page.xpath("//*[@form=$key][@name]", key=form.get("id")) if form.get("id") else []
        for element in [*own, *others]:
            found.take(element)
    return found
