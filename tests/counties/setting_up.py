"""What administrator, leadership office and departments do in the browser, as requests, from an empty database."""

import json
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from docx import Document

from sectors.calculation.periods import PeriodKey
from sectors.models import Department, Indicator, Period, Region, Sheet, Submission, User
from tests import base


class County:
    """Each method is one thing that a person does; what a page refuses fails with what the page says."""

    def __init__(self, client, module, monkeypatch):
        self.client, self.module = client, module
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", base.PASSWORD)
        call_command("createsuperuser", username="root", interactive=False)
        self.sign_in("root")

    def sign_in(self, username):
        self.client.force_login(User.objects.get(username=username))

    def person(self, role, department):
        found = User.objects.get(role=role, department__in=Department.objects.called(department))
        self.sign_in(found.username)
        return found

    def add_region(self):
        sent = {**self.module.REGION, "level": "county", "parent": ""}
        assert self.client.post(reverse("admin:sectors_region_add"), sent).status_code == 302
        return Region.objects.get()

    def import_list(self, model):
        """The list of people, as departments or as people; gives the result that the preview showed."""
        sent = {"import_file": self.file("people.xlsx", self.module.people()), "format": "0", "resource": "0"}
        shown = self.client.post(reverse(f"admin:sectors_{model}_import"), sent)
        result = shown.context["result"]
        problems = [repr(error.error) for error in result.base_errors]
        problems += [f"{row.number} {row.error!r}" for row in result.invalid_rows]
        problems += [repr(error.error) + error.traceback for _line, errors in result.row_errors() for error in errors]
        assert not problems, "\n".join(problems)
        address = reverse(f"admin:sectors_{model}_process_import")
        stored = self.client.post(address, shown.context["confirm_form"].initial)
        assert stored.status_code in (200, 302)  # people are given one-time passwords, which are shown once
        return result, stored

    def make_sheet(self, name, **changed):
        """A form as it was recognised, but for what a person corrects."""
        sent = {"file": self.file(name, self.module.FORMS[name]())}
        kept = self.client.post(reverse("choose-form"), sent)
        assert kept.status_code == 302, kept.context["problem"]
        page = self.client.get(kept["Location"])
        facts = {**page.context["facts"].initial, "chapter": "product", **changed}
        shown = self.client.post(kept["Location"], facts)
        assert shown.status_code == 200, (shown.context["facts"].errors, shown.context["checked"])
        ticket = shown.context["checked"].ticket
        loaded = self.client.post(reverse("load-catalogue"), {"ticket": ticket}, follow=True)
        assert loaded.status_code == 200
        sheet = Sheet.objects.get(number=facts["number"])
        return sheet, [remark.text for remark in page.context["remarks"]]

    def open_period(self, key):
        """By the leadership office, with the days that the page proposes."""
        chosen = PeriodKey.parse(key)
        address = reverse("open-period")
        asked = {"period": key}
        page = self.client.get(address, asked)
        sent = {**page.context["initial"], "year": chosen.year, "kind": chosen.kind, "number": chosen.number}
        sent |= {"which": "all"}
        answer = self.client.post(address, {name: str(value) for name, value in sent.items()})
        assert answer.status_code == 302, answer.context["form"].errors
        return Period.objects.get(year=chosen.year, kind=chosen.kind, number=chosen.number)

    def fill(self, submission, values):
        """Cells by their names, all others 不适用; what the page asks for is what there is."""
        known = {indicator.name: indicator.code for indicator in Indicator.objects.filter(sheet=submission.sheet)}
        figures = {known[name]: value for name, value in values.items()}
        sent = json.dumps({"figures": figures, "seen": {code: [""] for code in figures}})
        address = reverse("cells", args=[submission.pk])
        answer = self.client.post(address, sent, content_type="application/json")
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def move(self, submission, action):
        base.press(self.client, submission, {"action": action}, follow=True)
        submission.refresh_from_db()
        return submission.status

    def read_report(self, year):
        """The page of last year's report: its address, and what it confirms by itself as (code, number in the text)."""
        sent = {"region": Region.objects.get().pk, "file": self.file("2025年质量分析报告.docx", self.module.report())}
        answer = self.client.post(reverse("proofreading"), sent)
        assert answer.status_code == 302, (answer.context["form"].errors, answer.context["problem"])
        assert f"-{year}-" in answer["Location"]
        page = self.client.get(answer["Location"])
        rows = [row for one in page.context["sections"] for sentence in one.sentences for row in sentence.rows]
        return answer["Location"], page, rows

    def store_report(self, address, chosen):
        shown = self.client.post(f"{address}store/", {"figure": chosen})
        assert shown.status_code == 200, shown.context["preview"].problems
        sent = {"figure": chosen, "digest": shown.context["preview"].digest}
        assert self.client.post(f"{address}store/", sent).status_code == 302
        return shown.context["remarks"]

    def draft_report(self, year):
        """Begun by the leadership office; gives its text and its PDF."""
        assert self.client.post(reverse("begin-report", args=[year])).status_code == 302
        pdf = self.client.get(reverse("draft-file", args=[year, "pdf"]))
        word = self.client.get(reverse("draft-file", args=[year, "docx"]))
        document = Document(BytesIO(_content(word)))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells]), _content(pdf)

    @staticmethod
    def file(name, data):
        return SimpleUploadedFile(name, data)


def submission(period, sheet):
    return Submission.objects.get(period=period, sheet=sheet)


def _content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
