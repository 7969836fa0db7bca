"""Words for what happens to people."""

from django.utils.translation import gettext_lazy as _

from crm.events import label

label("user.password_set", _("Password set by an administrator"))
label("user.password_changed", _("Password changed"))
label("user.invited", _("Invited"))
label("user.invitation_withdrawn", _("Invitation withdrawn"))
label("user.deactivated", _("Deactivated"))
label("user.activated", _("Activated"))
label("user.key_created", _("API key created"))
label("user.key_revoked", _("API key revoked"))
