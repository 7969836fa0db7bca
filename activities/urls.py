from django.urls import path

from activities import views

app_name = "activities"
record = "<slug:app_label>/<slug:model>/<int:pk>/"
urlpatterns = [
    path(f"log/{record}", views.LogView.as_view(), name="log"),
    path(f"task/{record}", views.TaskForView.as_view(), name="task_for"),
    path(f"done/{record}", views.DoneView.as_view(), name="done"),
    path(f"panel/{record}", views.panel, name="panel"),
    *views.TaskPages.urls("tasks/"),
    *views.ActivityPages.urls(""),
]
