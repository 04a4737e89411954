"""Who may write which model, read from the syntax tree of every file. Who may import whom: see pyproject.toml."""

import ast
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent
APPS = ("sectors", "inspections", "reports")
# Apps whose models an app may not name in a text either; imports are held by the contracts in pyproject.toml.
MAY_NOT_NAME = {"sectors": ("inspections", "reports"), "inspections": ("reports",)}
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
RECORD_WRITER = "inspections/records.py"
FIGURE_WRITER = "sectors/entry/writer.py"
STATUS_WRITER = "sectors/approval/moves.py"
COMMENT_WRITER = "sectors/evidence/comments.py"
FILE_WRITER = "sectors/evidence/attachments.py"
KEPT_FILES = {"sectors.KeptFile", "sectors.Attachment", "inspections.RecordFile"}
# What belongs to records and is none.
WRITERS_BESIDE_RECORDS = {
    "inspections.RecordFile": FILE_WRITER,
    "inspections.SavedView": "inspections/saved_views.py",
}
JOB_WRITER = "sectors/jobs.py"
# Who changes the catalogue renews its version, so that no process goes on with the old one.
WRITERS_OF_CATALOGUE = {"sectors/catalogue/loader.py", "sectors/catalogue/rules.py"}
CATALOGUE = frozenset(
    f"sectors.{name}"
    for name in (
        *("CatalogueVersion", "Unit", "Chapter", "Sector", "Sheet", "Table", "Indicator"),
        *("Breakdown", "BreakdownPart", "Rule", "Question"),
    )
)
WRITERS_OF_FINDINGS = {
    "sectors.StoredFinding": "sectors/findings/storage.py",
    "sectors.FindingNote": "sectors/findings/reasons.py",
}
# What is issued is frozen: whoever writes a report's rows stands in these files, and nowhere else.
WRITERS_OF_REPORTS = {
    "reports.AnnualReport": {"reports/editing/drafts.py", "reports/editing/edits.py", "reports/editing/issuing.py"},
    "reports.Draft": {"reports/editing/drafts.py"},
    "reports.Edit": {"reports/editing/drafts.py", "reports/editing/edits.py"},
    "reports.EditChange": {"reports/editing/drafts.py", "reports/editing/edits.py"},
    "reports.ReportFile": {"reports/editing/issuing.py"},
}
WRITES = frozenset(
    f"{prefix}{name}"
    for prefix in ("", "a")
    for name in (
        *("save", "create", "update", "delete", "add", "set", "remove", "clear"),
        *("bulk_create", "bulk_update", "get_or_create", "update_or_create"),
    )
)
NAMES_A_MODEL = {"ForeignKey", "ManyToManyField", "OneToOneField", "get_model", "import_module"}


class File:
    """One parsed source file: its place, its imports, and which variables hold which models' objects."""

    def __init__(self, path: str, source: str) -> None:
        self.path = PurePosixPath(path)
        self.app = self.path.parts[0]
        self.tree = ast.parse(source)
        self.imported: dict[str, str] = {}
        self.modules = list(self._read_imports())
        self.holds: dict[str, str] = {}
        for node in ast.walk(self.tree):
            self._read_binding(node)

    def _read_imports(self) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
        """Every imported name with its full path; relative ones are made absolute."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    self.imported[alias.asname or alias.name] = alias.name
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
                if isinstance(target, ast.Name):
                    self._hold(target.id, _innermost(values))

    def _hold(self, name: str, expression: ast.expr) -> None:
        for part in ast.walk(expression):
            model = self.model(part)
            if model:
                self.holds[name] = model

    def model(self, node: ast.AST) -> str:
        """`sectors.Figure` for a name or text that stands for this model, else an empty text."""
        word = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        name = node.id if isinstance(node, ast.Name) else word
        full = self.imported.get(name, "").split(".")
        if len(full) > 2 and full[0] in APPS and full[1] == "models" and full[-1][:1].isupper():
            return f"{full[0]}.{full[-1]}"
        return self.holds.get(name, "") if isinstance(node, ast.Name) else ""


def _innermost(node: ast.expr) -> ast.expr:
    """`a` of `a.b(c).d[e]`."""
    while True:
        if isinstance(node, ast.Attribute | ast.Subscript | ast.Await | ast.Starred):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return node


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


def _written(file: File) -> Iterator[tuple[ast.Call, str, str]]:
    """Each call that makes or changes rows: the call, its model if known, the last name it is called on."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            full = file.imported.get(node.func.id, "")
            if file.model(node.func) and ".models." in full:
                yield node, file.model(node.func), node.func.id
        elif isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            before = _chain(node.func.value)
            yield node, file.model(_innermost(node.func.value)), before[-1] if before else ""


