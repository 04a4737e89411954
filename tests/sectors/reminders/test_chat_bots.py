"""Posting to a group chat, against a server that really listens."""

import base64
import hashlib
import hmac
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from sectors.models import validators
from sectors.reminders import chat_bots, outgoing
from tests.chat import Chat

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def robot(settings):
    """A robot on this machine: what it got, and what it is to answer."""
    settings.WEBHOOK_HTTP_HOSTS = ["127.0.0.1"]
    with Chat() as found:
        yield found


def test_a_text_arrives_as_both_kinds_of_robot_want_it(robot):
    chat_bots.post(robot.address, "请尽快报送。")
    assert robot.got == [
        (
            "/send?key=secret-key",
            "application/json; charset=utf-8",
            {"msgtype": "text", "text": {"content": "请尽快报送。"}},
        )
    ]


def test_a_secret_signs_the_moment(robot):
    chat_bots.post(robot.address, "x", secret="SEC1")
    query = parse_qs(urlsplit(robot.got[0][0]).query)
    said = f"{query['timestamp'][0]}\nSEC1".encode()
    assert base64.b64decode(query["sign"][0]) == hmac.new(b"SEC1", said, hashlib.sha256).digest()


def test_a_long_text_is_cut_between_characters(robot):
    chat_bots.post(robot.address, "长" * 2000)
    content = robot.got[0][2]["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("长…")


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}', "The robot refused: 93000 invalid webhook url"),
        (200, b"<html>", "The answer was not that of a robot."),
        (200, b"[]", "The answer was not that of a robot."),
        (502, b"", "The robot answered with status 502."),
        (302, b"", "The robot answered with status 302."),
    ],
)
def test_what_was_not_taken_says_why(robot, status, answer, sentence):
    robot.status, robot.answer = status, answer
    with pytest.raises(chat_bots.NotDelivered) as error:
        chat_bots.post(robot.address, "x")
    assert str(error.value) == sentence
    assert len(robot.got) == 1  # a redirect is not followed


def test_who_does_not_answer_is_not_waited_for(robot, monkeypatch):
    monkeypatch.setattr(outgoing, "TIMEOUT", 0.2)
    robot.wait = threading.Event()
    try:
        with pytest.raises(chat_bots.NotDelivered, match="did not answer within"):
            chat_bots.post(robot.address, "x")
    finally:
        robot.wait.set()


def test_who_is_not_there_cannot_be_reached(settings):
    settings.WEBHOOK_HTTP_HOSTS = ["127.0.0.1"]
    with Chat() as gone:
        address = gone.address
    with pytest.raises(chat_bots.NotDelivered, match=r"^The robot cannot be reached\.$"):
        chat_bots.post(address, "x")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://127.0.0.1:1/send", "must begin with https"),
        ("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "must begin with https"),
        ("file:///etc/passwd", "Write the whole address"),
        ("ftp://example.com/x", "Write the whole address"),
        ("https://user:pass@example.com/x", "Write the whole address"),
        ("https://", "Write the whole address"),
        ("https://[/", "Write the whole address"),
        ("qyapi.weixin.qq.com", "Write the whole address"),
    ],
)
def test_only_https_or_an_allowed_host(address, sentence):
    with pytest.raises(validators.BadAddress, match=sentence):
        validators.check_address(address)
    with pytest.raises(chat_bots.NotDelivered, match=sentence):
        chat_bots.post(address, "x")


def test_https_and_allowed_hosts_pass(settings):
    settings.WEBHOOK_HTTP_HOSTS = ["gateway.example"]
    validators.check_address("https://oapi.dingtalk.com/robot/send?access_token=1")
    validators.check_address("http://gateway.example:8080/send")
