"""Whom a target or a review is news for."""

from crm.events import audience


@audience("target.published")
def person_of_target(event, target):
    return [target.person]


@audience("review.created", "review.shared", mail=True)
def person_of_review(event, review):
    return [review.person]


@audience("review.manager_review", mail=True)
def superior_of_person(event, review):
    return [review.person.superior, review.scorecard.created_by]


@audience("review.acknowledged")
def reviewer_of_review(event, review):
    return [review.reviewer]
