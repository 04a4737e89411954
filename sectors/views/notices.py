"""The notice centre: a person's notices, the unread in bold."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sectors.models import Notice
from sectors.people import notices as service
from sectors.shell.http import PersonRequest
from sectors.shell.sorting import Head, Sorting

PAGE = 30
HEADS = (
    Head(gettext_lazy("When"), "at", ("at",)),
    Head(gettext_lazy("Unread first"), "unread", (Case(When(read_at=None, then=0), default=1),)),
    Head(gettext_lazy("Text"), "text", ("text",)),
)


@login_required
@require_safe
def notices(request: PersonRequest) -> HttpResponse:
    sorting = Sorting(HEADS, request.GET, usual="-at")
    rows = Notice.objects.filter(to=request.user).seen_by_now().order_by(*sorting.order(), "-at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "sectors/notices.html", {"page": page, "sorting": sorting})


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
