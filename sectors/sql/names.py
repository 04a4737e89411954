"""Names of tables and columns taken from the models, so that a renamed field cannot pass unseen."""

from __future__ import annotations

from django.db import models


class Aliased:
    """A model under the alias that a statement gives it: `f"{figure.value} FROM {figure}"` is
    `f.value FROM sectors_figure f`. Asking for a field that the model does not have raises FieldDoesNotExist."""

    def __init__(self, model: type[models.Model], alias: str) -> None:
        self._model, self._alias = model, alias

    def __getattr__(self, field: str) -> str:
        return f"{self._alias}.{self._model._meta.get_field(field).column}"  # type: ignore[union-attr]

    def __str__(self) -> str:
        return f"{self._model._meta.db_table} {self._alias}"
