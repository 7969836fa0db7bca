from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from crm.errors import WrongMoment
from performance import services
from performance.models import Review, Scorecard, Target
from tests.factories.performance import DealFactory, TargetFactory

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
MARCH = {"starts_on": FIRST, "ends_on": LAST}


def target(by, person, **fields):
    return services.create_target(by=by, person=person, metric="won", value=100, **MARCH, **fields)


def test_only_a_superior_sets_targets_and_nobody_sets_their_own(
    manager, rep, teammate, outsider, administrator
):
    assert target(manager, rep).person == rep
    assert target(administrator, outsider).person == outsider
    for by, person in ((manager, outsider), (manager, manager), (rep, teammate), (rep, rep)):
        with pytest.raises(PermissionDenied):
            target(by, person)


def test_a_person_sees_a_target_when_it_is_published(manager, rep, teammate, finance):
    made = target(manager, rep)
    assert made not in Target.objects.visible_to(rep)
    services.publish_target(made, by=manager)
    assert made in Target.objects.visible_to(rep)
    assert made not in Target.objects.visible_to(teammate)
    assert made not in Target.objects.visible_to(finance)
    with pytest.raises(PermissionDenied):
        services.close_target(made, by=rep)
    assert services.close_target(made, by=manager).state == "closed"


def test_the_same_target_is_not_set_twice(manager, rep):
    target(manager, rep)
    with pytest.raises(ValidationError, match="already has this target"):
        target(manager, rep)


def test_a_scorecard_freezes_target_actual_and_attainment(manager, rep):
    TargetFactory(person=rep, **MARCH)
    DealFactory(owner=rep, won_on=FIRST, amount=500)
    card = services.freeze_scorecard(person=rep, by=manager, **MARCH)
    lines = {line.metric: line for line in card.lines.all()}
    won = lines["won"]
    assert (won.target, won.actual, won.attainment) == (Decimal(2000), Decimal(500), Decimal(25))
    assert (lines["ordered"].target, lines["ordered"].attainment) == (None, None)
    assert lines["satisfaction"].actual is None
    assert len(lines) == 5
    assert Review.objects.get(scorecard=card).state == "self_assessment"


def test_freezing_again_gives_the_same_card_with_the_same_figures(manager, rep):
    first = services.freeze_scorecard(person=rep, by=manager, **MARCH)
    DealFactory(owner=rep, won_on=FIRST)
    again = services.freeze_scorecard(person=rep, by=manager, **MARCH)
    assert again == first
    assert again.lines.get(metric="won").actual == 0
    assert (Scorecard.objects.count(), Review.objects.count()) == (1, 1)


def test_nobody_freezes_the_card_of_somebody_who_is_not_below_them(manager, rep, outsider, finance):
    for by, person in ((manager, outsider), (manager, manager), (rep, rep), (finance, rep)):
        with pytest.raises(PermissionDenied):
            services.freeze_scorecard(person=person, by=by, **MARCH)


@pytest.fixture
def review(manager, rep):
    services.freeze_scorecard(person=rep, by=manager, **MARCH)
    return Review.objects.get()


def test_a_review_goes_from_the_person_to_the_manager_and_back(
    review, manager, rep, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        review = services.assess_review(review, by=rep, self_assessment="A slow month")
    assert [message.to for message in mail.outbox] == [[manager.email]]
    review = services.share_review(review, by=manager, feedback="Agreed", rating=3)
    assert (review.state, review.reviewer, review.rating) == ("shared", manager, 3)
    assert services.acknowledge_review(review, by=rep).state == "acknowledged"


def test_others_are_refused_with_the_name_of_whose_turn_it_is(
    review, manager, rep, teammate, administrator
):
    for other in (manager, teammate, administrator):
        with pytest.raises(PermissionDenied, match="Only rep"):
            services.assess_review(review, by=other, self_assessment="x")
    review = services.assess_review(review, by=rep, self_assessment="A slow month")
    for other in (rep, teammate):
        with pytest.raises(PermissionDenied, match="superior of rep"):
            services.share_review(review, by=other, feedback="x", rating=5)
    review = services.share_review(review, by=manager, feedback="Agreed", rating=3)
    for other in (manager, administrator):
        with pytest.raises(PermissionDenied, match="Only rep"):
            services.acknowledge_review(review, by=other)


def test_a_review_is_not_shared_before_the_self_assessment(review, manager):
    with pytest.raises(WrongMoment):
        services.share_review(review, by=manager, feedback="x", rating=5)


def test_a_review_is_between_the_person_and_those_above(review, rep, teammate, manager, finance):
    assert review in Review.objects.visible_to(rep)
    assert review in Review.objects.visible_to(manager)
    assert review not in Review.objects.visible_to(teammate)
    assert review not in Review.objects.visible_to(finance)
