"""Files are searched for viruses before they are taken: by a real clamd where there is one, and by one that fails."""

import shutil
import socket
import subprocess
import threading
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config import virus_scan
from inspections.models import RecordFile
from reports.models import ReportPaper
from sectors.models import Attachment
from sectors.spreadsheets import pending
from tests import base
from tests.inspections.recorded import batch
from tests.inspections.test_lists import IMPORT, row, workbook
from tests.sectors.spreadsheets import workbooks

pytestmark = pytest.mark.django_db

# Every scanner knows this text, which does nothing. In two halves, or they would take this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!$H+H*"
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="session")
def clamd(tmp_path_factory):
    """A scanner that knows one virus and takes files of 1 MB."""
    program = shutil.which("clamd") or shutil.which("/usr/sbin/clamd")
    if program is None:
        pytest.skip("no clamd on this machine")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "one.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(
        f"LocalSocket {folder}/socket\nDatabaseDirectory {folder}\nForeground yes\nStreamMaxLength 1M\n"
    )
    server = subprocess.Popen(
        [program, f"--config-file={folder}/clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    for _moment in range(300):
        if (folder / "socket").exists():
            break
        assert server.poll() is None, "clamd did not start"
        time.sleep(0.1)
    yield str(folder / "socket")
    server.terminate()
    server.wait(20)


@pytest.fixture
def scanner(clamd, settings, media):
    settings.CLAMD_SOCKET = clamd


class Failing:
    """A scanner that reads something and then does as it is told."""

    def __init__(self, answer, *, waits=False):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.answer, self.done, self.waits = answer, threading.Event(), waits
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        line, _address = self.server.accept()
        with line:
            line.recv(20)
            if self.waits:
                self.done.wait(10)
            line.sendall(self.answer)

    def __enter__(self):
        return self.server.getsockname()

    def __exit__(self, *args):
        self.done.set()
        self.server.close()


def file(content, name="甲.pdf"):
    return SimpleUploadedFile(name, content)


def infected(content=b"%PDF-1.7 "):
    return file(content + EICAR)


def test_what_is_clean_passes_and_what_is_not_is_named(scanner):
    clean = file(b"%PDF-1.7 a")
    assert virus_scan.scan(clean) == ""
    assert clean.read() == b"%PDF-1.7 a"  # for whoever keeps it
    assert virus_scan.scan(file(b"x" * (MEGABYTE - 100))) == ""
    assert "Eicar-Test" in virus_scan.scan(infected())
    assert "Eicar-Test" in virus_scan.scan(infected(b"x" * 500_000))


@pytest.mark.parametrize("size", [MEGABYTE + 10, 12 * MEGABYTE])
def test_what_is_too_large_for_the_scanner_is_not_clean(scanner, size):
    assert virus_scan.TOO_LARGE in virus_scan.scan(file(b"x" * size))


def uploads(cast):
    """Everywhere that a file is sent to: who, where, under which name, and which further fields."""
    sheet, record = base.submission(cast.county, status="draft"), batch(cast, report_number="A-1", failed=0)
    yield cast.clerk, reverse("attachments", args=[sheet.pk]), "files", {}
    yield cast.clerk, reverse("attach-batches", args=[record.pk]), "files", {}
    yield cast.clerk, IMPORT, "file", {}
    yield cast.clerk, reverse("sheet-import", args=[sheet.pk]), "file", {}
    yield cast.admin, reverse("admin:sectors_region_import"), "import_file", {"format": "0"}
    yield cast.office, reverse("verify-any-file"), "file", {}


def kept(media):
    rows = Attachment.objects.count() + RecordFile.objects.count() + ReportPaper.objects.count()
    return rows + len([path for path in media.rglob("*") if path.is_file()])


def test_no_way_in_takes_a_virus(client, cast, scanner, media):
    for who, address, name, more in uploads(cast):
        client.force_login(who)
        answer = client.post(address, {name: infected(), **more})
        assert (answer.status_code, "Eicar-Test" in answer.content.decode()) == (422, True), address
    assert kept(media) == 0


def test_clean_files_come_in_as_always(client, cast, scanner, media):
    (who, address, name, _more), *_rest = uploads(cast)
    client.force_login(who)
    assert client.post(address, {name: [file(b"%PDF-1.7 a"), file(b"%PDF-1.7 b", "乙.pdf")]}).status_code == 302
    assert Attachment.objects.count() == 2
    assert client.post(IMPORT, {"file": workbook(row())}).status_code == 200
    sheet = base.submission(cast.county)
    sent = SimpleUploadedFile("a.xlsx", workbooks.download(sheet))
    assert client.post(reverse("sheet-import", args=[sheet.pk]), {"file": sent}).status_code == 200
    assert len(list(pending.folder().iterdir())) == 2


def test_one_virus_among_several_files_keeps_all_out(client, cast, scanner, media):
    who, address, name, _more = next(uploads(cast))
    client.force_login(who)
    assert client.post(address, {name: [file(b"%PDF-1.7 a"), infected()]}).status_code == 422
    assert kept(media) == 0


@pytest.mark.parametrize("answer", [b"", b"stream: broken ERROR\0", b"\xff\xfe\0", b"OK\n" * 999])
@pytest.mark.parametrize("waits", [False, True])
def test_a_scanner_that_fails_lets_nothing_in(client, cast, settings, media, monkeypatch, answer, waits):
    monkeypatch.setattr(virus_scan, "SECONDS", 0.3)
    who, address, name, _more = next(uploads(cast))
    client.force_login(who)
    with Failing(answer, waits=waits) as settings.CLAMD_SOCKET:
        refused = client.post(address, {name: file(b"%PDF-1.7 a")})
    assert refused.status_code == 503
    assert "查毒" in refused.content.decode()
    assert refused["Retry-After"]
    assert kept(media) == 0


@pytest.mark.parametrize("where", ["/nowhere/clamd.ctl", ("127.0.0.1", 1)])
def test_a_scanner_that_is_not_there_lets_nothing_in(client, cast, settings, media, where):
    settings.CLAMD_SOCKET = where
    who, address, name, _more = next(uploads(cast))
    client.force_login(who)
    assert client.post(address, {name: file(b"%PDF-1.7 a")}).status_code == 503
    assert client.get(reverse("home")).status_code == 200  # and nothing else waits for it
    assert kept(media) == 0


def test_files_of_nobody_are_not_searched(client, cast, settings, media):
    """They are kept nowhere, and searching them would be work that anybody could make."""
    settings.CLAMD_SOCKET = "/nowhere/clamd.ctl"
    for _who, address, name, _more in uploads(cast):
        assert client.post(address, {name: infected()}).status_code in (200, 302, 404, 422), address
    assert kept(media) == 0
