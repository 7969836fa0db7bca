"""Who is told, and what happens to the approvals of somebody who leaves."""

from django.utils.translation import gettext_lazy as _

from approvals import services
from crm.events import audience, label, on
from users.models import User

label("approvalrequest.created", _("Submitted for approval"))
label("approvalrequest.passed_on", _("Approved on this level"))
label("approvalrequest.reassigned", _("Handed to somebody else"))


@audience(
    "approvalrequest.created",
    "approvalrequest.passed_on",
    "approvalrequest.reassigned",
    mail=True,
)
def present_approvers(event, request):
    return services.approvers(request)


@audience("approvalrequest.approved", "approvalrequest.returned", mail=True)
def submitter(event, request):
    return [request.submitted_by]


@on("user.deactivated")
def hand_over_levels(event, user):
    heir = event.data.get("successor") or {}
    successor = User.objects.filter(pk=heir.get("id")).first()
    services.hand_over_levels(user, successor=successor, by=None)
