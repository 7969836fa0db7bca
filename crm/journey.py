"""The journey: every document of one chain, stage by stage, as far as a person may see it."""

from django.apps import apps

from crm.lifecycle import state_label
from crm.models import JourneyModel, StatefulModel


def stages():
    """Models on the chain in the order of the process."""
    models = [m for m in apps.get_models() if getattr(m, "journey_stage", 0)]
    return sorted(models, key=lambda model: model.journey_stage)


def journey(uuid, user, *, most=12):
    """[{model, label, items: [{object, label, url, state_label, badge}]}] for the strip."""
    found = []
    for model in stages():
        rows = model.objects.on_journey(uuid).visible_to(user).order_by("pk")[:most]
        items = [
            {
                "object": row,
                "label": str(row),
                "url": row.get_absolute_url(),
                "state_label": state_label(row) if isinstance(row, StatefulModel) else "",
                "badge": row.badge if isinstance(row, StatefulModel) else "grey",
            }
            for row in rows
        ]
        found.append({"model": model, "label": model._meta.verbose_name, "items": items})
    return found


def has_journey(obj):
    return isinstance(obj, JourneyModel)
