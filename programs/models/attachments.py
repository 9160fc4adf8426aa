"""The files of projects, meetings and organisations: a table each, with a real key to the record."""

from __future__ import annotations

from django.db import models

from codi.files.models import Attachment
from codi.history import tracked
from programs.models.meetings import Meeting
from programs.models.organisations import Organisation
from programs.models.projects import Project


@tracked(part_of="subject")
class ProjectFile(Attachment):
    """ไฟล์แนบของโครงการ."""

    subject = models.ForeignKey(
        Project, models.PROTECT, related_name="files", verbose_name="โครงการ"
    )

    class Meta(Attachment.Meta):
        verbose_name = "ไฟล์แนบของโครงการ"


@tracked(part_of="subject")
class MeetingFile(Attachment):
    """ไฟล์แนบของการประชุม."""

    subject = models.ForeignKey(
        Meeting, models.PROTECT, related_name="files", verbose_name="การประชุม"
    )

    class Meta(Attachment.Meta):
        verbose_name = "ไฟล์แนบของการประชุม"


@tracked(part_of="subject")
class OrganisationFile(Attachment):
    """ไฟล์แนบขององค์กร."""

    subject = models.ForeignKey(
        Organisation, models.PROTECT, related_name="files", verbose_name="องค์กร"
    )

    class Meta(Attachment.Meta):
        verbose_name = "ไฟล์แนบขององค์กร"
