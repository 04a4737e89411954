"""Files that are sent as evidence, looked at before they are kept: type, size, and what is really in them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from sectors.evidence.file_types import TYPES, ending, is_real, plain_name

MOST_BYTES = 20 * 1024 * 1024
MOST_BYTES_AT_ONCE = 100 * 1024 * 1024  # deploy/nginx.conf lets so much through


class Unfit(ValueError):
    """What was given cannot be taken; the message says what to do."""


@dataclass(frozen=True)
class Judged:
    """A file that may be kept, under the name it is shown by."""

    file: UploadedFile
    name: str
    size: int
    content_type: str
    sha256: str


def check_amount(files: Sequence[UploadedFile]) -> None:
    """Raises Unfit for none, and for more than one request may carry."""
    if not files:
        raise Unfit(_("Choose one or more files first."))
    together = sum(file.size or 0 for file in files)
    if together > MOST_BYTES_AT_ONCE:
        message = _("These files have %(have)s together; at most %(most)s go in one upload. Send them in several.")
        raise Unfit(message % {"have": filesizeformat(together), "most": filesizeformat(MOST_BYTES_AT_ONCE)})


def judge(file: UploadedFile) -> Judged:
    """Read a file once through. Raises Unfit."""
    name = plain_name(file.name or "")
    kind = TYPES.get(ending(name))
    words = {"name": name, "types": "、".join(TYPES), "most": filesizeformat(MOST_BYTES), "ending": ending(name)}
    if kind is None:
        raise Unfit(_("“%(name)s” is of a type that is not taken. Save it as one of these: %(types)s.") % words)
    if not file.size:
        raise Unfit(_("“%(name)s” is empty. Look at the original and choose it again.") % words)
    if file.size > MOST_BYTES:
        words["size"] = filesizeformat(file.size)
        message = _("“%(name)s” has %(size)s; a file may have at most %(most)s. Scan it more coarsely, or split it.")
        raise Unfit(message % words)
    if not is_real(kind, file):
        message = _("“%(name)s” is no .%(ending)s inside. Open it, save it as .%(ending)s, and choose the new file.")
        if kind.part:  # a document that is locked looks like this
            message = _(
                "“%(name)s” is no .%(ending)s inside, or a password locks it. "
                "Open it, save it as .%(ending)s without a password, and choose the new file."
            )
        raise Unfit(message % words)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return Judged(file, name, file.size, kind.content_type, digest.hexdigest())
