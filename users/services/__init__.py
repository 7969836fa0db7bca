"""Writes about people: teams, colleagues, roles, absences and API keys."""

from users.services.access import (
    DELEGATION_VERBS,
    create_api_key,
    create_delegation,
    edit_delegation,
    revoke_api_key,
    revoke_delegation,
)
from users.services.colleagues import (
    USER_VERBS,
    activate_user,
    add_colleague,
    count_open,
    create_user,
    deactivate_user,
    edit_profile,
    edit_user,
    invitation,
    invite_user,
    send_invitation,
    set_password,
)
from users.services.roles import (
    create_role,
    edit_role,
    sync_roles,
)
from users.services.teams import (
    create_team,
    edit_team,
)

__all__ = [
    "DELEGATION_VERBS",
    "USER_VERBS",
    "activate_user",
    "add_colleague",
    "count_open",
    "create_api_key",
    "create_delegation",
    "create_role",
    "create_team",
    "create_user",
    "deactivate_user",
    "edit_delegation",
    "edit_profile",
    "edit_role",
    "edit_team",
    "edit_user",
    "invitation",
    "invite_user",
    "revoke_api_key",
    "revoke_delegation",
    "send_invitation",
    "set_password",
    "sync_roles",
]
