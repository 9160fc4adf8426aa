"""Notices: what happened to a record that somebody waits for, in the page and by mail.

A room declares its kinds in ``notices.py`` beside its ``services.py``, and its services tell people
inside the transaction of the act::

    SENT_BACK = declare(
        NoticeKind("project-sent-back", "โครงการถูกส่งกลับ", "programs.Project", "finance:project")
    )

    def sent_back(project: Project, *, actor: User) -> None:
        tell(SENT_BACK, about=project, to=[project.created_by], title=…, key=…, actor=actor)
"""

from codi.notices.declared import AT_ONCE, DAILY, NEVER, NoticeKind, declare, every_morning

__all__ = ["AT_ONCE", "DAILY", "NEVER", "NoticeKind", "declare", "every_morning"]
