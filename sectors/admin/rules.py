"""Rules, edited in versions and tried on the past."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sectors.calculation.dimensions import checked_rule
from sectors.calculation.parser import FormulaError
from sectors.calculation.tokens import codes_in, in_words
from sectors.catalogue import rules
from sectors.checks import trials
from sectors.models import Breakdown, Indicator, Rule, Unit
from sectors.vocabulary import RuleSource

from .base import Versioned
from .rule_form import RuleForm


@admin.register(Rule)
class RuleAdmin(Versioned):
    """Rules are edited in versions (`sectors.catalogue.rules`), and tried on the past before they are switched on."""

    form = RuleForm
    change_form_template = "admin/rule_form.html"
    list_display = ("code", "sector", "expression", "severity", "is_on", "valid_from", "valid_to", "source")
    list_filter = ("sector", "severity", "is_on", "source")
    list_select_related = ("sector",)
    search_fields = ("code", "expression", "message")
    fieldsets = (
        (None, {"fields": ("sector", "code", "expression", "missing", "severity", "message")}),
        (_("When it holds"), {"fields": ("is_on", "starts", "valid_from", "valid_to")}),
    )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"is_on": False, "valid_from": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Rule | None = None) -> tuple[str, ...]:
        return ("sector", "code", "in_words", *self._to_revise(obj)) if obj else ()

    @admin.display(description=_("Read as"))
    def in_words(self, rule: Rule) -> str:
        return in_words(rule.expression, Indicator.objects.names(codes_in(rule.expression)))

    @admin.display(description=_("To be revised"))
    def to_revise(self, rule: Rule) -> str:
        """Why its units do not fit: a rule may be older than what is asked of them."""
        parts, units = Breakdown.objects.part_codes(), Unit.objects.by_name()
        try:
            checked_rule(rule.expression, parts, units, Indicator.objects.units())
        except FormulaError as error:
            return f"{error.marked(rule.expression)}: {error}"
        return ""

    def _to_revise(self, rule: Rule) -> tuple[str, ...]:
        return ("to_revise",) if self.to_revise(rule) else ()

    def get_fieldsets(self, request: HttpRequest, obj: Rule | None = None) -> Any:
        """A new rule has nothing that could go on until the day before a change."""
        first, (name, fields) = self.fieldsets
        if obj is not None:
            sector, code, expression, *rest = first[1]["fields"]
            shown = (sector, code, expression, "in_words", *self._to_revise(obj), *rest)
            return (None, {"fields": shown}), (name, fields)
        return first, (name, {"fields": ("is_on", "valid_from", "valid_to")})

    def has_change_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        """A version that has ended is history."""
        ended = obj is not None and obj.valid_to is not None and obj.valid_to < timezone.localdate()
        return super().has_change_permission(request, obj) and not ended

    def has_delete_permission(self, request: HttpRequest, obj: Rule | None = None) -> bool:
        """Only a draft: what has judged submissions ends instead."""
        is_draft = obj is not None and not obj.is_on and obj.source == RuleSource.ADMIN
        return super().has_delete_permission(request, obj) and is_draft

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        if not change:
            rules.add(obj)
            return
        ended = rules.revise(obj, starts=form.starting)
        if ended is not None:
            days = {"end": ended.valid_to, "start": obj.valid_from}
            self.message_user(request, gettext("The old words hold until %(end)s, the new ones from %(start)s.") % days)

    def delete_model(self, request: HttpRequest, obj: Rule) -> None:
        rules.delete(obj)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        form = context["adminform"].form
        if "_try" in request.POST and not set(form.errors) - {NON_FIELD_ERRORS}:
            context["trial"] = trials.against_the_past(form.instance)
            context["errors"] = None  # nothing is wrong with it
        return super().render_change_form(request, context, *args, **kwargs)
