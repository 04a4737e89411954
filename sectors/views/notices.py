"""The notice centre: a person's notices, the unread in bold."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from sectors.models import Notice
from sectors.people import notices as service
from sectors.shell.http import PersonRequest

PAGE = 30


@login_required
@require_safe
def notices(request: PersonRequest) -> HttpResponse:
    page = Paginator(Notice.objects.filter(to=request.user).seen_by_now(), PAGE).get_page(request.GET.get("page"))
    return render(request, "sectors/notices.html", {"page": page})


@login_required
@require_POST
def open_notice(request: PersonRequest, pk: int) -> HttpResponse:
    """Mark it as read and lead to the page where it can be dealt with."""
    notice = get_object_or_404(Notice, to=request.user, pk=pk)
    service.mark_read(request.user, [notice.pk])
    return redirect(notice.link)


@login_required
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    service.mark_read(request.user)
    return redirect("notices")
