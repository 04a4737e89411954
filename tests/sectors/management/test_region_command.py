"""Commands about a region take its code or its name."""

import pytest
from django.core.management import CommandError, call_command

from sectors.models import Region

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["990101", "云泽县", "云泽"])
def test_a_region_is_named_by_code_or_name(cast, text, capsys):
    call_command("refresh_findings", region=text, year=2023)


@pytest.mark.usefixtures("cast", "english")
@pytest.mark.parametrize("text", ["990199", "云", ""])
def test_another_name_is_refused(text):
    with pytest.raises(CommandError, match="no region"):
        call_command("refresh_findings", region=text, year=2023)


@pytest.mark.usefixtures("english")
def test_of_several_of_one_name_the_code_is_asked_for(cast):
    Region.objects.create(code="990299", name="云泽县", level="county", parent=cast.prefecture)
    with pytest.raises(CommandError, match="990101, 990299"):
        call_command("refresh_findings", region="云泽县", year=2023)
    call_command("refresh_findings", region="990299", year=2023)
