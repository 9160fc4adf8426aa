"""Pages of files: those of a record, one file, its content, and what can be done to it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from codi.accounts.access import ScopedMixin
from codi.accounts.permissions import Decision
from codi.errors import Refused
from codi.files import services
from codi.files.declared import KINDS, AttachmentKind
from codi.files.forms import AttachForm, RemoveForm, ReplaceForm
from codi.files.models import KEPT_DAYS, Attachment, FileState
from codi.files.queries import versions_of
from codi.files.serving import content_of, preview_of
from codi.ui.pages import FormPage

PANEL = "panel"


class KindView(ScopedMixin, View):
    """A page about the files of one kind of record."""

    @property
    def kind(self) -> AttachmentKind:
        """The kind that the address names; 404 for any other."""
        if (found := KINDS.get(self.kwargs["kind"])) is None:
            raise Http404
        return found


class SubjectView(KindView):
    """A page about the files of one record in sight."""

    def subject(self) -> Any:
        """The record of the address; 404 when it is out of sight."""
        return self.get_visible_or_404(self.kind.subject_model, pk=self.kwargs["pk"])

    def show(self, subject: Any, form: AttachForm | None = None) -> HttpResponse:
        """The page of the record's files, or only their panel for a script that asks."""
        template = "files/fragment.html" if PANEL in self.request.GET else "files/record.html"
        context = {
            "page_title": "ไฟล์แนบ",
            "page_lead": f"{subject._meta.verbose_name}: {subject}",
            "crumbs": [(str(subject), subject.get_absolute_url()), ("ไฟล์แนบ", "")],
            "subject": subject,
            "form": form,
            "has_errors": form is not None,
        }
        return render(self.request, template, context)


class RecordFiles(SubjectView):
    """The files of one record."""

    def get(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        return self.show(self.subject())


class Attach(SubjectView):
    """The door through which files come in: several from a form, one by one from a script."""

    def post(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        subject, today = self.subject(), timezone.localdate()
        self.require(self.kind.can_attach(self.user, subject))
        sent = {"data": request.POST, "files": request.FILES}
        form = AttachForm(**sent, user=self.user, today=today, kind=self.kind)
        names = self.attach(subject, form) if form.is_valid() else []
        if request.headers.get("Accept") == "application/json":
            return answer_script(form)
        if names:
            messages.success(request, f"แนบแล้ว {len(names)} ไฟล์: {', '.join(names)}")
        return self.show(subject, form) if form.errors else redirect(subject.get_absolute_url())

    def attach(self, subject: Any, form: AttachForm) -> list[str]:
        """Attach each file by itself; what is refused is told at the form. The names that came in."""
        names = []
        facts = {name: form.cleaned_data[name] for name in ("document", "description")}
        for file in form.cleaned_data["uploads"]:
            upload = services.Upload(file, file.name, file.content_type or "", **facts)
            try:
                made = services.attach(
                    actor=self.user, subject=subject, upload=upload, now=timezone.now()
                )
                names.append(made.file_name)
            except Refused as refused:
                form.add_error("uploads", f"{file.name}: {refused.message}")
        return names


def answer_script(form: AttachForm) -> JsonResponse:
    """What became of one file, for the script that sends files one by one."""
    said = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"errors": said}, status=422 if said else 200)


