from activities.views.calendar import calendar, feed, feed_page, move
from activities.views.followups import (
    ActivityPages,
    LogView,
    MeetingForView,
    MeetingPages,
    TaskForView,
    TaskPages,
    meetings_panel,
    panel,
)

__all__ = [
    "ActivityPages",
    "LogView",
    "MeetingForView",
    "MeetingPages",
    "TaskForView",
    "TaskPages",
    "calendar",
    "feed",
    "feed_page",
    "meetings_panel",
    "move",
    "panel",
]
