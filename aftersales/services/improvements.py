"""Improvements: what is changed because of what customers said."""

from django.db import transaction

from aftersales.models import Improvement
from crm import lifecycle
from crm.verbs import Verbs


@transaction.atomic
def create_improvement(*, by, **fields):
    """Propose an improvement; it stays on the journey of its case."""
    improvement = Improvement(**fields)
    if improvement.case_id:
        improvement.journey = improvement.case.journey
    improvement.owner = improvement.owner or by
    return lifecycle.create(improvement, by=by)


@transaction.atomic
def edit_improvement(improvement, *, by, version=None, **changes):
    """Edit an improvement; another case moves it to that case's journey."""
    if changes.get("case"):
        changes["journey"] = changes["case"].journey
    return lifecycle.edit(improvement, by=by, version=version, **changes)


def propose_improvement(case, *, by, **fields):
    return create_improvement(by=by, case=case, **fields)


IMPROVEMENT_VERBS = Verbs(Improvement)
