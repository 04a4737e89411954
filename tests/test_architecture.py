"""Who may write which model, read from the syntax tree of every file. Who may import whom: see pyproject.toml."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from django.apps import apps

BASE_DIR = Path(__file__).resolve().parent.parent
APPS = ("audit", "sectors", "accounts", "inspections", "reports", "assessment", "intake", "collection")
# Apps whose models an app may not name in a text either; imports are held by the contracts in pyproject.toml.
MAY_NOT_NAME = {
    "audit": ("sectors", "accounts", "inspections", "reports", "assessment", "intake", "collection"),
    "sectors": ("accounts", "inspections", "reports", "assessment", "intake", "collection"),
    "accounts": ("inspections", "reports", "assessment", "intake", "collection"),
    "inspections": ("accounts", "reports", "assessment", "intake", "collection"),
    "reports": ("accounts", "assessment", "intake", "collection"),
    "assessment": ("accounts", "intake", "collection"),
    "intake": ("accounts", "assessment", "collection"),
    "collection": ("accounts", "inspections", "assessment", "intake"),
}
# Every way to sign in sends these, also one that is added later (audit/sign_ins.py).
HEARS_SIGN_INS = "audit/sign_ins.py"
SIGNALS = (
    "django.dispatch",
    "django.db.models.signals",
    "django.core.signals",
    "django.contrib.auth.signals",
)
# Figures are added up in one place. Records are no figures: counting them is what these are for.
SUMMERS = frozenset(
    {"sectors/sql/annual.py", "inspections/tally.py", "inspections/failures.py", "inspections/planning.py"}
)
# The demonstration sets back the days of what it did just now.
BACKDATES = "demo/reporting.py"
# The demonstration tells a year afterwards, all of it at once.
TELLS_A_RUN = "demo/assessment_run.py"
# Reviewing a criterion, and changing what was reviewed after an appeal.
REVIEWS = ("assessment/reviews.py", "assessment/appeals.py")
# Who may write which model: docs/architecture.md, "Writers".
WRITERS = {
    f"{app}.{name}": set(files)
    for app, names, *files in (
        ("audit", "Event", "audit/record.py", "audit/archives.py"),
        ("audit", "Link", "audit/chain.py", "audit/archives.py"),
        ("sectors", "Figure Narrative Tally", "sectors/entry/writer.py"),
        ("sectors", "NarrativeChange", "sectors/entry/writer.py", "sectors/entry/shortfalls.py"),
        ("sectors", "OpenRow", "sectors/entry/open_row_writer.py"),
        ("sectors", "OpenRowChange", "sectors/entry/open_row_writer.py", BACKDATES),
        ("sectors", "ShortfallAnswer", "sectors/entry/shortfalls.py"),
        ("sectors", "FigureChange", "sectors/entry/writer.py", BACKDATES),
        ("sectors", "Transition", "sectors/approval/moves.py", BACKDATES),
        ("sectors", "StoredFinding", "sectors/findings/storage.py"),
        ("sectors", "FindingNote", "sectors/findings/reasons.py"),
        ("sectors", "SeverityChange", "sectors/findings/severities.py"),
        ("sectors", "Comment", "sectors/evidence/comments.py"),
        ("sectors", "Attachment KeptFile", "sectors/evidence/attachments.py"),
        ("sectors", "Job", "sectors/jobs.py"),
        # Who changes the catalogue renews its version, so that no process goes on with the old one.
        ("sectors", "CatalogueVersion Unit Chapter Sector Sheet Table Indicator", "sectors/catalogue/loader.py"),
        ("sectors", "FormerFrequency Breakdown BreakdownPart Question", "sectors/catalogue/loader.py"),
        ("sectors", "RegistryWord", "sectors/catalogue/loader.py", "sectors/catalogue/word_loading.py"),
        ("sectors", "Rule", "sectors/catalogue/loader.py", "sectors/catalogue/rules.py"),
        ("sectors", "SheetDraft", "sectors/catalogue/drafts.py"),
        ("sectors", "SheetVersion", "sectors/catalogue/sheet_versions.py"),
        # Each write of a record is counted into the sheets.
        ("inspections", "Record SamplingPlan PlanTask NonconformingSample", "inspections/records.py"),
        # Which firm a record names is said beside it, and counted nowhere.
        ("inspections", "PartyRecord SamplingBatch Inspection", "inspections/records.py", "inspections/links.py"),
        ("inspections", "RectificationNotice EnforcementCase", "inspections/records.py", "inspections/links.py"),
        ("inspections", "Complaint", "inspections/records.py", "inspections/links.py"),
        ("inspections", "Firm FirmName NoFirm InspectionFrequency", "inspections/firms.py"),
        ("inspections", "RecordFile", "sectors/evidence/attachments.py"),
        ("inspections", "SavedView", "inspections/saved_views.py"),
        ("inspections", "ListLayout", "inspections/layouts.py"),
        # What is issued is frozen.
        (
            "reports",
            "AnnualReport",
            *(f"reports/editing/{stage}.py" for stage in ("drafts", "changes", "edits", "issuing")),
        ),
        ("reports", "Draft", "reports/editing/drafts.py"),
        ("reports", "Edit EditChange", "reports/editing/drafts.py", "reports/editing/changes.py"),
        ("reports", "Answer", "reports/editing/answers.py"),
        ("reports", "ReportFile", "reports/editing/issuing.py"),
        ("reports", "ReportStep", "reports/editing/signing.py", "reports/editing/steps.py"),
        ("reports", "ReportPaper", "reports/editing/papers.py"),
        ("reports", "BlockComment", "reports/editing/block_comments.py", "reports/editing/drafts.py"),
        ("reports", "Wording", "reports/wording/versions.py"),
        ("reports", "BoardStamp", "reports/triggers.py"),
        ("sectors", "RegionClosure", "sectors/triggers.py"),
        ("reports", "ApiToken", "reports/api/tokens.py"),
        ("collection", "Station", "collection/stations.py", "demo/stations.py"),
        ("collection", "PartRequest", "collection/requests.py"),
        ("collection", "StationPart", "collection/requests.py", "collection/steps.py"),
        ("collection", "PartStep", "collection/steps.py"),
        ("collection", "PartFigure PartChange", "collection/entry.py"),
        ("collection", "PartLink", "collection/links.py"),
        ("collection", "PartUrge", "collection/urging.py"),
        ("collection", "TakenCell", "collection/takeover.py"),
        ("accounts", "Invitation", "accounts/invitations.py"),
        ("accounts", "MailChoice", "accounts/mail_choices.py"),
        ("assessment", "Target", "assessment/targets.py"),
        ("assessment", "Scheme", "assessment/scheme_versions.py"),
        ("assessment", "Run RunSubject Result RunFile", "assessment/runs.py"),
        ("assessment", "ReviewerAssignment", "assessment/runs.py", TELLS_A_RUN),
        ("assessment", "Score", "assessment/counting.py", "assessment/self_scores.py", *REVIEWS, TELLS_A_RUN),
        ("assessment", "ScoreFile", "sectors/evidence/attachments.py"),
        ("assessment", "Appeal", "assessment/appeals.py"),
    )
    for name in names.split()
}
# What reads requests beside views and the administration.
READ_REQUESTS = {
    "inspections/listing.py",
    "inspections/firm_listing.py",
    "reports/boards/choice.py",
    "reports/boards/explorer.py",
}
STATUS_WRITERS = {
    "sectors.Submission": "sectors/approval/moves.py",
    "reports.AnnualReport": "reports/editing/issuing.py",
}
# A row of these that is only made, to be looked at or handed on, is not written yet.
MADE_ELSEWHERE = {
    model
    for model, files in WRITERS.items()
    if files & {"sectors/catalogue/loader.py", "inspections/records.py", "inspections/firms.py"}
}
ABSTRACT = {"sectors.KeptFile", "inspections.Record", "inspections.PartyRecord"}
QUEUE_KEEPER = "sectors/jobs.py"
WRITES = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "a")
    for name in (
        *("save", "create", "update", "delete", "add", "set", "remove", "clear"),
        *("bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    )
)
# These give what they are given, or one of it.
PASS_ON = {"get_object_or_404", "get_list_or_404", "get", "first", "next", "iter", "list", "tuple", "sorted"}
NAMES_A_MODEL = {"ForeignKey", "ManyToManyField", "OneToOneField", "get_model", "import_module"}


class File:
    """One parsed source file: its place, its imports, and which variables hold which models' objects."""

    def __init__(self, path: str, source: str) -> None:
        self.path = PurePosixPath(path)
        self.app = self.path.parts[0]
        self.tree = ast.parse(source)
        self.nodes = list(ast.walk(self.tree))  # every rule goes through them
        self.imported: dict[str, str] = {}
        self.modules = list(self._read_imports())
        self.holds: dict[str, str] = {}
        for node in self.nodes:
            self._read_binding(node)

    def _read_imports(self) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
        """Every imported name with its full path; relative ones are made absolute."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    self.imported[bound] = alias.name if alias.asname else bound
                    yield node, alias.name
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    full = ".".join([*self._package(node), alias.name])
                    self.imported[alias.asname or alias.name] = full
                    yield node, full

    def _package(self, node: ast.ImportFrom) -> list[str]:
        own = list(self.path.parent.parts)
        above = own[: len(own) - node.level + 1] if node.level else []
        return above + (node.module.split(".") if node.module else [])

    def _read_binding(self, node: ast.AST) -> None:
        """`x: Model`, `x = Model.objects...` and `for x in Model.objects...` say what x holds."""
        if isinstance(node, ast.arg) and node.annotation:
            self._hold(node.arg, node.annotation)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            self._hold(node.target.id, node.annotation)
        elif isinstance(node, ast.Assign | ast.For | ast.comprehension | ast.NamedExpr):
            values = node.value if isinstance(node, ast.Assign | ast.NamedExpr) else node.iter
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                model = self.model_of(values)
                if model and isinstance(target, ast.Name):
                    self.holds[target.id] = model

    def _hold(self, name: str, annotation: ast.expr) -> None:
        for part in ast.walk(annotation):
            model = self.model(part)
            if model:
                self.holds[name] = model

    def model_of(self, node: ast.AST) -> str:
        """The model whose rows `a.b(c).d[e]` begins with, or is handed in a function of `PASS_ON`."""
        while not self.model(node):
            if isinstance(node, ast.Call):
                passes = isinstance(node.func, ast.Name) and node.func.id in PASS_ON
                node = node.args[0] if passes and node.args else node.func
            elif isinstance(node, ast.Attribute | ast.Subscript | ast.Await | ast.Starred):
                node = node.value
            else:
                return ""
        return self.model(node)

    def model(self, node: ast.AST) -> str:
        """`sectors.Figure` for a name, a path or a text that stands for this model, else an empty text."""
        word = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        full = (self.imported.get(word, "") or self.full_name(node)).split(".")
        if len(full) > 2 and full[0] in APPS and full[1] == "models" and full[-1][:1].isupper():
            return f"{full[0]}.{full[-1]}"
        return self.holds.get(node.id, "") if isinstance(node, ast.Name) else ""

    def full_name(self, node: ast.AST) -> str:
        """The full name of `Figure` and of `models.Figure`, if it is imported."""
        if isinstance(node, ast.Attribute):
            before = self.full_name(node.value)
            return before and f"{before}.{node.attr}"
        return self.imported.get(node.id, "") if isinstance(node, ast.Name) else ""


def _chain(node: ast.expr) -> list[str]:
    """`["a", "b", "d"]` of `a.b(c).d`."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        names.append(node.id)
    return names[::-1]


