"""The second factor: a code of an app on the phone (TOTP), or one of the recovery codes kept for a lost phone.

A session keeps the key of the device whose code was given in it. Another device, or none, and the session is asked
again: so a set-up reaches every session of the person, and no page needs a query for it.
"""

from __future__ import annotations

import secrets
import unicodedata
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from accounts import qr
from accounts.models import SECOND_FACTOR, SecondFactor
from audit import record
from audit.vocabulary import EventKind
from config import encryption
from sectors.models import User

VERIFIED = "second_factor"  # in a session: the key of the device, or
BY_PROVIDER = "provider"  # where the provider of the single sign-on counts as enough
APP_DIGITS = 6
RECOVERY_DIGITS = 12
RECOVERY_CODES = 10
TOLERANCE = 1  # steps of 30 seconds by which a phone's clock may be off


class WrongCode(Exception):
    """The code is not taken; the message says why."""


class Refused(Exception):
    """What is asked for cannot be done as things stand; the message says why."""


def device_of(person: User) -> int | None:
    """The key of the device whose code is asked; `accounts.backends` reads it with the person."""
    read = person.totp_id if hasattr(person, "totp_id") else _devices(person).values_list("pk", flat=True).first()
    key: int | None = read
    return key


def is_asked(session: Mapping[str, Any], person: User) -> bool:
    """Whether the person has still to give a code in this session, and is not signed in until then."""
    device = device_of(person)
    return device is not None and session.get(VERIFIED) != device and not _by_provider(session)


def is_missing(session: Mapping[str, Any], person: User) -> bool:
    """Whether the person's role has to have a second factor, and they have none."""
    return is_required(person) and device_of(person) is None and not _by_provider(session)


def is_required(person: User) -> bool:
    return person.role in settings.SECOND_FACTOR_ROLES


def _by_provider(session: Mapping[str, Any]) -> bool:
    return settings.SSO_IS_SECOND_FACTOR and session.get(VERIFIED) == BY_PROVIDER


def _devices(person: User) -> Any:
    return SecondFactor.objects.filter(user=person, confirmed=True).order_by("pk")


def new_secret() -> str:
    """A secret of 160 bits, in hexadecimal digits."""
    return str(default_key())


def shown(person: User, secret: str) -> dict[str, str]:
    """The secret as a QR code, which is an address of data, and as text in groups of four."""
    address = TOTPDevice(user=person, key=secret).config_url
    text = b32encode(bytes.fromhex(secret)).decode()
    return {"qr": qr.data_address(address), "text": _grouped(text)}


@transaction.atomic
def set_up(*, person: User, secret: str, typed: str) -> tuple[int, list[str]]:
    """The key of the new device and the recovery codes. Raises WrongCode, and Refused where there is a device."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if _devices(person).exists():
        raise Refused(_("The second factor has been set up meanwhile, on another page."))
    code, totp = _digits(typed), TOTP(bytes.fromhex(secret))
    if len(code) != APP_DIGITS or not totp.verify(int(code), tolerance=TOLERANCE):
        raise WrongCode(
            _("This is not the code that the app shows now. Type the next one, and look at the phone’s clock.")
        )
    record.write(EventKind.SECOND_FACTOR, person, by=person, did="set up")
    key = encryption.encrypted(bytes.fromhex(secret), SECOND_FACTOR, person.pk)
    device = SecondFactor.objects.create(user=person, name="TOTP", key=key, tolerance=TOLERANCE, last_t=totp.t())
    return device.pk, _make_codes(person)


def verify(*, person: User, typed: str) -> int:
    """The key of the person's device, for a code of the app or a recovery code, each of which is taken once.

    Raises WrongCode, also while the wait after wrong codes lasts: 1, 2, 4, 8... seconds.
    """
    code = _digits(typed)
    with transaction.atomic():  # committed also when the code is wrong, for it counts
        device = _locked(person)
        is_of_app = not is_recovery_code(typed)
        answers = device if is_of_app else StaticDevice.objects.get(user=person)
        may_try, why = answers.verify_is_allowed()
        is_readable = not is_of_app or device.encrypt_anew()
        is_right = may_try and is_readable and answers.verify_token(code if is_of_app else _kept(person, code))
        if is_right and not is_of_app:
            device.throttle_reset()
        did = "code taken" if is_right else "code wrong" if may_try and is_readable else "code not tried"
        record.write(EventKind.SECOND_FACTOR, person, by=person, did=did)
    if not may_try:
        until = timezone.localtime(why["locked_until"])
        raise WrongCode(
            _("Too many wrong codes. Try again after %(time)s.") % {"time": date_format(until, "Y-m-d H:i:s")}
        )
    if not is_readable:
        raise WrongCode(
            _(
                "The server cannot read any more what it keeps of your app, for its key was changed. Ask an "
                "administrator to reset your second factor, then set it up anew."
            )
        )
    if not is_right:
        raise WrongCode(
            _("This code is wrong, or was used before. Type the code that the app shows now, or a recovery code.")
        )
    key: int = device.pk
    return key


def _locked(person: User) -> Any:
    device = _devices(person).select_for_update(of=("self",), no_key=True).first()
    if device is None:
        raise WrongCode(_("There is no second factor any more. Sign in anew."))
    return device


@transaction.atomic
def renew_codes(person: User) -> list[str]:
    """New recovery codes; the old ones end."""
    record.write(EventKind.SECOND_FACTOR, person, by=person, did="recovery codes made")
    _locked(person)
    return _make_codes(person)


def codes_left(person: User) -> int:
    return int(StaticToken.objects.filter(device__user=person).count())


def turn_off(person: User) -> None:
    """Raises Refused where the person's role has to have it."""
    if is_required(person):
        raise Refused(_("Your role has to have a second factor."))
    reset([person])


@transaction.atomic
def reset(people: list[User]) -> None:
    record.write_all(record.Happened(EventKind.SECOND_FACTOR, person, more={"did": "ended"}) for person in people)
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user__in=people).delete()


def _make_codes(person: User) -> list[str]:
    StaticDevice.objects.filter(user=person).delete()
    device = StaticDevice.objects.create(user=person, name="recovery")
    codes = [f"{secrets.randbelow(10**RECOVERY_DIGITS):0{RECOVERY_DIGITS}}" for _number in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_hashed(person, code)) for code in codes)
    return [_grouped(code) for code in codes]


def _kept(person: User, code: str) -> str:
    """The recovery code as the database keeps it, or would."""
    ways = [_hashed(person, code, key) for key in encryption.secret_keys()]
    rows = StaticToken.objects.filter(device__user=person, token__in=ways)
    return rows.values_list("token", flat=True).first() or ways[0]


def _hashed(person: User, code: str, key: str | None = None) -> str:
    """Of no use to who reads it in the database, for the key is SECRET_KEY."""
    text = f"{person.pk}:{code}"
    digest = salted_hmac("accounts.second_factor", text, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode()[:16]


def is_recovery_code(typed: str) -> bool:
    """Whether what was typed can be no code of the app, however it is written."""
    return len(_digits(typed)) != APP_DIGITS


def _digits(typed: str) -> str:
    """What was typed without blanks and hyphens, full-width digits as ordinary ones; empty if it is no number."""
    text = "".join(sign for sign in unicodedata.normalize("NFKC", typed) if not sign.isspace() and sign not in "-–—")
    return text if text.isascii() and text.isdigit() else ""


def _grouped(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
