"""Every write of performance, and the figure of a person."""

from performance.services.reviews import (
    REVIEW_VERBS,
    acknowledge_review,
    actual,
    assess_review,
    freeze_scorecard,
    share_review,
)
from performance.services.targets import (
    TARGET_VERBS,
    close_target,
    create_target,
    edit_target,
    publish_target,
)

__all__ = [
    "REVIEW_VERBS",
    "TARGET_VERBS",
    "acknowledge_review",
    "actual",
    "assess_review",
    "close_target",
    "create_target",
    "edit_target",
    "freeze_scorecard",
    "publish_target",
    "share_review",
]
