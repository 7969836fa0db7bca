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


def propose_improvement(case, *, by, **fields):
    return create_improvement(by=by, case=case, **fields)


IMPROVEMENT_VERBS = Verbs(Improvement)
