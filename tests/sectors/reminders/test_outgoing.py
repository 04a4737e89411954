"""What is posted goes to public addresses, to the very one that was checked, and does not wait for ever."""

import socket
import threading
import time
from ipaddress import ip_network

import pytest

from sectors.reminders import chat_bots, outgoing
from tests.chat import Chat

pytestmark = pytest.mark.usefixtures("english")

INNER = (
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1%1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
    *("64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "::127.0.0.1", "::ffff:0:10.0.0.1"),
    *("fec0::1", "feff::1", "5f00::1", "1::1", "fe00::1"),
)
# Ways to write 127.0.0.1 that a resolver understands.
WRITTEN = ("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost")


@pytest.mark.parametrize("address", INNER)
def test_what_is_not_on_the_internet_is_not_allowed(address):
    assert not outgoing.is_allowed(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "203.119.129.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_what_is_on_the_internet_is_allowed(address):
    assert outgoing.is_allowed(address)


def test_a_network_of_the_house_may_be_allowed(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("10.20.0.0/16"), ip_network("fd00::/8")]
    assert outgoing.is_allowed("10.20.3.4")
    assert outgoing.is_allowed("::ffff:10.20.3.4")
    assert outgoing.is_allowed("fd12::1")
    assert not outgoing.is_allowed("10.21.0.1")


@pytest.fixture
def chat():
    with Chat() as found:
        yield found


@pytest.mark.parametrize("host", WRITTEN)
def test_nothing_is_posted_into_the_house_however_it_is_written(chat, host):
    with pytest.raises(outgoing.NotPublic):
        outgoing.post(chat.address.replace("127.0.0.1", host), b"{}", {})
    assert chat.got == []


def test_a_person_reads_which_setting_is_missing(chat):
    with pytest.raises(chat_bots.NotDelivered, match="WEBHOOK_NETWORKS"):
        chat_bots.post(chat.address.replace("http:", "https:"), "x")


def test_a_named_host_and_a_named_network_are_posted_to(chat, settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    assert outgoing.post(chat.address, b"{}", {"Content-Type": "a/b"})[0] == 200
    settings.WEBHOOK_NETWORKS, settings.WEBHOOK_HTTP_HOSTS = [], ["localhost"]
    assert outgoing.post(chat.address.replace("127.0.0.1", "localhost"), b"{}", {})[0] == 200
    assert [path for path, _kind, _body in chat.got] == ["/send?key=secret-key"] * 2


def _names(monkeypatch, *answers):
    """A name server that answers otherwise each time it is asked."""
    left, real = list(answers), socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: real(left.pop(0), *args, **kwargs))


def test_a_name_is_asked_for_once(chat, monkeypatch):
    """Whoever answers 1.1.1.1 to the check and 127.0.0.1 to the connection is not posted to within the house."""
    _names(monkeypatch, "192.0.2.1", "127.0.0.1")
    monkeypatch.setattr(outgoing, "is_allowed", lambda address: address == "192.0.2.1")
    monkeypatch.setattr(outgoing, "TIMEOUT", 0.2)
    with pytest.raises(outgoing.Unreachable):
        outgoing.post(chat.address.replace("127.0.0.1", "robot.example"), b"{}", {})
    assert chat.got == []


def test_all_addresses_of_a_name_are_looked_at(monkeypatch):
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (at, 443)) for at in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)
    with pytest.raises(outgoing.NotPublic):
        outgoing.post("https://robot.example/", b"{}", {})


def test_many_addresses_that_do_not_answer_are_not_waited_for_one_by_one(monkeypatch):
    """Whoever has a name server names as many as they like."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{number}", 443)) for number in range(1, 21)]
    tried = []

    class Silent(socket.socket):
        def connect(self, at):
            tried.append(at)
            time.sleep(self.gettimeout() or 0)
            raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr(socket, "socket", Silent)
    monkeypatch.setattr(outgoing, "is_allowed", lambda _address: True)
    monkeypatch.setattr(outgoing, "TIMEOUT", 0.4)
    began = time.monotonic()
    with pytest.raises(outgoing.TooSlow):
        outgoing.post("https://robot.example/", b"{}", {})
    assert time.monotonic() - began < 2
    assert len(tried) == 20


def test_no_proxy_of_the_environment_is_asked(chat, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, chat.address)
    with pytest.raises(outgoing.NotPublic):
        outgoing.post("http://10.0.0.1/", b"{}", {})
    assert chat.got == []


def test_only_the_beginning_of_an_answer_is_read(chat, settings):
    settings.WEBHOOK_HTTP_HOSTS = ["127.0.0.1"]
    chat.answer = b"x" * (outgoing.MAX_ANSWER_BYTES + 1)
    assert len(outgoing.post(chat.address, b"{}", {})[1]) == outgoing.MAX_ANSWER_BYTES


@pytest.mark.parametrize("said", [b"H", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_who_answers_a_little_at_a_time_is_not_waited_for(settings, monkeypatch, said):
    """Each byte comes in time, and the whole never."""
    settings.WEBHOOK_HTTP_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(outgoing, "TIMEOUT", 0.5)
    server = socket.create_server(("127.0.0.1", 0))

    def drip():
        line, _address = server.accept()
        with line:
            line.sendall(said)
            try:
                while True:
                    line.sendall(b"a")
                    time.sleep(0.05)
            except OSError:  # nobody listens any more
                return

    slow = threading.Thread(target=drip, daemon=True)
    slow.start()
    began = time.monotonic()
    with pytest.raises(outgoing.TooSlow):
        outgoing.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
    assert time.monotonic() - began < 5
    slow.join(5)
    server.close()


def test_a_certificate_is_asked_for(chat, settings):
    """What answers without one is not that host, however it was allowed."""
    settings.WEBHOOK_HTTP_HOSTS = ["127.0.0.1"]
    with pytest.raises(outgoing.Unreachable):
        outgoing.post(chat.address.replace("http:", "https:"), b"{}", {})
    assert chat.got == []
