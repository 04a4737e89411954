"""A code that arrives twice at the same moment, and two set-ups at once."""

import pytest
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import second_factor
from tests.accounts.codes import Phone, give_phone
from tests.races import at_once, slow_locks

pytestmark = pytest.mark.django_db(transaction=True)


def results_of(*calls):
    found = at_once(*(slow_locks(call) for call in calls))
    return [one for one in found if not isinstance(one, Exception)], [
        one for one in found if isinstance(one, Exception)
    ]


def test_code_is_taken_once_however_often_it_arrives(cast):
    phone, _codes = give_phone(cast.clerk)
    code = phone.code()
    taken, refused = results_of(*[lambda: second_factor.verify(person=cast.clerk, typed=code)] * 4)
    assert len(taken) == 1
    assert {type(error) for error in refused} == {second_factor.WrongCode}


def test_recovery_code_is_taken_once_however_often_it_arrives(cast):
    _phone, codes = give_phone(cast.clerk)
    taken, refused = results_of(*[lambda: second_factor.verify(person=cast.clerk, typed=codes[0])] * 4)
    assert len(taken) == 1
    assert {type(error) for error in refused} == {second_factor.WrongCode}


def test_wrong_codes_at_once_are_counted(cast):
    give_phone(cast.clerk)
    results_of(*[lambda: second_factor.verify(person=cast.clerk, typed="000000")] * 4)
    assert TOTPDevice.objects.get().throttling_failure_count == 1  # the others had to wait


def test_one_of_two_set_ups_counts(cast):
    phones = [Phone(second_factor.new_secret()) for _phone in range(2)]
    done, refused = results_of(
        *(
            lambda phone=phone: second_factor.set_up(person=cast.clerk, secret=phone.secret, typed=phone.code())
            for phone in phones
        )
    )
    assert (len(done), len(refused)) == (1, 1)
    assert isinstance(refused[0], second_factor.Refused)
    assert TOTPDevice.objects.count() == 1
