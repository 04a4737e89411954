"""Files that prove a criterion: whose right it is to change them, and how they are locked."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assessment import self_scores
from assessment.access import may_self_score
from assessment.models import Score
from assessment.run_guard import held
from sectors.evidence.attachments import Attachments
from sectors.guard import WrongState
from sectors.models import User


class ScoreAttachments(Attachments):
    """Those of a score (`subject__run` fetched), which whoever is assessed changes while self-scores are given."""

    too_many = _("A criterion holds at most %(most)d files. Remove some first, or put several into one .zip.")

    def __init__(self, score: Score, by: User) -> None:
        super().__init__(by)
        self.score = score

    @property
    def files(self) -> Any:
        return self.score.files

    def has_right(self) -> bool:
        return may_self_score(self.by, self.score.subject)

    def may_change(self) -> bool:
        try:
            self.check_state()
        except WrongState:
            return False
        return self.has_right()

    def lock(self) -> None:
        self.score.subject.run = held(self.score.subject.run)

    def check_state(self) -> None:
        self_scores.check_open(self.score.subject.run)