@cache
def _reached() -> dict[str, set[str]]:
    """Which models' rows a name stands for: `figures`, as in `submission.figures`."""
    found: dict[str, set[str]] = {}
    fields: Iterator[Any] = chain.from_iterable(model._meta.get_fields() for model in apps.get_models())
    for field in (field for field in fields if field.one_to_many):
        name = field.get_accessor_name() if field.auto_created else field.name
        found.setdefault(name, set()).add(field.related_model._meta.label)
    return found


def _named(file: File, node: ast.expr, *, adds: bool) -> Iterator[set[str]]:
    """For each name in `a.b(c).d` that stands for rows: the models that they may be of."""
    names = _chain(node)
    if names and names[0] in file.imported:  # `comments.add()` of a module, unlike `submission.comments.add()`
        del names[0]
    elif names[:1] == ["self"] and len(names) == 2 and adds:  # a set that an object keeps
        return
    yield from (_reached()[name] for name in names if name in _reached())
    if names:
        yield {model for model in {*WRITERS, *STATUS_WRITERS} if model.lower().endswith(f".{names[-1]}")}


def _written(file: File) -> Iterator[tuple[ast.Call, set[str]]]:
    """Each call that makes or changes rows, with the models that these may be of, once for each way to tell."""
    for node in file.nodes:
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            yield node, {file.model_of(node.func.value)} - {""}
            yield from ((node, models) for models in _named(file, node.func.value, adds=node.func.attr == "add"))
        elif ".models." in file.full_name(node.func):
            yield node, {file.model(node.func)} - {"", *MADE_ELSEWHERE}