# Each rule takes a file and yields what breaks it: the node and a sentence.
Broken = Iterator[tuple[ast.stmt | ast.expr, str]]


def names_no_app_above(file: File) -> Broken:
    """A model can be reached by its name in a text as well."""
    forbidden = tuple(f"{app}." for app in MAY_NOT_NAME.get(file.app, ()))
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and (_chain(node.func) or [""])[-1] in NAMES_A_MODEL:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            for text in texts:
                if isinstance(text, str) and f"{text}.".startswith(forbidden):
                    yield node, f"{file.app} may not name {text}"


def figures_are_written_by_entry(file: File) -> Broken:
    if str(file.path) == FIGURE_WRITER:
        return
    for node, model, called_on in _written(file):
        if model == "sectors.Figure" or called_on in {"figure", "figures", "figure_set"}:
            yield node, f"only {FIGURE_WRITER} may write a Figure"


def findings_have_one_writer_each(file: File) -> Broken:
    for node, model, _called_on in _written(file):
        writer = WRITERS_OF_FINDINGS.get(model)
        if writer and str(file.path) != writer:
            yield node, f"only {writer} may write a {model.removeprefix('sectors.')}"


def status_is_written_by_approval(file: File) -> Broken:
    if str(file.path) == STATUS_WRITER:
        return
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr == "status" and _is_submission(file, target):
                    yield node, f"only {STATUS_WRITER} may change a submission's status"
    for node, model, called_on in _written(file):
        own = model == "sectors.Submission" or called_on in {"submission", "submissions"}
        if own and _sets_status(node):
            yield node, f"only {STATUS_WRITER} may change a submission's status"


def evidence_has_one_writer_each(file: File) -> Broken:
    for node, model, called_on in _written(file):
        called_on = "" if _is_of_a_module(file, node) else called_on
        if (called_on == "comments" or model == "sectors.Comment") and str(file.path) != COMMENT_WRITER:
            yield node, f"only {COMMENT_WRITER} may write comments"
        if (called_on in {"attachments", "files"} or model in KEPT_FILES) and str(file.path) != FILE_WRITER:
            yield node, f"only {FILE_WRITER} may write kept files"


def _is_of_a_module(file: File, call: ast.Call) -> bool:
    """`comments.add()` where `comments` is imported, unlike `submission.comments.add()`."""
    func = call.func
    return isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id in file.imported


def jobs_are_written_by_jobs(file: File) -> Broken:
    """Also nobody else puts anything into the queue: there is one way to have long work done."""
    if str(file.path) == JOB_WRITER:
        return
    for node, model, called_on in _written(file):
        if model == "sectors.Job" or called_on in {"job", "jobs"}:
            yield node, f"only {JOB_WRITER} may write a Job"
    for statement, module in file.modules:
        queue = module.startswith(("django_tasks.", "django_tasks_db.models")) or module == "django_tasks"
        if queue:
            yield statement, f"only {JOB_WRITER} knows the queue"


def the_catalogue_is_written_by_its_writers(file: File) -> Broken:
    """A row that is only made, to be looked at, is none of the catalogue yet."""
    if str(file.path) in WRITERS_OF_CATALOGUE:
        return
    for node, model, _called_on in _written(file):
        if isinstance(node.func, ast.Attribute) and model in CATALOGUE:
            yield node, f"only {', '.join(sorted(WRITERS_OF_CATALOGUE))} may write the catalogue"


