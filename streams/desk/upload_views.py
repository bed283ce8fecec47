"""A file of comments: choose it, look through it, import it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from streams.common import clock
from streams.common.redirects import see_other
from streams.desk import paste_views, replies, seat, upload
from streams.desk.models import Upload
from streams.desk.seat import Seat
from streams.desk.upload import BAD_FILES, FileForm, Look
from streams.people.access import staff
from streams.questions import files
from streams.questions.files import BadFile
from streams.receptions.queries import takes_questions


@require_POST
@staff
def choose(request: HttpRequest, no: str) -> HttpResponse:
    """A table goes on to its columns; a plain text is a pasted block."""
    mine = seat.take(request.user, no)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return paste_views.page(request, mine, file_form=form, status=_UNPROCESSABLE)
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    name, raw = file.name or "", file.read()
    try:
        if name.lower().endswith(".txt"):
            return paste_views.preview(request, mine, files.text(raw))
        kept = upload.keep(mine, name, raw, now=clock.now())
    except BadFile as error:
        form.add_error("file", str(BAD_FILES.get(error.code, error)))
        return paste_views.page(request, mine, file_form=form, status=_UNPROCESSABLE)
    return see_other("desk_upload", no, kept.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def look(request: HttpRequest, no: str, file: UUID) -> HttpResponse:
    """The preview; posted, the import. A script asks for portions (`start`), a form for everything."""
    mine = seat.take(request.user, no)
    kept = Upload.objects.select_related("reception__unit").filter(uuid=file).first()
    if kept is None or kept.reception_id != mine.reception.pk:
        raise Http404
    try:
        seen = upload.look(kept, request.POST if request.method == "POST" else request.GET)
    except BadFile as error:
        messages.error(request, str(BAD_FILES.get(error.code, error)))
        return redirect("desk_paste", no)
    if request.method != "POST":
        return _page(request, mine, kept, seen)
    # Rows that are not shown have no box: they are taken.
    skip = {one.place for one in seen.listed} - _numbers(request.POST.getlist("pick"))
    if "start" not in request.POST:
        return _all(request, mine, kept, seen, skip)
    start = max(_numbers([request.POST["start"]]), default=0)
    done = upload.store(mine, seen.good, start, skip, now=clock.now())
    if done.next is None and not done.refused:
        kept.delete()
    told = {"next": done.next, "stored": done.received, "repeated": done.repeated}
    return JsonResponse(told, status=HTTPStatus.CONFLICT if done.refused else HTTPStatus.OK)


_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def _all(
    request: HttpRequest, mine: Seat, kept: Upload, seen: Look, skip: Collection[int]
) -> HttpResponse:
    received = repeated = 0
    start: int | None = 0
    while start is not None:
        done = upload.store(mine, seen.good, start, skip, now=clock.now())
        if done.refused:
            return _page(request, mine, kept, seen, status=HTTPStatus.CONFLICT)
        received, repeated, start = received + done.received, repeated + done.repeated, done.next
    kept.delete()
    messages.success(request, paste_views.told(received, repeated))
    return replies.see(request, mine)


def _numbers(said: Iterable[str]) -> set[int]:
    return {int(one) for one in said if one.isdecimal() and len(one) < 6}


def _page(
    request: HttpRequest,
    mine: Seat,
    kept: Upload,
    seen: Look,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {
        "reception": mine.reception,
        "upload": kept,
        "seen": seen,
        "faults": seen.faults[: upload.SHOWN_FAULTS],
        "is_closed": not takes_questions(mine.reception, clock.now()),
    }
    return render(request, "desk/upload.html", context, status=status)
