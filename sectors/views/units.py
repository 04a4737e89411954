"""Units of measure in the browser: they go through the same preview and load as a file of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, F
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sectors.catalogue import yaml_files
from sectors.models import Indicator, Unit
from sectors.shell.http import PersonRequest
from sectors.spreadsheets import pending
from sectors.texts import whole_number
from sectors.transfer import sent_files
from sectors.views.setup import ABOUT, FilesRefused, for_setting_up, preview

PURE = "1"  # the unit of pure numbers
SEPARATORS = re.compile(r"[、，,；;\s]+")


class UnitForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Unit"), max_length=20)
    base = forms.ChoiceField(
        label=gettext_lazy("Converted into"),
        required=False,
        help_text=gettext_lazy("Left empty where it stands for itself, as 次 and 米 do."),
    )
    scale = forms.DecimalField(
        label=gettext_lazy("One of it is how many of these"),
        required=False,
        min_value=Decimal("0.00000001"),
        max_digits=20,
        decimal_places=8,
        help_text=gettext_lazy("10000 for 万吨 converted into 吨."),
    )
    counts = forms.BooleanField(label=gettext_lazy("Things are counted in it: whole numbers only"), required=False)
    also = forms.CharField(
        label=gettext_lazy("Also written"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("What people type for it, with 、 between: ㎡、平米."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["base"]
        assert isinstance(field, forms.ChoiceField)
        bases = Unit.objects.filter(base=F("name")).order_by("name").values_list("name", "name")
        field.choices = [("", _("itself")), *bases]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if bool(typed.get("base")) != bool(typed.get("scale")):
            said = _("The unit that it is converted into, and how many of these it is, belong together: give both.")
            self.add_error("scale", said)
        return typed

    def specification(self) -> dict[str, Any]:
        """As a catalogue file has it."""
        typed, unit = self.cleaned_data, {"name": self.cleaned_data["name"]}
        if typed["base"]:
            unit |= {"base": typed["base"], "scale": f"{typed['scale'].normalize():f}"}
        if typed["counts"]:
            unit["counts"] = True
        if also := [text for text in SEPARATORS.split(typed["also"]) if text]:
            unit["also"] = also
        return {"units": [unit]}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@for_setting_up
def units(request: PersonRequest) -> HttpResponse:
    """The units with what is measured in them; POST shows what a new or changed one would change. Nothing is loaded."""
    if request.method != "POST":
        chosen = Unit.objects.filter(pk=whole_number(request.GET.get("unit", ""))).first()
        return _page(request, UnitForm(initial=_of(chosen)))
    form = UnitForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    content = yaml_files.as_yaml(form.specification()).encode()
    stored = pending.keep(sent_files.packed([("units.yaml", content)]), request.user, ABOUT)
    try:
        return preview(request, stored, form.cleaned_data["name"])
    except FilesRefused as error:
        return _page(request, form, error.args, 422)


def _of(unit: Unit | None) -> dict[str, Any]:
    if unit is None:
        return {}
    is_base = unit.base == unit.name
    converted = {} if is_base else {"base": unit.base, "scale": f"{unit.scale.normalize():f}"}
    return {"name": unit.name, "counts": unit.counts, "also": "、".join(unit.also), **converted}


def _page(request: PersonRequest, form: UnitForm, problems: Sequence[str] = (), status: int = 200) -> HttpResponse:
    used = dict(Indicator.objects.order_by().values_list("unit").annotate(Count("pk")))
    rows = [(unit, _converted(unit), used.get(unit.pk, 0)) for unit in Unit.objects.order_by("base", "scale", "name")]
    context = {"form": form, "problems": problems, "rows": rows}
    return render(request, "sectors/units.html", context, status=status)


def _converted(unit: Unit) -> str:
    if unit.base == unit.name:
        return ""
    return f"{unit.scale.normalize():f} {unit.base if unit.base != PURE else ''}".strip()
