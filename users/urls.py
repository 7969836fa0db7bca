from django.urls import path

from users import views

app_name = "users"
urlpatterns = [
    path("keys/", views.keys, name="keys"),
    path("keys/new/", views.key_create, name="key_create"),
    path("keys/<str:token_key>/revoke/", views.key_revoke, name="key_revoke"),
    *views.TeamPages.urls("teams/"),
    *views.RolePages.urls("roles/"),
    *views.DelegationPages.urls("delegations/"),
    *views.UserPages.urls(""),
]

# One's own pages have names without the app: the frame's templates link them.
own_urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("profile/password/", views.PasswordChange.as_view(), name="password_change"),
    path("password/reset/", views.PasswordReset.as_view(), name="password_reset"),
    path("password/reset/sent/", views.PasswordResetDone.as_view(), name="password_reset_done"),
    path(
        "password/reset/<uidb64>/<token>/",
        views.PasswordResetConfirm.as_view(),
        name="password_reset_confirm",
    ),
]
