"""The guide through the first day of an empty company: steps that are done when the data say so."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from crm.company import edit_company
from crm.lifecycle import require
from crm.models import Company

RIGHT = "crm.change_company"  # who sets the company up
SESSION = "guide"  # the step somebody is at, for the way back

_steps: dict = {}


@dataclass(frozen=True)
class Step:
    """hint: what it is good for. act: the words of its button, which leads to `route` with
    `query`. needs: permissions all of which are needed for it. also: (label, route, needs) of
    another way to do it. rows: `(user) -> queryset`; the step is done when it has any.
    begins_work: without such data nobody has anything to do.
    """

    name: str
    label: Any
    hint: Any
    act: Any
    route: str
    needs: tuple
    rows: Any
    position: int
    query: tuple = ()
    also: tuple = ()
    begins_work: bool = False

    def ways(self, user):
        """[(label, address)] of how `user` may do it."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        ways = [(self.act, f"{reverse(self.route)}{query}", self.needs)]
        if self.also:
            label, route, needs = self.also
            ways.append((label, reverse(route), needs))
        return [(label, url) for label, url, needs in ways if user.has_perms(needs)]


def add(name, label, **options):
    """Let the guide have a step; see Step."""
    _steps[name] = Step(name, label, **options)


def progress(user):
    """Every step with its state, in one query: [{step, done, ways [(label, address)]}]."""
    steps = sorted(_steps.values(), key=lambda step: step.position)
    known = {f"step_{step.name}": Exists(step.rows(user)) for step in steps}
    found = user._meta.model.objects.filter(pk=user.pk).values(**known).get()
    return [
        {"step": step, "done": found[f"step_{step.name}"], "ways": step.ways(user)}
        for step in steps
    ]


def guide_for(request):
    """The context of crm/_guide.html on My day: None where it is not wanted or not needed.

    Whoever comes back from the last step sees once that everything is done.
    """
    user, came_from = request.user, request.session.pop(SESSION, "")
    if not user.has_perm(RIGHT):
        return None
    shows = Company.current().shows_guide
    if not shows and not came_from:
        return None
    found = context(user, shows)
    return found if came_from or found["done"] < len(found["steps"]) else None


def context(user, shows):
    """{steps, done (their number), next (the first that is open, or None), shows (whether My day
    shows it)}."""
    steps = progress(user)
    return {
        "steps": steps,
        "done": sum(row["done"] for row in steps),
        "next": next((row for row in steps if not row["done"] and row["ways"]), None),
        "shows": shows,
    }


def beginnings(user):
    """[(label, address)] of what this person can do in a company in which there is nothing to work
    on yet; None in any other."""
    begin = [row for row in progress(user) if row["step"].begins_work]
    if any(row["done"] for row in begin):
        return None
    return [way for row in begin for way in row["ways"]]


# --- Pages --------------------------------------------------------------------------------------


def page(request):
    """The guide on a page of its own, also when it was put away."""
    require(request.user, RIGHT)
    request.session.pop(SESSION, "")
    shows = Company.current().shows_guide
    return render(request, "crm/guide.html", {"guide": context(request.user, shows)})


def step(request, name, way=0):
    """Go to the page of a step, in the first or second way to do it, and remember the way back."""
    require(request.user, RIGHT)
    ways = _steps[name].ways(request.user) if name in _steps else []
    if way >= len(ways):
        raise Http404
    request.session[SESSION] = name
    return HttpResponseRedirect(ways[way][1])


@require_POST
def put_away(request):
    """Show the guide on My day no more, or again."""
    shows = request.POST.get("show") == "1"
    edit_company(by=request.user, shows_guide=shows)
    return HttpResponseRedirect(reverse("home"))


def way_back(request):
    """The step whose page this may be, for the bar that leads back; None for everybody else."""
    return _steps.get(request.session.get(SESSION, ""))


add(
    "company",
    _("Your company"),
    position=10,
    hint=_("Name, currency and language: they stand in mails, prices and reports."),
    act=_("Enter the company"),
    route="crm:company",
    needs=(RIGHT,),
    rows=lambda user: Company.objects.named(),
)