def _is_submission(file: File, target: ast.Attribute) -> bool:
    # Nothing else that these two write has a status; in the other apps their own models have one.
    return (
        file.app in {"sectors", "demo"}
        or file.model(_innermost(target.value)) == "sectors.Submission"
        or _chain(target.value)[-1:] == ["submission"]
    )


def _sets_status(call: ast.Call) -> bool:
    """`status=...` itself, or "status" in the fields of bulk_update or the defaults of update_or_create."""
    values = [*call.args, *(word.value for word in call.keywords)]
    texts = {part.value for value in values for part in ast.walk(value) if isinstance(part, ast.Constant)}
    return any(word.arg == "status" for word in call.keywords) or "status" in texts


def records_are_written_by_recording(file: File) -> Broken:
    """Each write is counted into the sheets, which one place sees to."""
    if file.app not in {"inspections", "demo"}:
        return
    for node, model, _ in _written(file):
        writer = WRITERS_BESIDE_RECORDS.get(model, RECORD_WRITER)
        if isinstance(node.func, ast.Attribute) and model.startswith("inspections.") and str(file.path) != writer:
            yield node, f"only {writer} may write {model.partition('.')[2]}"


def reports_write_only_their_own(file: File) -> Broken:
    if file.app != "reports":
        return
    for node, model, _ in _written(file):
        if model and not model.startswith("reports."):
            yield node, f"reports may not write {model}"


def reports_are_written_by_their_stages(file: File) -> Broken:
    if file.app != "reports" or "models" in file.path.parts:
        return
    for node, model, _ in _written(file):
        writers = WRITERS_OF_REPORTS.get(model)
        if writers and str(file.path) not in writers:
            yield node, f"only {', '.join(sorted(writers))} may write a {model.removeprefix('reports.')}"


def only_aggregation_sums(file: File) -> Broken:
    if str(file.path) in SUMMERS:
        return
    for statement, module in file.modules:
        if module.startswith("django.db.models") and module.endswith(".Sum"):
            yield statement, "only aggregation may sum figures"
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "SUM(" in node.value:
            yield node, "only aggregation may sum figures"
        if isinstance(node, ast.Attribute) and node.attr == "Sum":
            yield node, "only aggregation may sum figures"


def no_signals(file: File) -> Broken:
    for node, module in file.modules:
        if module.startswith(SIGNALS):
            yield node, f"no signals: {module}"


def no_floats_in_the_database(file: File) -> Broken:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute | ast.Name) and _chain(node)[-1:] == ["FloatField"]:
            yield node, "a figure is a Decimal, never a float"


