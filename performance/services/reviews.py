"""Scorecards, frozen from the documents of a period, and the talk about them."""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm import lifecycle
from crm.lifecycle import advance
from crm.locks import lock_one
from crm.verbs import Verbs
from performance.models import Metric, Review, Scorecard, ScorecardLine, Target, attainment
from performance.querysets import FIGURES, narrowed
from performance.services.targets import require_superior


def actual(metric, people, starts_on, ends_on):
    """What `people` have reached in a period, both days included, from the documents.

    Money in the company's currency; a mean for satisfaction, None without any score.
    """
    figure = FIGURES[metric]
    pks = [person.pk for person in people]
    rows = figure.rows().filter(who__in=pks)
    return figure.total(narrowed(rows, starts_on=starts_on, ends_on=ends_on))


@transaction.atomic
def freeze_scorecard(*, person, starts_on, ends_on, by):
    """Keep a person's figures of a period as they stand now, and start the review of them.

    A second call gives the same card. A target counts when its period is the card's. Locks the
    person.
    """
    lifecycle.require(by, "performance.freeze_scorecard")
    require_superior(by, person)
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The period ends before it starts.")})
    get_user_model().objects.select_for_update(of=("self",)).get(pk=person.pk)
    period = {"person": person, "starts_on": starts_on, "ends_on": ends_on}
    if card := Scorecard.objects.filter(**period).first():
        return card
    card = lifecycle.create(Scorecard(**period), by=by, check=False)
    targets = dict(Target.objects.published().filter(**period).values_list("metric", "value"))
    lines = []
    for metric in Metric.values:
        reached = actual(metric, [person], starts_on, ends_on)
        target = targets.get(metric)
        share = attainment(reached, target)
        lines.append(
            ScorecardLine(
                scorecard=card, metric=metric, target=target, actual=reached, attainment=share
            )
        )
    ScorecardLine.objects.bulk_create(lines)
    lifecycle.create(Review(scorecard=card, person=person), by=by, check=False)
    return card


def _require_person(user, review):
    if user is not None and user.pk != review.person_id:
        raise PermissionDenied(_("Only %(person)s can do this.") % {"person": review.person})


@transaction.atomic
def assess_review(review, *, by, self_assessment):
    """Hand in the self-assessment; nobody writes it for somebody else."""
    _require_person(by, review)
    return advance(review, "assess", by=by, self_assessment=self_assessment)


@transaction.atomic
def share_review(review, *, by, feedback, rating, agreed=""):
    """Give the feedback of a superior back to the person."""
    review = lock_one(review)
    require_superior(by, review.person)
    return advance(
        review, "share", by=by, feedback=feedback, agreed=agreed, rating=rating, reviewer=by
    )


@transaction.atomic
def acknowledge_review(review, *, by):
    """The person has read and talked over what was shared."""
    _require_person(by, review)
    return advance(review, "acknowledge", by=by)


REVIEW_VERBS = Verbs(
    Review, assess=assess_review, share=share_review, acknowledge=acknowledge_review
)
