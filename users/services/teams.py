"""Teams and who is above whom."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext_lazy as _

from crm import lifecycle
from crm.locks import lock
from users.models import Team


def _lock_tree():
    """Lock all teams: moves in different parts of the tree could close a circle together."""
    return {team.pk: team for team in lock(Team.objects.all())}


@transaction.atomic
def create_team(*, by, name, parent=None, manager=None, external_key=None):
    _lock_tree()
    team = Team(name=name, parent=parent, manager=manager, external_key=external_key)
    lifecycle.create(team, by=by)
    above = Team.objects.get(pk=parent.pk).path if parent else "/"
    team.path = f"{above}{team.pk}/"
    team.save(update_fields=["path"])
    return team


@transaction.atomic
def edit_team(team, *, by, version=None, **changes):
    """Change a team; a new parent moves it with everything below.

    Locks all teams. Raises ValidationError when the new parent lies below the team itself.
    """
    tree = _lock_tree()
    team = lifecycle.edit(team, by=by, version=version, **changes)
    above = tree[team.parent_id].path if team.parent_id else "/"
    if above.startswith(tree[team.pk].path):
        raise ValidationError(
            {"parent": _("%(team)s cannot lie below itself.") % {"team": team.name}}
        )
    old, new = tree[team.pk].path, f"{above}{team.pk}/"
    if new != old:
        moved = Team.objects.filter(path__startswith=old)
        moved.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
        team.path = new
    return team