# Each rule takes a file and yields what breaks it: the node and a sentence.
Broken = Iterator[tuple[ast.stmt | ast.expr, str]]


def names_no_app_above(file: File) -> Broken:
    """A model can be reached by its name in a text as well."""
    forbidden = tuple(f"{app}." for app in MAY_NOT_NAME.get(file.app, ()))
    for node in file.nodes:
        if isinstance(node, ast.Call) and (_chain(node.func) or [""])[-1] in NAMES_A_MODEL:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            for text in texts:
                if isinstance(text, str) and f"{text}.".startswith(forbidden):
                    yield node, f"{file.app} may not name {text}"


def models_have_their_writers(file: File) -> Broken:
    for node, models in _written(file):
        writers = set().union(*(WRITERS.get(model, {str(file.path)}) for model in models))
        if writers and str(file.path) not in writers:
            names = " or ".join(sorted(model.partition(".")[2] for model in models))
            yield node, f"only {', '.join(sorted(writers))} may write {names}"


def statuses_have_one_writer_each(file: File) -> Broken:
    for node, models in (*_written(file), *_assigned_statuses(file)):
        for model in models & {*STATUS_WRITERS}:
            if str(file.path) != STATUS_WRITERS[model] and (not isinstance(node, ast.Call) or _sets_status(node)):
                yield node, f"only {STATUS_WRITERS[model]} may change the status of {model.partition('.')[2]}"


