"""Every write to programmes, organisations, meetings and projects."""

from programs.services.meetings import (
    add_resolution,
    create_committee,
    create_meeting,
    record_meeting,
)
from programs.services.organisations import (
    certify_organisation,
    create_organisation,
    record_organisation,
    update_organisation,
)
from programs.services.programmes import (
    add_target,
    create_programme,
    create_source,
    set_frame,
    update_programme,
)
from programs.services.projects import (
    approve_project,
    cancel_project,
    close_project,
    create_project,
    endorse_project,
    next_project_code,
    record_changes,
    record_in_pm,
    record_project,
    send_back_project,
    start_project,
    submit_project,
    update_project,
)

__all__ = [
    "add_resolution",
    "add_target",
    "approve_project",
    "cancel_project",
    "certify_organisation",
    "close_project",
    "create_committee",
    "create_meeting",
    "create_organisation",
    "create_programme",
    "create_project",
    "create_source",
    "endorse_project",
    "next_project_code",
    "record_changes",
    "record_in_pm",
    "record_meeting",
    "record_organisation",
    "record_project",
    "send_back_project",
    "set_frame",
    "start_project",
    "submit_project",
    "update_organisation",
    "update_programme",
    "update_project",
]
