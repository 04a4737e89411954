"""Who is answered what, for every address; nobody writes by looking, and nobody who is refused writes."""

import os

import pytest

from inspections.registers import REGISTERS
from sectors.models import StoredFinding
from tests import scope
from tests.writes import OF_THE_VISIT, WRITES

OFFICES = ("other_office", "prefecture_office")
# Whose an object is not.
OUTSIDE = {
    "own": OFFICES,
    "department": ("clerk", "deputy", "head", *OFFICES),
    "county": (*scope.COUNTY, "prefecture_office"),
}
# What whoever holds a report or a link may ask, in whichever county it was issued.
FOR_ALL = {"verify-any-file", "verify-file", "part-by-link", "invitation"}
BEFORE_SIGNING_IN = {
    "login",
    "logout",
    "set_language",
    "admin:login",
    "admin:logout",
    "api:openapi-json",
    "api:api-root",
    "writing-api:openapi-json",
    "writing-api:api-root",
    *("oidc", "oidc-callback", "cas", "cas-callback", "second-step", "session-state"),
}
# What is sent and leaves no row: the session, a file, a preview; or, as things stand here, nothing to do.
WITHOUT_TRACE = {
    *("login", "set_language", "exports", "wording-preview", "verify-file", "verify-any-file", "sheet-import"),
    *("catalogue-files", "load-catalogue", "choose-form", "form-sheet", "take-back-period"),
    *("schemes", "load-scheme"),
    *(f"import-{slug}" for slug in REGISTERS),
    *(f"import-confirm-{slug}" for slug in REGISTERS),
    *("import-firms", "import-confirm-firms"),  # what was exported changes nothing
    *("accept-clean", "answer-contradiction", "copy-calendar", "finding-verdict", "move", "urge", "undo"),
    *("sign-report-act", "urge-stations"),
    "take-over-rows",  # there are no rows yet
    "decide-target",  # tests/assessment decide
    "invitation",  # one that is not there: tests/accounts/test_invitations.py
    # Steps of a run that want another state, or points, which tests/assessment take.
    *("appeal", "answer-appeal", "leave-out-subject", "move-run", "review-score", "runs", "veto-subject"),
    "upload-self-scores",  # the file that was asked for: tests/assessment
    # Of one's own account: an event of the audit record, or the state of the session.
    *("end-sessions", "session-state", "second-step", "second-factor-codes", "second-factor-off"),
}
# What wants more than the form says by itself: who may is answered 422 or 409, and who may not is refused all the same.
WANT_MORE = {
    *("proofreading", "store-reading"),  # a report, and one that is kept
    *("past-years", "load-past-year"),  # files, and some that are kept
    "units",  # what it is converted into
    *("approved-on-paper", "block-add-figures", "block-change-figures", "block-edit", "block-join", "change-samples"),
    *("check", "delete-plans"),
    *("edit-draft", "new-sheet", "put-in-force", "upload-draft"),  # a part, a short number, a preview, a file
    *(f"import-columns-{slug}" for slug in REGISTERS),  # a list that is kept
    *("password", "second-factor-setup"),
    *("move-part", "take-over", "upload-parts", "withdraw-request"),  # a part that was sent in, a file, one untouched
    *("edit-period", "new-cases", "new-samples", "open-period", "plan-tasks"),
}


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ('INSERT INTO "sectors_job" ("id") VALUES (1)', "sectors_job"),
        ("INSERT OR IGNORE INTO x VALUES (1)", "x"),
        ('UPDATE "x" SET a = 1', "x"),
        ('DELETE FROM "x"', "x"),
        ('WITH a AS (SELECT 1)\nUPDATE "x" SET a = 1', "x"),
        ('WITH a AS (SELECT 1 FOR UPDATE) INSERT INTO "x" SELECT * FROM a', "x"),
        ('WITH gone AS (DELETE FROM ONLY "x" RETURNING id) SELECT * FROM gone', "x"),
        ('SELECT "x"."id" FROM "x" FOR UPDATE OF "x"', None),
        ("WITH a AS (SELECT updated FROM x FOR NO KEY UPDATE OF x) SELECT deleted FROM a FOR UPDATE", None),
        ("SAVEPOINT x", None),
    ],
)
def test_what_writes_is_known_by_its_statement(statement, table):
    found = WRITES.match(statement)
    assert (found and found[1]) == table


