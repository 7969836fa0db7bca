from django.utils.translation import gettext_lazy as _

from accounts.handlers import contacted_at
from activities.kinds import Person, register_mail
from activities.models import Activity
from crm import events
from leads import services
from leads.models import Lead

events.label("lead.claimed", _("Claimed from the pool"))
events.label("lead.assigned", _("Assigned"))
events.label("lead.released", _("Put into the pool"))
events.label("lead.release_warned", _("About to fall into the pool: no follow-up"))


@events.on("activity.logged")
def remember_contact(event, obj):
    """A call or visit is a follow-up; a note to oneself is none."""
    if isinstance(obj, Lead) and event.data.get("kind") != "note":
        lived = "origin" not in event.data  # what a file tells of was done elsewhere
        services.record_contact(obj, at=contacted_at(event), starts_work=lived)


@events.on("activity.removed")
def forget_contact(event, activity):
    if isinstance(activity.target, Lead):
        latest = Activity.objects.about(activity.target).latest_contact()
        services.forget_contact(activity.target, at=activity.happened_at, latest=latest)


@events.on("lead.edited")
def start_anew(event, lead):
    """Whoever takes over from a colleague who left gets the full time, too."""
    if "owner" in event.data["changes"]:
        services.take_over(lead, at=event.at)


@events.audience("lead.assigned", mail=True)
def new_owner(event, lead):
    return [lead.owner]


@events.audience("lead.release_warned")
def warned_owner(event, lead):
    return [lead.owner]


@events.audience("lead.released", unseen=True)
def former_owner(event, lead):
    return [lead.last_owner]


@events.audience("lead.working")
def owner_of_resumed(event, lead):
    return [lead.owner] if event.data.get("verb") == "resume" else []


def people_of_lead(lead):
    """The person, once somebody has the lead: in the pool the address is hidden."""
    return [Person(lead.name, lead.email, lead)] if lead.owner_id else []


register_mail(
    Lead,
    people=people_of_lead,
    placeholders={
        "lead.name": (_("lead: name"), lambda lead: lead.name),
        "lead.title": (_("lead: job title"), lambda lead: lead.title),
        "lead.company": (_("lead: company"), lambda lead: lead.company),
    },
    is_person=True,
)
