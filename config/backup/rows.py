"""The rows of all tables as lines of JSON, alike for every database that the project runs on.

Tables are those of the migrations that have been applied, so that a backup of an older version can be read.
"""

import base64
import datetime
import decimal
import itertools
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import sql

from config import single_migrations

BATCH = 1000  # rows a statement
# Who was signed in signs in again; boards get stamps of their own as the rows come in, regions what they lie in.
LEFT_OUT = {"sessions.session", "reports.boardstamp", "sectors.regionclosure"}
# What `migrate` leaves in a database that nobody has used yet.
MADE_BY_MIGRATIONS = {"contenttypes.contenttype", "auth.permission", "sectors.catalogueversion"}

Model = type[models.Model]
Migration = tuple[str, str]  # app, name


def applied() -> list[Migration]:
    """The migrations of the project's apps that the database has had, none where it has no tables yet."""
    loader = single_migrations.load(connection)
    return sorted(key for key in loader.applied_migrations if key in loader.graph.nodes)


def tables(migrations: Iterable[Migration]) -> list[Model]:
    """All models as they were after these migrations, by their names."""
    state = single_migrations.load(connection).project_state(list(migrations))
    found = state.apps.get_models(include_auto_created=True)
    return sorted(
        (model for model in found if model._meta.managed and label(model) not in LEFT_OUT),
        key=label,
    )


def label(model: Model) -> str:
    return model._meta.label_lower


@contextmanager
def snapshot() -> Iterator[None]:
    """What is read inside is of one moment, whatever others write meanwhile; nobody waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")  # atomic() would begin as one who writes, and keep the others from it
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def lines(model: Model) -> Iterator[tuple[str, list[str]]]:
    """A line of JSON for each row, in the order of keys, and the files that the row names."""
    fields = _fields(model)
    places = [place for place, field in enumerate(fields) if isinstance(field, models.FileField)]
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=BATCH):
        text = json.dumps([_encoded(value) for value in row], ensure_ascii=False, separators=(",", ":"))
        yield f"{text}\n", [row[place] for place in places if row[place]]


def columns(model: Model) -> list[str]:
    return [field.attname for field in _fields(model)]


def insert(model: Model, names: list[str], texts: Iterable[str]) -> int:
    """Write rows as `lines` told them, each column as it stands there; returns how many."""
    fields = {field.attname: field for field in _fields(model)}
    wanted = [fields[name] for name in names]
    size = min(BATCH, connection.ops.bulk_batch_size(wanted, [None] * BATCH))
    found, count = iter(texts), 0
    while part := list(itertools.islice(found, size)):
        rows = [
            model(
                **{field.attname: _decoded(field, value) for field, value in zip(wanted, json.loads(text), strict=True)}
            )
            for text in part
        ]
        # Raw: dates of making and changing are those of the row, not of today.
        _insert(model, rows, wanted)
        count += len(rows)
    return count


def used_tables(found: Iterable[Model]) -> list[str]:
    """Those in which somebody's rows stand."""
    return [label(model) for model in found if label(model) not in MADE_BY_MIGRATIONS and model._base_manager.exists()]


def empty(found: Iterable[Model]) -> None:
    """Take out what migrations made."""
    for model in found:
        if label(model) in MADE_BY_MIGRATIONS:
            model._base_manager.all()._raw_delete(connection.alias)


def continue_keys(found: Iterable[Model]) -> None:
    """The next row of each table gets a key that none of its rows has."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(found)):
            cursor.execute(statement)


def _insert(model: Model, rows: list[models.Model], fields: list[models.Field]) -> None:
    query = sql.InsertQuery(model)
    query.insert_values(fields, rows, raw=True)
    query.get_compiler(using=connection.alias).execute_sql()


def _fields(model: Model) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _encoded(value: Any) -> Any:
    match value:
        case decimal.Decimal() | uuid.UUID():
            return str(value)
        case datetime.date() | datetime.time():  # a datetime is a date
            return value.isoformat()
        case datetime.timedelta():
            return value // datetime.timedelta(microseconds=1)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
    return value


def _decoded(field: models.Field, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.BinaryField):
        return base64.b64decode(value)
    if isinstance(field, models.DurationField):
        return datetime.timedelta(microseconds=value)
    return field.to_python(value)
