"""What a password must be, beside Django's own rules: see AUTH_PASSWORD_VALIDATORS in the settings."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts import passwords
from accounts.models import Password
from sectors.models import User

KINDS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")
# What passwords of Chinese offices are made of; a county adds its own names in pinyin (PASSWORD_WORDS).
WORDS = Path(__file__).with_name("usual_words.txt").read_text(encoding="ascii").split()
YEAR, SAME = r"(?:19|20)\d\d", r"(.)\1{2,}"
RUNS = [row[at:end] for row in ("01234567890", "9876543210") for at in range(9) for end in range(len(row), at + 2, -1)]
SHIFTED = str.maketrans("!@#$%^&*()", "1234567890")  # 1qaz@WSX is 1qaz2wsx with a key held down
DRAWN = str.maketrans("@0$13!", "aoslei")  # P@ssw0rd
LEAST_LEFT = 5  # different signs


class KindsValidator:
    """So many of: small letters, capital letters, digits, other signs."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if sum(bool(re.search(kind, password)) for kind in KINDS) < settings.PASSWORD_KINDS:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        text = _("The password has at least %(count)d of these: small letters, capital letters, digits, other signs.")
        return text % {"count": settings.PASSWORD_KINDS}


class UsualValidator:
    """Not what everybody tries first: a usual word with a year or a row of digits."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        own = list(settings.PASSWORD_WORDS)
        if isinstance(user, User):
            own += [user.username, user.last_name, user.first_name]
        if isinstance(user, User) and user.department:
            own += [user.department.code, user.department.name, user.department.short_name]
        if any(len(set(left)) < LEAST_LEFT for left in _left(password.lower(), own)):
            message = _(
                "Such passwords are tried first: a usual word, the name of the place, a year, 123, rows of keys."
            )
            raise ValidationError(message, code="password_usual")

    def get_help_text(self) -> str:
        return _("It is no usual word or name of the place with a year or digits behind, and no row of keys.")


def _left(password: str, own: list[str]) -> list[str]:
    """A password without usual words, years and rows: as typed, and with signs read as what they stand for."""
    plain = re.sub(SAME, "", re.sub("|".join([YEAR, *RUNS]), "", password))
    words = sorted({*WORDS, *(word.lower() for word in own if len(word) > 1)}, key=len, reverse=True)
    usual = re.compile("|".join(map(re.escape, words)))
    return [usual.sub("", text) for text in (plain, plain.translate(DRAWN), password.translate(SHIFTED))]


class FormerValidator:
    """None of the last ones. It also keeps what was chosen, whichever way it was."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        if user is None or user.pk is None:
            return
        former = Password.objects.filter(person_id=user.pk).values_list("hash", flat=True)[: settings.PASSWORD_HISTORY]
        if any(check_password(password, hashed) for hashed in {user.password, *former}):
            raise ValidationError(self.get_help_text(), code="password_former")

    def password_changed(self, password: str, user: AbstractBaseUser) -> None:
        if isinstance(user, User):
            passwords.keep(user)

    def get_help_text(self) -> str:
        text = _("It is none of your last %(count)d passwords.")
        return text % {"count": settings.PASSWORD_HISTORY}
