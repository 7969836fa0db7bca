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
from activities.views.mails import (
    MailForView,
    MailingPages,
    MailTemplatePages,
    mailing_new,
    mails_panel,
    preview,
    recipients_panel,
    unsubscribe,
)

__all__ = [
    "ActivityPages",
    "LogView",
    "MailForView",
    "MailTemplatePages",
    "MailingPages",
    "MeetingForView",
    "MeetingPages",
    "TaskForView",
    "TaskPages",
    "calendar",
    "feed",
    "feed_page",
    "mailing_new",
    "mails_panel",
    "meetings_panel",
    "move",
    "panel",
    "preview",
    "recipients_panel",
    "unsubscribe",
]
