"""Telling people, and what they do with what they were told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.utils import timezone

from codi.accounts.models import User
from codi.notices import outbox
from codi.notices.declared import AT_ONCE, NEVER, NoticeKind, kinds_for
from codi.notices.models import MOST_TITLE_LETTERS, Notice, NoticeSetting
from codi.thai.normalise import clean
from codi.writing import service


@dataclass(frozen=True)
class News:
    """One record, what is told of it, and to whom; ``key`` keeps it from being told twice."""

    about: models.Model
    title: str
    key: str
    to: Iterable[User | None]


def tell(
    kind: NoticeKind,
    *,
    about: models.Model,
    title: str,
    key: str,
    to: Iterable[User | None],
    actor: User | None = None,
) -> None:
    """Tell people what happened to a record, in the transaction of the act. See :func:`tell_all`.

    Nobody is told of what they did themselves (``actor``). The title goes into mails: no names of
    persons, no amounts.
    """
    tell_all(kind, [News(about, title, key, [person for person in to if person != actor])])


@service
def tell_all(kind: NoticeKind, news: Iterable[News]) -> None:
    """Store notices of one kind, each once per person and key; mails leave after the commit.

    Asks three times however many notices there are. People who are disabled are left out; who may
    see the record is asked when the notice is read and when its mail is written.
    """
    now = timezone.now()
    told = [(item, person) for item in news for person in item.to if person and person.is_active]
    chosen = _chosen(kind, {person.pk for _item, person in told})
    made = [
        Notice(
            recipient=person,
            kind=kind.key,
            subject_id=item.about.pk,
            title=clean(item.title)[:MOST_TITLE_LETTERS],
            key=item.key,
            created_at=now,
            mail_mode=_mode(person, chosen.get(person.pk, kind.mail)),
        )
        for item, person in told
    ]
    if not made:
        return
    Notice.objects.bulk_create(made, ignore_conflicts=True, batch_size=1000)
    if any(notice.mail_mode == AT_ONCE for notice in made):
        transaction.on_commit(outbox.ask_for_posting, robust=True)


def _chosen(kind: NoticeKind, people: set[int]) -> dict[int, str]:
    """What people chose for a kind, by their keys."""
    if not people:
        return {}
    found = NoticeSetting.objects.filter(kind=kind.key, user_id__in=people)
    return dict(found.values_list("user_id", "frequency"))


def _mode(person: User, frequency: str) -> str:
    return frequency if person.email and frequency != NEVER else ""


@service
def mark_read(*, actor: User, notice: Notice) -> None:
    """The person opened their notice; the first time counts."""
    Notice.objects.filter(pk=notice.pk, recipient=actor).unread().update(read_at=timezone.now())


@service
def mark_all_read(*, actor: User, up_to: int) -> int:
    """Mark as read what the person had before them: notices up to the key ``up_to``.

    What arrived since the page was shown stays unread. Returns how many were marked.
    """
    shown = Notice.objects.visible_to(actor).unread().filter(pk__lte=up_to)
    keys = list(shown.values_list("pk", flat=True))
    return Notice.objects.filter(pk__in=keys).unread().update(read_at=timezone.now())


@service
def choose(*, actor: User, frequencies: Mapping[str, str]) -> None:
    """Store how often the person wants each kind by mail; kinds of other roles are left alone."""
    mine = {kind.key for kind in kinds_for(actor.role)}
    NoticeSetting.objects.bulk_create(
        [
            NoticeSetting(user=actor, kind=key, frequency=frequency)
            for key, frequency in frequencies.items()
            if key in mine
        ],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["frequency"],
    )
