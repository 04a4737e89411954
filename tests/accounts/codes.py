"""A phone that shows codes."""

import datetime
import time

from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from tests import base


class Phone:
    def __init__(self, secret):
        self.secret = secret

    def code(self, steps=0):
        """What it shows now, or some steps of 30 seconds before or after."""
        totp = TOTP(bytes.fromhex(self.secret))
        totp.time = time.time() + 30 * steps
        return f"{totp.token():06}"


def give_phone(person):
    """A second factor, and the recovery codes. The code that the phone shows now is used already."""
    phone = Phone(second_factor.new_secret())
    _device, codes = second_factor.set_up(person=person, secret=phone.secret, typed=phone.code(-1))
    return phone, codes


def wait(person):
    """Until the wait after a wrong code is over."""
    before = timezone.now() - datetime.timedelta(days=1)
    for model in (TOTPDevice, StaticDevice):
        model.objects.filter(user=person).update(throttling_failure_timestamp=before)


def sign_in(client, person, password=base.PASSWORD, **data):
    return client.post(reverse("login"), {"username": person.username, "password": password, **data})