def test_a_visit_writes_its_session_and_the_last_use_of_a_token():
    assert OF_THE_VISIT.match('INSERT INTO "accounts_session" ("session_key")')
    assert OF_THE_VISIT.match('UPDATE "reports_apitoken" SET "last_used" = %s')
    assert not OF_THE_VISIT.match('UPDATE "reports_apitoken" SET "ended_at" = %s')
    assert not OF_THE_VISIT.match('INSERT INTO "reports_apitoken" ("id")')


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.django_db
@pytest.mark.parametrize("piece", scope.PIECES)
def test_everybody_is_answered_as_the_table_says(cast, places, piece):
    before = list(StoredFinding.objects.order_by("pk").values())
    survey = scope.Survey(cast, places, piece)
    assert survey.wrote == []
    assert list(StoredFinding.objects.order_by("pk").values()) == before
    table, found = scope.read(), survey.table
    expected = scope.of_piece(table, piece)
    if os.environ.get(scope.WRITE):
        others = {row: said for row, said in table.items() if row not in expected}
        scope.write(others | {row: expected.get(row, said) for row, said in found.items()})
    assert scope.differences(expected, found) == []


def answers():
    return [(row, who, said) for row, people in scope.read().items() for who, said in people.items() if said]


def test_the_table_lets_nobody_write_who_is_refused():
    assert [one for one in answers() if one[2].startswith(scope.REFUSED) and one[2] not in scope.REFUSED] == []
    assert [one for one in answers() if one[2].startswith("5")] == []


def test_the_table_shows_nobody_what_is_anothers():
    """Out of scope is 404; but for a method, a role or a body that is refused before an object is looked for."""
    refused = {"400", "403", "404", "405"}
    keyed = {name for name, of, _method in scope.read() if of == "county" and not name.startswith("admin:")} - FOR_ALL
    wrong = [one for one in answers() if one[0][0] in keyed and one[1] in OUTSIDE[one[0][1]] and one[2] not in refused]
    assert wrong == []
    assert len(keyed) > 80


def test_the_table_asks_everybody_to_sign_in_first():
    first = [one for one in answers() if one[1] == "nobody" and one[0][0] not in BEFORE_SIGNING_IN | FOR_ALL]
    assert [one for one in first if one[2] not in ("login", "401", "405")] == []


def test_the_table_has_somebody_who_acts_wherever_something_is_sent():
    said = [
        (row[0], answer) for row, _who, answer in answers() if not row[0].startswith(("admin:", "api:", "writing-api:"))
    ]
    sent = {row[0] for row, _who, answer in answers() if row[2] == "POST" and answer not in ("401", "405", "login")}
    acting = {name for name, answer in said if answer.endswith("+")}
    assert sorted({name for name, _answer in said} & sent - acting - WITHOUT_TRACE - WANT_MORE) == []


def test_what_differs_from_the_table_is_said():
    row = dict.fromkeys(scope.PEOPLE, "404")
    expected = {("a", "own", "GET"): row, ("b", "own", "GET"): row}
    found = {("a", "own", "GET"): {**row, "clerk": "200"}, ("c", "own", "GET"): row}
    assert scope.differences(expected, expected) == []
    assert scope.differences(expected, found) == [
        "a own GET: clerk is answered 200, not 404",
        "b own GET: a row, and nothing is asked so",
        "c own GET: no row; `WRITE_SCOPE=1 pytest tests/test_scope.py` writes one",
    ]
