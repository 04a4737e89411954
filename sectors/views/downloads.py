"""Hands out files that people sent."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404

from audit import record
from audit.vocabulary import EventKind
from sectors.models import KeptFile

logger = logging.getLogger(__name__)


def serve(kept: KeptFile) -> FileResponse:
    """Always to be saved, never to be opened as a page of this site. Raises Http404 where the media folder lost it."""
    try:
        content = kept.file.open("rb")
    except FileNotFoundError:
        logger.error("The file of %s %s (%s) is not in the media folder.", kept._meta.label, kept.pk, kept.file.name)
        raise Http404 from None
    record.write(EventKind.DOWNLOAD, kept, name=kept.name, sha256=kept.sha256)
    response = FileResponse(content, as_attachment=True, filename=kept.name, content_type=kept.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    return response