def _assigned_statuses(file: File) -> Iterator[tuple[ast.stmt | ast.expr, set[str]]]:
    """`x.status = ...` and `setattr(x, "status", ...)`."""
    for node in file.nodes:
        if not isinstance(node, ast.stmt | ast.expr):
            continue
        owners: list[ast.expr] = []
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            owners = [one.value for one in targets if isinstance(one, ast.Attribute) and one.attr == "status"]
        elif isinstance(node, ast.Call) and _chain(node.func) == ["setattr"]:
            owners = node.args[:1] if "'status'" in map(ast.unparse, node.args[1:2]) else []
        yield from ((node, {_owner_of_status(file, owner)}) for owner in owners)


def _owner_of_status(file: File, node: ast.expr) -> str:
    if _chain(node)[-1:] == ["submission"]:
        return "sectors.Submission"
    # Nothing else that these write has a status; in the registry its own models have one.
    usual = {"sectors": "sectors.Submission", "demo": "sectors.Submission", "reports": "reports.AnnualReport"}
    return file.model_of(node) or usual.get(file.app, "")


def _sets_status(call: ast.Call) -> bool:
    """`status=...` itself, or "status" in the fields of bulk_update or the defaults of update_or_create."""
    values = [*call.args, *(word.value for word in call.keywords)]
    texts = {part.value for value in values for part in ast.walk(value) if isinstance(part, ast.Constant)}
    return any(word.arg == "status" for word in call.keywords) or "status" in texts


def the_queue_is_known_to_jobs(file: File) -> Broken:
    """There is one way to have long work done."""
    for statement, module in file.modules:
        queue = module.startswith(("django_tasks.", "django_tasks_db.models")) or module == "django_tasks"
        if queue and str(file.path) != QUEUE_KEEPER:
            yield statement, f"only {QUEUE_KEEPER} knows the queue"


def reports_write_only_their_own(file: File) -> Broken:
    for node, models in _written(file):
        if file.app == "reports" and models and not any(model.startswith("reports.") for model in models):
            yield node, f"reports may not write {', '.join(sorted(models))}"


def only_aggregation_sums(file: File) -> Broken:
    if str(file.path) in SUMMERS:
        return
    for statement, module in file.modules:
        if module.startswith("django.db.models") and module.endswith(".Sum"):
            yield statement, "only aggregation may sum figures"
    for node in file.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "SUM(" in node.value:
            yield node, "only aggregation may sum figures"
        if isinstance(node, ast.Attribute) and node.attr == "Sum":
            yield node, "only aggregation may sum figures"


def no_signals(file: File) -> Broken:
    for node, module in file.modules:
        is_sign_in = module.startswith("django.contrib.auth.signals") and str(file.path) == HEARS_SIGN_INS
        if module.startswith(SIGNALS) and not is_sign_in:
            yield node, f"no signals: {module}"


def no_floats_in_the_database(file: File) -> Broken:
    for node in file.nodes:
        if isinstance(node, ast.Attribute | ast.Name) and _chain(node)[-1:] == ["FloatField"]:
            yield node, "a figure is a Decimal, never a float"


def locks_take_only_their_rows(file: File) -> Broken:
    """Without `of` joined rows are locked too; without `no_key` every row that refers to a locked one waits for it."""
    for node in file.nodes:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "select_for_update"
        ):
            said = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if (said.get("of"), said.get("no_key")) != ("('self',)", "True"):
                yield node, "a lock says of=('self',), no_key=True"


