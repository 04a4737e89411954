"""Names of tables and columns taken from the models, so that a renamed field cannot pass unseen."""

from __future__ import annotations

from django.db import models


class Aliased:
    """A model under the alias that a statement gives it: `f"{figure.value} FROM {figure}"` is
    `f.value FROM sectors_figure f`. Asking for a field that the model does not have raises FieldDoesNotExist."""

    def __init__(self, model: type[models.Model], alias: str) -> None:
        self._model, self._alias, self._table = model, alias, f"{model._meta.db_table} {alias}"

    def __getattr__(self, field: str) -> str:
        name = f"{self._alias}.{self._model._meta.get_field(field).column}"  # type: ignore[union-attr]
        self.__dict__[field] = name  # a statement may be put together with every cell that is saved
        return name

    def __str__(self) -> str:
        return self._table
