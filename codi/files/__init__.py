"""Files that hang on records: judged by content, kept outside the web root, shown after a rights check.

A room gives each kind of record a table of its own with a real foreign key, in its ``models``::

    @tracked(part_of="subject")
    class ProjectFile(Attachment):
        subject = models.ForeignKey(Project, models.PROTECT, related_name="files", verbose_name="โครงการ")

        class Meta(Attachment.Meta):
            verbose_name = "ไฟล์แนบของโครงการ"

says in ``attachments.py`` who may do what::

    register_kind(AttachmentKind("project", ProjectFile, documents=(…), can_attach=…, can_remove=…))

and shows the panel on the record's page: ``{% load files %}{% files_panel project %}``.
"""

from codi.files.declared import KINDS, AttachmentKind, kind_of, register_kind

__all__ = ["KINDS", "AttachmentKind", "kind_of", "register_kind"]