class FileView(KindView):
    """A page about one file in sight."""

    def file(self) -> Attachment:
        """The file of the address; 404 when its record is out of sight."""
        rows = self.kind.rows.select_related(
            "subject", "attached_by", "removed_by", "replaces", "replaced_by"
        )
        found: Attachment | None = rows.visible_to(self.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class FilePage(FileView):
    """One file: what it is, who attached it, how it looks, its versions."""

    def get(self, request: HttpRequest, kind: str, pk: Any) -> HttpResponse:
        file = self.file()
        subject = file.subject
        context = {
            "page_title": file.file_name,
            "page_lead": f"{subject._meta.verbose_name}: {subject}",
            "crumbs": [(str(subject), subject.get_absolute_url()), (file.file_name, "")],
            "file": file,
            "kind": self.kind,
            "versions": versions_of(file),
            "can_replace": self.kind.replacing(self.user, file),
            "can_remove": self.kind.can_remove(self.user, file),
            "can_restore": self.kind.can_attach(self.user, subject),
            "kept_days": KEPT_DAYS,
        }
        return render(request, "files/detail.html", context)


class Content(FileView):
    """The content of a file that is attached or was replaced; ``?inline=1`` shows it."""

    def get(self, request: HttpRequest, kind: str, pk: Any) -> HttpResponseBase:
        file = self.file()
        if file.state not in (FileState.PRESENT, FileState.REPLACED):
            raise Http404
        return content_of(file, inline=request.GET.get("inline") == "1")


class Preview(FileView):
    """The small picture of a file."""

    def get(self, request: HttpRequest, kind: str, pk: Any) -> HttpResponseBase:
        file = self.file()
        if file.state not in (FileState.PRESENT, FileState.REPLACED):
            raise Http404
        return preview_of(file)


class FileForm(FileView, FormPage):
    """A form about one file."""

    done_message: ClassVar[str] = ""

    def decide(self, file: Attachment) -> Decision:
        """Whether the person may."""
        raise NotImplementedError

    def perform(self, file: Attachment, form: Any) -> Attachment:
        """Call the one service."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            self.record = self.file()
            self.require(self.decide(self.record))
        return super().dispatch(request, *args, **kwargs)

    def get_context(self, form: Any) -> dict[str, Any]:
        subject, address = self.record.subject, self.record.get_absolute_url()
        crumbs = [(str(subject), subject.get_absolute_url()), (self.record.file_name, address)]
        return super().get_context(form) | {
            "page_lead": self.record.file_name,
            "crumbs": [*crumbs, (self.page_title, "")],
            "cancel_url": address,
            "file": self.record,
        }

    def act(self, form: Any) -> HttpResponse:
        made = self.perform(self.record, form)
        messages.success(self.request, self.done_message)
        return HttpResponseRedirect(made.get_absolute_url())


class Replace(FileForm):
    """Put a new version in the place of a file."""

    form_class = ReplaceForm
    page_title = "แทนที่ด้วยฉบับใหม่"
    submit_label = "แทนที่"
    done_message = "แทนที่ไฟล์แล้ว ฉบับเดิมยังเก็บไว้และเปิดดูได้"

    def decide(self, file: Attachment) -> Decision:
        return self.kind.replacing(self.user, file)

    def get_form_kwargs(self) -> dict[str, Any]:
        old = self.record
        initial = {"document": old.document, "description": old.description}
        return super().get_form_kwargs() | {"kind": self.kind, "initial": initial}

    def perform(self, file: Attachment, form: ReplaceForm) -> Attachment:
        (sent,) = form.cleaned_data["file"]
        facts = {name: form.cleaned_data[name] for name in ("document", "description")}
        upload = services.Upload(sent, sent.name, sent.content_type or "", **facts)
        return services.replace(actor=self.user, attachment=file, upload=upload, now=timezone.now())


class Remove(FileForm):
    """Take a file off its record."""

    form_class = RemoveForm
    page_title = "เอาไฟล์ออก"
    page_lead = ""
    submit_label = "เอาออก"
    done_message = f"เอาไฟล์ออกแล้ว นำกลับได้ภายใน {KEPT_DAYS} วันจากหน้านี้"

    def decide(self, file: Attachment) -> Decision:
        return self.kind.can_remove(self.user, file)

    def perform(self, file: Attachment, form: RemoveForm) -> Attachment:
        return services.remove(
            actor=self.user,
            attachment=file,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )


class Restore(FileView):
    """Put a removed file back."""

    def post(self, request: HttpRequest, kind: str, pk: Any) -> HttpResponse:
        file = self.file()
        self.require(self.kind.can_attach(self.user, file.subject))
        try:
            services.restore(actor=self.user, attachment=file)
            messages.success(request, "นำไฟล์กลับแล้ว")
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect(file.get_absolute_url())
