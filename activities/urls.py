from django.urls import path

from activities import views

app_name = "activities"
record = "<slug:app_label>/<slug:model>/<int:pk>/"
urlpatterns = [
    path(f"log/{record}", views.LogView.as_view(), name="log"),
    path(f"task/{record}", views.TaskForView.as_view(), name="task_for"),
    path(f"done/{record}", views.DoneView.as_view(), name="done"),
    path(f"panel/{record}", views.panel, name="panel"),
    path(f"meeting/{record}", views.MeetingForView.as_view(), name="meeting_for"),
    path(f"meetings/about/{record}", views.meetings_panel, name="meetings_panel"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/feed/", views.feed_page, name="feed_page"),
    path(f"calendar/move/{record}", views.move, name="move"),
    path(f"mail/{record}", views.MailForView.as_view(), name="mail_for"),
    path(f"mails/about/{record}", views.mails_panel, name="mails_panel"),
    path("templates/<int:pk>/preview/", views.preview, name="preview"),
    path("mailings/new/<slug:app_label>/<slug:model>/", views.mailing_new, name="mailing_new"),
    path("mailings/<int:pk>/recipients/", views.recipients_panel, name="recipients_panel"),
    *views.MailingPages.urls("mailings/"),
    *views.MailTemplatePages.urls("templates/"),
    *views.MeetingPages.urls("meetings/"),
    *views.TaskPages.urls("tasks/"),
    *views.ActivityPages.urls(""),
]

# Short and without the app: for calendars of other makers, and for customers.
public_urlpatterns = [
    path("calendar/<str:token>.ics", views.feed, name="calendar_feed"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
