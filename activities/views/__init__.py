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
from activities.views.mails import MailForView, MailTemplatePages, mails_panel, preview

__all__ = [
    "ActivityPages",
    "MailForView",
    "MailTemplatePages",
    "LogView",
    "MeetingForView",
    "MeetingPages",
    "TaskForView",
    "TaskPages",
    "calendar",
    "feed",
    "feed_page",
    "mails_panel",
    "meetings_panel",
    "move",
    "panel",
    "preview",
]
