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

from crm import menu, shell, work_views
from crm.custom.pages import CustomFieldPages
from crm.imports import views as import_views
from users.urls import own_urlpatterns

router = SimpleRouter()
for app in settings.LINE[1:]:
    if find_spec(f"{app}.api"):
        for prefix, viewset in import_module(f"{app}.api").ROUTES.items():
            router.register(prefix, viewset, basename=prefix)

menu.add("settings", 80, _("Imports"), "crm:imports", "crm.import_records")
menu.add("settings", 90, _("Scheduled jobs"), "crm:jobs", "crm.view_jobrun")
menu.add("settings", 95, _("Administration"), "admin:index", "users.change_role")

frame = [
    *CustomFieldPages.urls("settings/fields/"),
    path("settings/", shell.settings_index, name="settings"),
    path("settings/jobs/", shell.jobs, name="jobs"),
    path("notifications/<int:pk>/", shell.notification, name="notification"),
    path("notifications/read/", shell.notifications_read, name="notifications_read"),
    path("work/", work_views.work_list, name="works"),
    path("work/<int:pk>/", work_views.work, name="work"),
    path("work/<int:pk>/stop/", work_views.stop, name="work_stop"),
    path("work/<int:pk>/file/", work_views.file, name="work_file"),
    path("imports/", import_views.import_list, name="imports"),
    path("imports/new/", import_views.import_new, name="import_new"),
    path("imports/<int:pk>/", import_views.import_page, name="import"),
    path("imports/<int:pk>/map/", import_views.import_map, name="import_map"),
    path("imports/<int:pk>/run/", import_views.import_run, name="import_run"),
    path("imports/<int:pk>/undo/", import_views.import_undo, name="import_undo"),
    path("imports/<int:pk>/refused/", import_views.import_refused, name="import_refused"),
    path("files/<int:pk>/", shell.attachment, name="attachment"),
    path("options/<slug:app_label>/<slug:model>/", shell.options, name="options"),
    path("about/<slug:app_label>/<slug:model>/<int:pk>/timeline/", shell.timeline, name="timeline"),
    path("about/<slug:app_label>/<slug:model>/<int:pk>/comment/", shell.comment, name="comment"),
    path("about/<slug:app_label>/<slug:model>/<int:pk>/attach/", shell.attach, name="attach"),
    path("about/<slug:app_label>/<slug:model>/<int:pk>/journey/", shell.journey, name="journey"),
]

urlpatterns = [
    path("", shell.home, name="home"),
    path("healthz", shell.healthz, name="healthz"),
    path("search/", shell.search, name="search"),
    path("preferences/", shell.preferences, name="preferences"),
    path("notifications/", shell.notifications, name="notifications"),
    path("login/", auth_views.LoginView.as_view(template_name="crm/login.html"), name="login"),
    path("logout/", auth_views.LogoutView.as_view(), name="logout"),
    *own_urlpatterns,
    path("", include((frame, "crm"))),
    *(path(f"{app}/", include(f"{app}.urls")) for app in settings.LINE if app != "crm"),
    path("api/v1/", include((router.urls, "api"))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        login_required(SpectacularSwaggerSplitView.as_view(url_name="schema")),
        name="docs",
    ),
    path("admin/", admin.site.urls),
]
