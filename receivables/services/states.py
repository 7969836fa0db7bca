"""The state of a receivable follows its figures."""

from crm import lifecycle
from crm.locks import lock_one
from receivables.models import Receivable

State = Receivable.State
VERBS = {
    State.OPEN: "reopen",
    State.PART_PAID: "pay_partly",
    State.PAID: "pay",
    State.WRITTEN_OFF: "write_off",
}


def settle_state(receivable, *, by):
    """Move a receivable to the state its figures call for; return the fresh copy.

    A dispute ends by its own verb, or when nothing is left to dispute about.
    """
    target = receivable.settled_state()
    disputed = receivable.state == State.DISPUTED
    if target == receivable.state or (disputed and target in (State.OPEN, State.PART_PAID)):
        return receivable
    return lifecycle.advance(receivable, VERBS[target], by=by)


def write_figures(locked, *, by, **figures):
    """Set figures of a locked row; return it read anew, for the database computes what is left."""
    return lock_one(lifecycle.write(locked, by=by, **figures))


def change_figures(locked, *, by, **figures):
    """Set `allocated` or `written_off` of a locked receivable, and the state that follows."""
    return settle_state(write_figures(locked, by=by, **figures), by=by)