def pages_say_what_was_seen(file: File) -> Broken:
    """A step that a person takes on a page is held to what the page showed."""
    if not {"views", "admin"} & set(file.path.parts):
        return
    for node in file.nodes:
        if isinstance(node, ast.Call) and _chain(node.func)[-2:] in (["moves", "move"], ["review", "accept_clean"]):
            said = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if said.get("seen", "None") == "None":
                yield node, "a page says what was seen"


def numbers_are_read_by_the_helper(file: File) -> Broken:
    """Python reads ²³ as digits, and numbers that no database has: what is sent goes through `whole_number`."""
    if str(file.path) not in READ_REQUESTS and not {"views", "admin"} & set(file.path.parts):
        return
    for node in file.nodes:
        if not isinstance(node, ast.Call) or _chain(node.func) not in (["int"], ["float"]):
            continue
        if isinstance(node.args[0], ast.Name | ast.Subscript | ast.Call):
            yield node, "a number that was sent is read by sectors/texts.py:whole_number, or by a form"


RULES: tuple[Callable[[File], Broken], ...] = (
    names_no_app_above,
    models_have_their_writers,
    statuses_have_one_writer_each,
    the_queue_is_known_to_jobs,
    reports_write_only_their_own,
    only_aggregation_sums,
    no_signals,
    no_floats_in_the_database,
    locks_take_only_their_rows,
    pages_say_what_was_seen,
    numbers_are_read_by_the_helper,
)


def broken(path: str, source: str) -> list[str]:
    file = File(path, source)
    return [f"{path}:{node.lineno}: {sentence}" for rule in RULES for node, sentence in rule(file)]


