"""`make deploy-check`: PostgreSQL, gunicorn and nginx as docs/install.md says, and a day's work in short."""

from __future__ import annotations

import re
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from drills.installation import HOST, TOKEN, Installation, Nginx, has, installed, kill
from drills.visitors import TOKEN as TOKEN_FIELD
from drills.visitors import Visitor

SLOW_CLIENTS = 30  # against three workers
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "Content-Security-Policy": "default-src 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Request-ID": "",
}


def main() -> None:
    if not has("nginx") or not has("openssl"):
        sys.exit("make deploy-check needs nginx and openssl. On Debian: apt-get install nginx openssl")
    with installed("postgresql", USE_HTTPS="1", TRUST_PROXY="1", HSTS_SECONDS="31536000", JOBS="worker") as (site, _pg):
        site.environment["CSRF_TRUSTED_ORIGINS"] = f"https://{HOST}"
        sheet = site.fill()
        nginx = Nginx(site)
        with nginx.started():
            with site.gunicorn() as process:
                for check in (plain_http, pages_and_headers, health, work, limits, slow_clients):
                    told(check.__name__, partial(check, site, nginx, sheet))
                process.send_signal(9)
                process.wait()
                for pid in workers_of(site):
                    kill(pid)
                told("unavailable", lambda: unavailable(nginx))
            with site.gunicorn():
                told("back again", lambda: expect(signed_in(nginx).get("/").status == 200, "not back"))
    print("deploy-check: all is as it should be.")


def told(name: str, check: Callable[[], object]) -> None:
    begun = time.monotonic()
    check()
    print(f"{name.replace('_', ' ')}: yes ({time.monotonic() - begun:.1f} s)", flush=True)


def expect(is_so: bool, otherwise: str) -> None:
    assert is_so, otherwise


def signed_in(nginx: Nginx, username: str = "clerk") -> Visitor:
    visitor = nginx.visitor()
    visitor.sign_in(username)
    return visitor


def plain_http(_site: Installation, nginx: Nginx, _sheet: int) -> None:
    with socket.create_connection(("127.0.0.1", nginx.plain_port), 5) as plain:
        plain.sendall(f"GET /a/?b=1 HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
        answer = plain.recv(4096).decode()
    expect("301" in answer and f"Location: https://{HOST}/a/?b=1" in answer, answer)


def pages_and_headers(site: Installation, nginx: Nginx, _sheet: int) -> None:
    visitor = nginx.visitor()
    page = visitor.get("/account/login/", {"Accept-Encoding": "identity"})
    for name, value in HEADERS.items():
        expect(value in (page.headers[name] or "") and name in page.headers, f"{name}: {page.headers[name]}")
    expect("nginx/" not in (page.headers["Server"] or ""), "the version of nginx is told")
    for cookie in visitor.cookies:
        expect(cookie.secure, f"the cookie {cookie.name} goes over plain http")
    style = re.search(r'href="(/static/app/app\.[0-9a-f]+\.css)"', page.text)
    assert style, page.text
    found = visitor.get(style[1], {"Accept-Encoding": "gzip"})
    expect(found.headers["Content-Encoding"] == "gzip", "static files are not compressed")
    expect("max-age=315360000" in (found.headers["Cache-Control"] or ""), "static files are not kept by browsers")
    expect(visitor.get("/account/login/", {"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip", "no gzip")
    again = visitor.get("/account/login/", {"X-Forwarded-Proto": "http", "X-Forwarded-For": "1.2.3.4"})
    expect(again.status == 200 and again.address == page.address, "a visitor can say that this is plain http")
    tokens = {TOKEN_FIELD.findall(found.text)[0] for found in (page, again)}
    expect(len(tokens) == 2, "the token of forms is the same on every page, which compression would tell")
    lines = [line for line in site.log() if line.get("route") == "login"]
    expect(page.headers["X-Request-ID"] in {line["request_id"] for line in lines}, "another number in the log")
    expect(page.headers["X-Request-ID"] in (nginx.folder / "zhibao.log").read_text(), "another number in nginx's log")


def health(site: Installation, nginx: Nginx, _sheet: int) -> None:
    ready = nginx.visitor().get("/readyz")
    expect(ready.json() == {"database": True, "data_folder": True}, ready.text)
    permit = {"Authorization": f"Bearer {TOKEN}"}
    expect(nginx.visitor().get("/metrics", permit).status == 404, "figures of the site can be read from outside")
    expect("zhibao_up 1.0" in Visitor(site.address).get("/metrics", permit).text, "no figures for Prometheus")


def work(_site: Installation, nginx: Nginx, sheet: int) -> None:
    visitor = signed_in(nginx)
    expect(visitor.get(f"/sheets/{sheet}/").status == 200, "the sheet does not open")
    saved = visitor.send(f"/sheets/{sheet}/cells/", {"figures": {"wide.1.1": "7"}, "seen": {"wide.1.1": [""]}})
    expect(saved.json()["stored"] == {"wide.1.1": "7"}, saved.text)
    content = b"%PDF-1.7 a" + b"0" * 3_000_000
    expect(visitor.post(f"/submissions/{sheet}/attachments/", files={"a.pdf": content}).status == 200, "no upload")
    page = visitor.get(f"/submissions/{sheet}/attachments/").text
    link = re.search(rf'href="(/submissions/{sheet}/attachments/\d+/)"', page)
    assert link, page
    expect(visitor.get(link[1]).body == content, "what comes back is not what was attached")
    excel = visitor.get(f"/sheets/{sheet}/excel/")
    expect(excel.status == 200 and excel.body.startswith(b"PK"), f"no Excel file: {excel.status}")


def limits(_site: Installation, nginx: Nginx, sheet: int) -> None:
    visitor = signed_in(nginx)
    answer = visitor.post(f"/sheets/{sheet}/cells/", files={"a.pdf": b"0" * 34 * 1024 * 1024})
    expect(answer.status == 413 and "上传的文件太大" in answer.text, f"too large: {answer.status}")


@contextmanager
def trickling(nginx: Nginx) -> Iterator[list[ssl.SSLSocket]]:
    """Clients that have sent the half of what they announced, and read nothing."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    head = f"POST /account/login/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100000\r\n\r\n".encode()
    with ExitStack() as stack:
        found = []
        for _number in range(SLOW_CLIENTS):
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", nginx.port), 5))
            found.append(stack.enter_context(trusting.wrap_socket(plain, server_hostname=HOST)))
            found[-1].sendall(head + b"a=" + b"1" * 100)
        yield found


def slow_clients(_site: Installation, nginx: Nginx, sheet: int) -> None:
    visitor = signed_in(nginx)
    with trickling(nginx) as clients:
        for _round in range(3):
            for client in clients:
                client.sendall(b"1")
            begun = time.monotonic()
            expect(visitor.get(f"/sheets/{sheet}/").status == 200, "not answered beside slow clients")
            expect(time.monotonic() - begun < 10, "slow clients hold the workers")


def unavailable(nginx: Nginx) -> None:
    answer = nginx.visitor().get("/")
    expect(answer.status == 502 and "系统暂时无法访问" in answer.text, f"{answer.status}: {answer.text}")
    expect(answer.headers["Retry-After"] == "10", "not said when to come again")


def workers_of(site: Installation) -> list[int]:
    """Those that a killed gunicorn left."""
    found = []
    for status in Path("/proc").glob("[0-9]*/environ"):
        try:
            is_ours = f"DATA_DIR={site.data}".encode() in status.read_bytes()
            name = (status.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if is_ours and b"gunicorn" in name:
            found.append(int(status.parent.name))
    return found


if __name__ == "__main__":
    main()
