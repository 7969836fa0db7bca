"""Every address of Closeloop. The one module that names all apps."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from activities.urls import public_urlpatterns
from crm import (
    company,
    files,
    guide,
    logo,
    menu,
    notification_pages,
    shell,
    timeline,
    work_views,
)
from crm.api.day import MyDayView
from crm.api.imports import ImportViewSet
from crm.api.personal import BulkVerbView, personal
from crm.custom.pages import CustomFieldPages
from crm.imports import views as import_views
from crm.runs import JobRunPages, JobRunViewSet
from crm.search.views import SearchView, search_page
from users.urls import own_urlpatterns

router = SimpleRouter()
for app in settings.LINE[1:]:
    if find_spec(f"{app}.api"):
        for prefix, viewset in import_module(f"{app}.api").ROUTES.items():
            router.register(prefix, viewset, basename=prefix)

personal.register("imports", ImportViewSet, basename="imports")
router.register("job-runs", JobRunViewSet, basename="job-runs")
api = [
    path("search/", SearchView.as_view(), name="search"),
    path("my-day/", MyDayView.as_view(), name="my-day"),
    path("bulk/", BulkVerbView.as_view(), name="bulk"),
    *personal.urls,
    *router.urls,
]

menu.add("settings", 5, _("Company"), "crm:company", guide.RIGHT)
menu.add("settings", 6, _("Set-up guide"), "crm:guide", guide.RIGHT)
menu.add("settings", 80, _("Imports"), "crm:imports", "crm.import_records")
menu.add("settings", 90, _("Scheduled jobs"), "crm:jobs", "crm.view_jobrun")
menu.add("settings", 95, _("Administration"), "admin:index", "users.change_role")

record = "about/<slug:app_label>/<slug:model>/<int:pk>/"
frame = [
    *CustomFieldPages.urls("settings/fields/"),
    path("day/", shell.day_anew, name="day"),
    path("day/<slug:name>/", shell.day_card, name="day_card"),
    path("settings/", shell.settings_index, name="settings"),
    path("settings/company/", company.page, name="company"),
    path("logo/<slug:digest>.png", logo.logo, name="logo"),
    path("settings/guide/", guide.page, name="guide"),
    path("settings/guide/put-away/", guide.put_away, name="guide_put_away"),
    path("settings/guide/<slug:name>/", guide.step, name="guide_step"),
    path("settings/guide/<slug:name>/<int:way>/", guide.step, name="guide_step"),
    path("settings/jobs/", shell.jobs, name="jobs"),
    *JobRunPages.urls("settings/jobs/runs/"),
    path("work/", work_views.work_list, name="works"),
    path("work/<int:pk>/", work_views.work, name="work"),
    path("work/<int:pk>/stop/", work_views.stop, name="work_stop"),
    path("work/<int:pk>/file/", work_views.file, name="work_file"),
    path("files/<int:pk>/", files.attachment, name="attachment"),
    path("files/<int:pk>/remove/", timeline.attachment_remove, name="attachment_remove"),
    path("comments/<int:pk>/edit/", timeline.comment_edit, name="comment_edit"),
    path("comments/<int:pk>/remove/", timeline.comment_remove, name="comment_remove"),
    path("notifications/<int:pk>/", notification_pages.notification, name="notification"),
    path("notifications/read/", notification_pages.notifications_read, name="notifications_read"),
    path("notifications/news/", notification_pages.news, name="news"),
    path("notifications/choices/", notification_pages.choices, name="notification_choices"),
    path("imports/", import_views.import_list, name="imports"),
    path("imports/new/", import_views.import_new, name="import_new"),
    path("imports/template/<str:kind>/", import_views.import_template, name="import_template"),
    path("imports/<int:pk>/", import_views.import_page, name="import"),
    path("imports/<int:pk>/map/", import_views.import_map, name="import_map"),
    path("imports/<int:pk>/run/", import_views.import_run, name="import_run"),
    path("imports/<int:pk>/undo/", import_views.import_undo, name="import_undo"),
    path("imports/<int:pk>/refused/", import_views.import_refused, name="import_refused"),
    path("options/<slug:app_label>/<slug:model>/", shell.options, name="options"),
    path(f"{record}timeline/", timeline.timeline, name="timeline"),
    path(f"{record}history/", timeline.history, name="history"),
    path(f"{record}comment/", timeline.comment, name="comment"),
    path(f"{record}people/", timeline.people, name="people"),
    path(f"{record}attach/", timeline.attach, name="attach"),
    path(f"{record}journey/", shell.journey, name="journey"),
]

urlpatterns = [
    path("", shell.home, name="home"),
    path("healthz", shell.healthz, name="healthz"),
    path("search/", search_page, name="search"),
    path("preferences/", shell.preferences, name="preferences"),
    path("notifications/", notification_pages.notifications, name="notifications"),
    path("login/", auth_views.LoginView.as_view(template_name="crm/login.html"), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    *own_urlpatterns,
    *public_urlpatterns,
    path("", include((frame, "crm"))),
    *(path(f"{app}/", include(f"{app}.urls")) for app in settings.LINE if app != "crm"),
    path("api/v1/", include((api, "api"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        login_required(SpectacularSwaggerSplitView.as_view(url_name="schema")),
        name="docs",
    ),
    path("admin/", admin.site.urls),
]
