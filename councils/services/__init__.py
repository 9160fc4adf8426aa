"""Every write to councils, their members and terms."""

from councils.services.councils import (
    certify_council,
    change_councils,
    create_councils,
    register_council,
    reinstate_council,
    restore_councils,
    update_council,
    withdraw_council,
    withdraw_registered,
)
from councils.services.members import (
    add_member,
    change_members,
    create_members,
    end_member,
    remove_members,
    restore_members,
    update_member,
)
from councils.services.terms import (
    change_terms,
    create_terms,
    open_term,
    renew_term,
    restore_terms,
    withdraw_term,
    withdraw_terms,
)

__all__ = [
    "add_member",
    "certify_council",
    "change_councils",
    "change_members",
    "change_terms",
    "create_councils",
    "create_members",
    "create_terms",
    "end_member",
    "open_term",
    "register_council",
    "reinstate_council",
    "remove_members",
    "renew_term",
    "restore_councils",
    "restore_members",
    "restore_terms",
    "update_council",
    "update_member",
    "withdraw_council",
    "withdraw_registered",
    "withdraw_term",
    "withdraw_terms",
]
