"""Edit checks written as expressions, in versions."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from sectors.models.catalogue import Sector, Validity
from sectors.vocabulary import MissingFigures, RuleSource, Severity


class Rule(Validity):
    """An edit check written as an expression over indicator codes.

    A code may have several versions, one row each, whose validity does not overlap. One that is switched off is a
    draft and judges nothing. See `sectors.catalogue.rules`.
    """

    sector = models.ForeignKey(Sector, verbose_name=_("Sector"), on_delete=models.CASCADE, related_name="rules")
    code = models.CharField(_("Code"), max_length=150)
    expression = models.TextField(_("Expression"))
    severity = models.CharField(_("Severity"), max_length=8, choices=Severity.choices)
    message = models.CharField(_("Message"), max_length=200)
    missing = models.CharField(
        _("Missing figures"), max_length=4, choices=MissingFigures.choices, default=MissingFigures.SKIP_ANY
    )
    is_on = models.BooleanField(_("Switched on"), default=True)
    source = models.CharField(_("Source"), max_length=9, choices=RuleSource.choices, default=RuleSource.CATALOGUE)

    class Meta:
        verbose_name = _("Rule")
        verbose_name_plural = _("Rules")
        ordering: ClassVar[list[Any]] = ["sector", "code", F("valid_from").asc(nulls_first=True)]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="rule_version_once_a_day"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_from__isnull=True), name="rule_first_version_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="rule_validity_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code
