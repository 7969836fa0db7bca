from django.contrib import admin

from crm.admin import CrmAdmin, ReadOnlyAdmin
from users.models import ApiKey, Delegation, Role, Team, User

# People, teams and roles have pages of their own, with rules this site does not know.
admin.site.register([User, Team, Role, ApiKey], ReadOnlyAdmin)


@admin.register(Delegation)
class DelegationAdmin(CrmAdmin):
    list_display = ["user", "substitute", "starts_on", "ends_on"]