def source_files() -> list[Path]:
    found = [path for app in (*APPS, "demo") for path in (BASE_DIR / app).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def test_every_file_keeps_the_rules():
    faults = [
        fault
        for path in source_files()
        for fault in broken(path.relative_to(BASE_DIR).as_posix(), path.read_text(encoding="utf-8"))
    ]
    assert faults == []


def test_what_is_pure_has_no_database():
    """The contract says which modules are pure; packages from outside it knows as a whole only."""
    contracts = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (pure,) = [contract for contract in contracts["contracts"] if contract["id"] == "pure"]
    places = [name.replace(".", "/") for name in pure["source_modules"]]
    files = {place: [*BASE_DIR.glob(f"{place}.py"), *BASE_DIR.glob(f"{place}/**/*.py")] for place in places}
    found = {
        f"{path.relative_to(BASE_DIR)}: {module}"
        for path in chain.from_iterable(files.values())
        for _node, module in File(path.relative_to(BASE_DIR).as_posix(), path.read_text(encoding="utf-8")).modules
        if module.startswith(("django.db", "django.apps"))
        and module != "django.db.models.TextChoices"  # an enumeration
    }
    assert [place for place, of_it in files.items() if not of_it] == []
    assert found == set()


def test_the_documentation_names_every_writer():
    text = (BASE_DIR / "docs/architecture.md").read_text(encoding="utf-8").split("\n## Writers\n")[1]
    table, rest = text.split("\n## ")[0].split("\nThe same test")
    writers = set().union(*WRITERS.values(), STATUS_WRITERS.values())
    assert [path for path in writers if f"`{path}`" not in table] == []
    assert [path for path in {*writers, *SUMMERS} if not (BASE_DIR / path).is_file()] == []
    assert [path for path in SUMMERS if f"`{path}`" not in rest] == []
    models = {name.split(".")[0] for name in re.findall(r"`([A-Z][A-Za-z.]+)", table)}
    assert models <= {name.partition(".")[2] for name in {*WRITERS, *STATUS_WRITERS}}
    assert {*WRITERS, *STATUS_WRITERS} <= {model._meta.label for model in apps.get_models()} | ABSTRACT


def test_there_is_no_drawer_for_everything():
    assert [path for path in source_files() if path.stem in {"utils", "helpers", "misc", "signals"}] == []


@pytest.mark.parametrize(
    ("path", "source", "sentence"),
    [
        (
            "sectors/entry/writer.py",
            "get_model('reports.AnnualReport')",
            "sectors may not name reports.AnnualReport",
        ),
        ("sectors/entry/writer.py", "import_module('reports')", "sectors may not name reports"),
        (
            "sectors/models/people.py",
            "x = models.ForeignKey('inspections.Notice')",
            "may not name inspections.Notice",
        ),
        (
            "sectors/spreadsheets.py",
            "from sectors.models import Figure\nFigure.objects.filter(pk=1).update(value=2)",
            "spreadsheets.py:2: only sectors/entry/writer.py may write Figure",
        ),
        (
            "inspections/tally.py",
            "from sectors.models import Figure as F\nF(value=1)",
            "only sectors/entry/writer.py may write Figure",
        ),
        (
            "sectors/views.py",
            "from sectors.models import Figure\nfor row in Figure.objects.all():\n    row.save()",
            "views.py:3: only sectors/entry/writer.py may write Figure",
        ),
        (
            "sectors/views.py",
            "submission.figures.bulk_create([])",
            "only sectors/entry/writer.py may write Figure",
        ),
        (
            "sectors/views.py",
            "def f(figure):\n    figure.delete()",
            "only sectors/entry/writer.py may write Figure",
        ),
        (
            "sectors/views/findings.py",
            "from sectors.models import StoredFinding\nStoredFinding.objects.filter(pk=1).update(state='accepted')",
            "only sectors/findings/storage.py may write StoredFinding",
        ),
        (
            "sectors/approval/moves.py",
            "from sectors.models import FindingNote\nFindingNote.objects.create(text='x')",
            "only sectors/findings/reasons.py may write FindingNote",
        ),
        ("sectors/entry/writer.py", "submission.status = 'accepted'", "only sectors/approval/moves.py may change"),
        ("demo/story.py", "sheet.status = 'accepted'", "only sectors/approval/moves.py may change"),
        ("inspections/tally.py", "notice.submission.status = 'draft'", "only sectors/approval/moves.py may change"),
        (
            "reports/views.py",
            "from sectors.models import Submission\ndef f(s: 'Submission'):\n    s.status = 'draft'",
            "views.py:3: only sectors/approval/moves.py may change",
        ),
        (
            "sectors/entry/writer.py",
            "from sectors.models import Submission\nSubmission.objects.filter(pk=1).update(status='draft')",
            "writer.py:2: only sectors/approval/moves.py may change",
        ),
        (
            "sectors/entry/writer.py",
            "from sectors.models import Submission\nSubmission.objects.bulk_update(rows, ['status'])",
            "only sectors/approval/moves.py may change",
        ),
        (
            "sectors/entry/writer.py",
            "from sectors.models import Submission\nSubmission.objects.update_or_create(defaults={'status': 1})",
            "only sectors/approval/moves.py may change",
        ),
        (
            "sectors/views/talk.py",
            "from sectors.models import Comment\nComment.objects.create(text='')",
            "talk.py:2: only sectors/evidence/comments.py may write Comment",
        ),
        (
            "sectors/views/talk.py",
            "from sectors.evidence import comments\nsubmission.comments.create(text='')",
            "talk.py:2: only sectors/evidence/comments.py may write Comment",
        ),
        (
            "sectors/views/talk.py",
            "from sectors.models import Comment\nComment.save(said)",
            "talk.py:2: only sectors/evidence/comments.py may write Comment",
        ),
        (
            "sectors/approval/moves.py",
            "submission.attachments.update(removed_at=None)",
            "only sectors/evidence/attachments.py may write Attachment",
        ),
        (
            "inspections/views/files.py",
            "from sectors.models import KeptFile\ndef f(found: KeptFile):\n    found.save()",
            "files.py:3: only sectors/evidence/attachments.py may write KeptFile",
        ),
        (
            "reports/exports.py",
            "from sectors.models import Job\nJob.objects.create(kind='x')",
            "exports.py:2: only sectors/jobs.py may write Job",
        ),
        ("sectors/views/jobs.py", "job.save()", "only sectors/jobs.py may write Job"),
        (
            "sectors/admin/rules.py",
            "from sectors.models import Rule\ndef f(rule: Rule):\n    rule.save()",
            "rules.py:3: only sectors/catalogue/loader.py, sectors/catalogue/rules.py may write Rule",
        ),
        (
            "demo/story.py",
            "from sectors.models import Indicator\nIndicator.objects.filter(pk=1).update(target=5)",
            "only sectors/catalogue/loader.py may write Indicator",
        ),
        ("reports/background.py", "from django_tasks import task", "only sectors/jobs.py knows the queue"),
        (
            "reports/boards/office.py",
            "from sectors.models import Narrative\nNarrative.objects.create(text='')",
            "reports may not write sectors.Narrative",
        ),
        (
            "reports/boards/office.py",
            "from inspections.models import Notice\ndef f(notice: Notice | None):\n    notice.save()",
            "reports may not write inspections.Notice",
        ),
        (
            "reports/views/issuing.py",
            "from reports.models import AnnualReport\nAnnualReport.objects.filter(pk=1).update(reason='')",
            "reports/editing/edits.py, reports/editing/issuing.py may write AnnualReport",
        ),
        (
            "reports/editing/provenance.py",
            "from reports.models import ReportFile\ndef f(row: ReportFile):\n    row.save()",
            "only reports/editing/issuing.py may write ReportFile",
        ),
        # Through a related manager and what it was asked for, whatever the object is called.
        ("sectors/views/x.py", "submission.figures.filter(pk=1).update(value=1)", "may write Figure"),
        ("sectors/views/x.py", "sheet.figures.all().delete()", "only sectors/entry/writer.py may write Figure"),
        ("reports/boards/x.py", "sheet.changes.all().delete()", "may write EditChange or FigureChange or"),
        ("sectors/approval/moves.py", "sheet.tallies.filter(pk=1).delete()", "only sectors/entry/writer.py may write"),
        (
            "sectors/approval/moves.py",
            "sheet.narratives.update(text='')",
            "sectors/entry/writer.py may write Narrative",
        ),
        ("demo/reporting.py", "sheet.text_changes.update(at=day)", "writer.py may write NarrativeChange"),
        ("sectors/entry/writer.py", "sheet.transitions.filter(pk=1).update(at=day)", "may write Transition"),
        ("sectors/views/talk.py", "sheet.comments.filter(pk=1).update(text='')", "may write Comment"),
        ("sectors/views/talk.py", "sheet.attachments.order_by('pk').first().delete()", "may write Attachment"),
        ("inspections/views/x.py", "record.files.all().delete()", "may write RecordFile or ReportFile"),
        ("reports/views/x.py", "report.edits.exclude(pk=1).update(text='')", "drafts.py may write Edit"),
        ("reports/views/x.py", "report.drafts.all().delete()", "only reports/editing/drafts.py may write Draft"),
        ("sectors/views/x.py", "sheet.findings.update(state='corrected')", "storage.py may write StoredFinding"),
        ("sectors/findings/storage.py", "row.notes.all().delete()", "only sectors/findings/reasons.py may write"),
        ("inspections/planning.py", "plan.tasks.all().delete()", "only inspections/records.py may write PlanTask"),
        ("reports/views/x.py", "office.api_tokens.update(ended_at=None)", "reports/api/tokens.py may write ApiToken"),
        # Handed on by a function, or reached by the module of its model.
        (
            "sectors/views/x.py",
            "from sectors.models import Figure\nr = get_object_or_404(Figure.objects.all(), pk=1)\nr.save()",
            "x.py:3: only sectors/entry/writer.py may write Figure",
        ),
        (
            "reports/wording/pages.py",
            "from reports.models import Wording\nfirst = next(iter(Wording.objects.all()))\nfirst.delete()",
            "pages.py:3: only reports/wording/versions.py may write Wording",
        ),
        (
            "sectors/approval/moves.py",
            "from sectors.models import Tally\nget_object_or_404(Tally, pk=1).delete()",
            "moves.py:2: only sectors/entry/writer.py may write Tally",
        ),
        ("sectors/views/x.py", "from sectors import models\nmodels.Figure.objects.create()", "may write Figure"),
        ("sectors/views/x.py", "import sectors.models\nsectors.models.Figure(value=1)", "may write Figure"),
        (
            "reports/views/api_tokens.py",
            "from reports.models import tokens\ntokens.ApiToken.objects.create()",
            "only reports/api/tokens.py may write ApiToken",
        ),
        (
            "demo/story.py",
            "from sectors.models import FigureChange\nFigureChange.objects.update(at=None)",
            "only demo/reporting.py, sectors/entry/writer.py may write FigureChange",
        ),
        ("sectors/entry/writer.py", "setattr(sheet, 'status', 'accepted')", "moves.py may change the status of Sub"),
        ("sectors/entry/writer.py", "period.submissions.filter(pk=1).update(status='draft')", "moves.py may change"),
        ("reports/editing/drafts.py", "report.status = 'issued'", "issuing.py may change the status of AnnualReport"),
        ("reports/editing/drafts.py", "region.reports.update(status='issued')", "issuing.py may change the status"),
        ("sectors/entry/grid.py", "from django.db.models import Sum", "only aggregation may sum figures"),
        ("reports/boards/office.py", "from django.db import models\nmodels.Sum('value')", "may sum"),
        ("reports/boards/submissions.py", "X = f'SELECT SUM(value) FROM {table}'", "may sum"),
        (
            "inspections/records.py",
            "from inspections.models import RecordFile\nRecordFile.objects.filter(pk=1).delete()",
            "only sectors/evidence/attachments.py may write RecordFile",
        ),
        (
            "inspections/views/records.py",
            "from inspections.models import Inspection\nInspection.objects.filter(pk=1).delete()",
            "only inspections/links.py, inspections/records.py may write Inspection",
        ),
        (
            "demo/enforcement.py",
            "from inspections.models import Inspection\nInspection.objects.create(note='')",
            "only inspections/links.py, inspections/records.py may write Inspection",
        ),
        ("sectors/apps.py", "from django.db.models.signals import post_save", "no signals"),
        ("sectors/apps.py", "from django.dispatch import receiver", "no signals"),
        ("sectors/models/catalogue.py", "x = models.FloatField()", "never a float"),
        ("sectors/guard.py", "rows.select_for_update().get(pk=1)", "a lock says of=('self',), no_key=True"),
        ("sectors/guard.py", "rows.select_for_update(of=('self',)).get(pk=1)", "a lock says"),
        ("sectors/guard.py", "rows.order_by('pk').select_for_update(no_key=True)", "a lock says"),
        ("sectors/views/x.py", "moves.move(submission=found, action='sign', by=user)", "a page says what was seen"),
        ("sectors/admin/x.py", "review.accept_clean(rows, by=user, seen=None)", "a page says what was seen"),
        ("sectors/views/x.py", "def f(request):\n    g(int(request.GET['pk']))", "x.py:2: a number that was sent"),
        ("reports/views/x.py", "text = request.POST.get('n')\ng(int(text))", "a number that was sent"),
        ("inspections/listing.py", "page = float(asked.get('page', ''))", "a number that was sent"),
    ],
)
def test_a_breach_is_noticed(path, source, sentence):
    faults = broken(path, source)
    assert any(sentence in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("inspections/tally.py", "from sectors import entry\nfrom sectors.models import Figure"),
        ("sectors/sql/annual.py", "from django.db.models import Sum\nfrom sectors.models import Figure"),
        (
            "reports/editing/drafts.py",
            "from reports.models import AnnualReport\nAnnualReport.objects.create(year=2022)",
        ),
        (
            "reports/editing/issuing.py",
            "from .models import AnnualReport\ndef f(r: AnnualReport):\n    r.status = 'issued'",
        ),
        ("sectors/entry/writer.py", "from sectors.models import Figure\nFigure.objects.bulk_create([Figure()])"),
        ("sectors/approval/moves.py", "submission.status = 'accepted'"),
        ("sectors/views/talk.py", "from sectors.evidence import comments\ncomments.add(text='')"),
        (
            "sectors/models/submissions.py",
            "from sectors.models import Submission\nSubmission.objects.filter(status='accepted').count()",
        ),
        ("sectors/calculation/cells.py", "from django import forms\nseen = set()\nseen.add(1)\n{}.update(status=1)"),
        (
            "reports/views.py",
            "from sectors.models import Figure as F\nrows = {}\nrows.update(a=F.objects.count())",
        ),
        ("sectors/approval/review.py", "rows = sheet.figures.filter(pk=1).values()\nsheet.findings.all().count()"),
        ("sectors/catalogue/loader.py", "self.changes.add('+', row)"),
        (
            "sectors/views/x.py",
            "from sectors.models import Figure\nr = get_object_or_404(Figure, pk=1)\nf(r.value)",
        ),
        ("sectors/views/x.py", "from sectors import models\nmodels.Figure.objects.count()"),
        ("sectors/views/x.py", "from django.db import models\nmodels.Index(fields=[])\nmodels.Figure(value=1)"),
        ("sectors/admin/rule_form.py", "from sectors.models import Rule\ntried = Rule(code='x')"),
        ("demo/reporting.py", "from sectors.models import Transition\nTransition.objects.filter(pk=1).update(at=None)"),
        ("sectors/guard.py", "setattr(submission, name, value)\nsetattr(page, 'title', 'status')"),
        ("inspections/records.py", "record.status = 'open'\nplan.tasks.all().delete()"),
        ("sectors/calendar/extensions.py", "period.submissions.filter(pk=1).update(due=None)"),
        ("sectors/guard.py", "rows.select_for_update(of=('self',), no_key=True, skip_locked=True).get(pk=1)"),
        ("sectors/views/x.py", "moves.move(submission=found, action='sign', by=user, seen=request.POST['seen'])"),
        ("demo/reporting.py", "moves.move(submission=found, action='sign', by=user)"),
        ("sectors/views/x.py", "g(whole_number(request.GET.get('pk', '')))\nint(time.time() // 60)"),
        ("sectors/views/x.py", "Decimal(whole_number(request.POST['n']))"),
        ("sectors/calculation/cells.py", "int(text)"),
    ],
)
def test_what_is_allowed_stays_allowed(path, source):
    assert broken(path, source) == []