RULES: tuple[Callable[[File], Broken], ...] = (
    names_no_app_above,
    figures_are_written_by_entry,
    findings_have_one_writer_each,
    status_is_written_by_approval,
    records_are_written_by_recording,
    evidence_has_one_writer_each,
    jobs_are_written_by_jobs,
    the_catalogue_is_written_by_its_writers,
    reports_write_only_their_own,
    reports_are_written_by_their_stages,
    only_aggregation_sums,
    no_signals,
    no_floats_in_the_database,
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
    files = [path for place in places for path in [*BASE_DIR.glob(f"{place}.py"), *BASE_DIR.glob(f"{place}/**/*.py")]]
    found = {
        f"{path.relative_to(BASE_DIR)}: {module}"
        for path in files
        for _node, module in File(path.relative_to(BASE_DIR).as_posix(), path.read_text(encoding="utf-8")).modules
        if module.startswith(("django.db", "django.apps"))
        and module != "django.db.models.TextChoices"  # an enumeration
    }
    assert len(files) >= len(places)
    assert found == set()


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
            "spreadsheets.py:2: only sectors/entry/writer.py may write a Figure",
        ),
        (
            "inspections/tally.py",
            "from sectors.models import Figure as F\nF(value=1)",
            "only sectors/entry/writer.py may write a Figure",
        ),
        (
            "sectors/views.py",
            "from sectors.models import Figure\nfor row in Figure.objects.all():\n    row.save()",
            "views.py:3: only sectors/entry/writer.py may write a Figure",
        ),
        (
            "sectors/views.py",
            "submission.figures.bulk_create([])",
            "only sectors/entry/writer.py may write a Figure",
        ),
        (
            "sectors/views.py",
            "def f(figure):\n    figure.delete()",
            "only sectors/entry/writer.py may write a Figure",
        ),
        (
            "sectors/views/findings.py",
            "from sectors.models import StoredFinding\nStoredFinding.objects.filter(pk=1).update(state='accepted')",
            "only sectors/findings/storage.py may write a StoredFinding",
        ),
        (
            "sectors/approval/moves.py",
            "from sectors.models import FindingNote\nFindingNote.objects.create(text='x')",
            "only sectors/findings/reasons.py may write a FindingNote",
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
            "talk.py:2: only sectors/evidence/comments.py may write comments",
        ),
        (
            "sectors/views/talk.py",
            "from sectors.evidence import comments\nsubmission.comments.create(text='')",
            "talk.py:2: only sectors/evidence/comments.py may write comments",
        ),
        (
            "sectors/views/talk.py",
            "from sectors.models import Comment\nComment.save(said)",
            "talk.py:2: only sectors/evidence/comments.py may write comments",
        ),
        (
            "sectors/approval/moves.py",
            "submission.attachments.update(removed_at=None)",
            "only sectors/evidence/attachments.py may write kept files",
        ),
        (
            "inspections/views/files.py",
            "from sectors.models import KeptFile\ndef f(found: KeptFile):\n    found.save()",
            "files.py:3: only sectors/evidence/attachments.py may write kept files",
        ),
        (
            "reports/exports.py",
            "from sectors.models import Job\nJob.objects.create(kind='x')",
            "exports.py:2: only sectors/jobs.py may write a Job",
        ),
        ("sectors/views/jobs.py", "job.save()", "only sectors/jobs.py may write a Job"),
        (
            "sectors/admin/rules.py",
            "from sectors.models import Rule\ndef f(rule: Rule):\n    rule.save()",
            "rules.py:3: only sectors/catalogue/loader.py, sectors/catalogue/rules.py may write the catalogue",
        ),
        (
            "demo/story.py",
            "from sectors.models import Indicator\nIndicator.objects.filter(pk=1).update(target=5)",
            "may write the catalogue",
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
            "reports/editing/edits.py, reports/editing/issuing.py may write a AnnualReport",
        ),
        (
            "reports/editing/provenance.py",
            "from reports.models import ReportFile\ndef f(row: ReportFile):\n    row.save()",
            "only reports/editing/issuing.py may write a ReportFile",
        ),
        ("sectors/entry/grid.py", "from django.db.models import Sum", "only aggregation may sum figures"),
        ("reports/boards/office.py", "from django.db import models\nmodels.Sum('value')", "may sum"),
        ("reports/boards/submissions.py", "X = f'SELECT SUM(value) FROM {table}'", "may sum"),
        (
            "inspections/records.py",
            "from inspections.models import RecordFile\nRecordFile.objects.filter(pk=1).delete()",
            "only sectors/evidence/attachments.py may write kept files",
        ),
        (
            "inspections/views/records.py",
            "from inspections.models import Inspection\nInspection.objects.filter(pk=1).delete()",
            "only inspections/records.py may write Inspection",
        ),
        (
            "demo/enforcement.py",
            "from inspections.models import Inspection\nInspection.objects.create(note='')",
            "only inspections/records.py may write Inspection",
        ),
        ("sectors/apps.py", "from django.db.models.signals import post_save", "no signals"),
        ("sectors/apps.py", "from django.dispatch import receiver", "no signals"),
        ("sectors/models/catalogue.py", "x = models.FloatField()", "never a float"),
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
    ],
)
def test_what_is_allowed_stays_allowed(path, source):
    assert broken(path, source) == []
