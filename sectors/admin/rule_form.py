"""The form of a rule: what is typed is compiled, and versions of one code do not overlap."""

from __future__ import annotations

import datetime
import re
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sectors.calculation.dimensions import checked_rule
from sectors.calculation.formulas import compile_rule
from sectors.calculation.parser import FormulaError
from sectors.calculation.tokens import CODE, LITERAL
from sectors.catalogue.rules import CONTENT, ends_a_version
from sectors.models import Breakdown, Indicator, Rule, Unit

WORD_OR_CHARACTER = re.compile(r"\w+|\S")


class RuleForm(forms.ModelForm):
    """A rule in the administration. With `_try` it is read as always and never valid: a try saves nothing."""

    starts = forms.DateField(
        label=_("Change applies from"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("A period is judged by the rules of its last day. Until the day before, the rule stays as it was."),
    )

    class Meta:
        model = Rule
        fields: ClassVar[list[str]] = [
            "sector",
            "code",
            "expression",
            "severity",
            "message",
            "missing",
            "is_on",
            "valid_from",
            "valid_to",
        ]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "expression": forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "spellcheck": "false"}),
            "message": forms.TextInput(attrs={"class": "vTextField vLargeTextField", "size": 80}),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "expression": _(
                "Two expressions compared with == != < <= > >=, over indicator codes, + - * /, abs, min, max, "
                "parts(code), previous(code), last_year(code) and year_to_date(code), "
                "such as food.passed <= food.done. Numbers beside values have their unit: food.rate >= 98%."
            ),
            "message": _("What the clerk reads: what does not fit, and what to look at."),
            "is_on": _("A rule that is switched off judges nothing. Try it against past data first."),
            "valid_from": _("Empty: from the beginning, so for the years past as well."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts"].initial = timezone.localdate

    def clean_expression(self) -> str:
        text = " ".join(str(self.cleaned_data["expression"]).split())
        parts, units = Breakdown.objects.part_codes(), Unit.objects.by_name()
        try:
            if text == self.initial.get("expression"):  # it may be older than what is asked of units
                comparison = compile_rule(text, parts, units)
            else:
                comparison = checked_rule(text, parts, units, Indicator.objects.units())
        except FormulaError as error:
            raise ValidationError(_marked(text, error.column, str(error))) from error
        unknown = comparison.codes - set(Indicator.objects.values_list("code", flat=True))
        if unknown:
            code = min(unknown, key=text.index)
            raise ValidationError(_marked(text, text.index(code), gettext("There is no such indicator.")))
        return text

    @property
    def starting(self) -> datetime.date:
        return self.cleaned_data.get("starts") or timezone.localdate()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            self._check_versions()
        if not self.errors and "_try" in self.data:
            self.add_error(None, gettext("This was a try: nothing has been saved."))
        return cleaned

    def _check_versions(self) -> None:
        """Versions of one code do not overlap, neither as they are nor after the old words have ended."""
        begins, ends = self.cleaned_data.get("valid_from"), self.cleaned_data.get("valid_to")
        old = Rule.objects.filter(pk=self.instance.pk).first()
        changed = Rule(**{name: self.cleaned_data[name] for name in CONTENT})
        if old and ends_a_version(old, changed, self.starting):
            begins = self.starting
        if begins and ends and ends < begins:
            self.add_error("valid_to", gettext("The rule would end before it begins (%(day)s).") % {"day": begins})
        others = Rule.objects.filter(code=self.instance.code or self.cleaned_data["code"]).exclude(pk=self.instance.pk)
        after = Q(valid_to__isnull=True) | Q(valid_to__gte=begins) if begins else Q()
        before = Q(valid_from__isnull=True) | Q(valid_from__lte=ends) if ends else Q()
        if others.filter(after, before).exists():
            self.add_error("valid_from", gettext("Another version of this rule is valid in these days."))


def _marked(text: str, column: int, why: str) -> SafeString:
    """The expression with the wrong place marked: a whole code or word, else one character, else the end."""
    found = CODE.match(text, column) or LITERAL.match(text, column) or WORD_OR_CHARACTER.match(text, column)
    place = found[0] if found else "␣"
    place_line = gettext("Character %(column)d") % {"column": column + 1}
    return format_html(
        "{}: {} <code>{}<mark>{}</mark>{}</code>", place_line, why, text[:column], place, text[column + len(place) :]
    )
