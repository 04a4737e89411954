"""Files that are sent as evidence, looked at before they are kept: type, size, and what is really in them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from sectors.evidence.file_types import TYPES, clean_name, extension_of, matches_content

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UPLOAD_BYTES = 100 * 1024 * 1024  # deploy/nginx.conf lets so much through


@dataclass(frozen=True)
class CheckedUpload:
    """A file that may be kept, under the name it is shown by. Its fields are those of `KeptFile`."""

    file: UploadedFile
    name: str
    size: int
    content_type: str
    sha256: str


def check_amount(files: Sequence[UploadedFile]) -> None:
    """Raises ValidationError for none, and for more than one request may carry."""
    if not files:
        raise ValidationError(_("Choose one or more files first."))
    together = sum(file.size or 0 for file in files)
    if together > MAX_UPLOAD_BYTES:
        message = _("These files have %(have)s together; at most %(most)s go in one upload. Send them in several.")
        raise ValidationError(message % {"have": filesizeformat(together), "most": filesizeformat(MAX_UPLOAD_BYTES)})


def check(file: UploadedFile) -> CheckedUpload:
    """Read a file once through. Raises ValidationError."""
    name = clean_name(file.name or "")
    file_type = TYPES.get(extension_of(name))
    words = {
        "name": name,
        "types": "、".join(TYPES),
        "most": filesizeformat(MAX_FILE_BYTES),
        "ending": extension_of(name),
    }
    if file_type is None:
        raise ValidationError(
            _("“%(name)s” is of a type that is not taken. Save it as one of these: %(types)s.") % words
        )
    if not file.size:
        raise ValidationError(_("“%(name)s” is empty. Look at the original and choose it again.") % words)
    if file.size > MAX_FILE_BYTES:
        words["size"] = filesizeformat(file.size)
        message = _("“%(name)s” has %(size)s; a file may have at most %(most)s. Scan it more coarsely, or split it.")
        raise ValidationError(message % words)
    if not matches_content(file_type, file):
        message = _("“%(name)s” is no .%(ending)s inside. Open it, save it as .%(ending)s, and choose the new file.")
        if file_type.member:  # a document that is locked looks like this
            message = _(
                "“%(name)s” is no .%(ending)s inside, or a password locks it. "
                "Open it, save it as .%(ending)s without a password, and choose the new file."
            )
        raise ValidationError(message % words)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return CheckedUpload(file, name, file.size, file_type.content_type, digest.hexdigest())
