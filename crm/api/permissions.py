"""Who may do what over REST: the same rights as in the browser, narrowed by the key's scopes."""

from rest_framework.permissions import SAFE_METHODS, BasePermission

VERBS = {"POST": "add", "PUT": "change", "PATCH": "change", "DELETE": "delete"}


def in_scope(request, app_label, access):
    """Whether the key of a request, if it is made with one, reaches an app; access: read, write."""
    scopes = getattr(request.auth, "scopes", None)
    return not scopes or f"{app_label}:{access}" in scopes


class RolePermission(BasePermission):
    """Reading needs the view permission too (DRF's own classes let any logged-in user read).

    Verbs need the view permission here and their own in the service, where the moment counts.
    """

    def has_permission(self, request, view):
        user = request.user
        if user is None or not user.is_authenticated:
            return False
        model = getattr(view, "model", None)
        if model is None:
            return True
        access = "read" if request.method in SAFE_METHODS else "write"
        if not in_scope(request, model._meta.app_label, access):
            return False
        if not user.has_perm(model.permission("view")):
            return False
        if request.method in SAFE_METHODS or getattr(view, "is_verb", lambda: False)():
            return True
        verb = VERBS.get(request.method)  # None: a method of nothing here, which is answered 405
        return verb is None or user.has_perm(model.permission(verb))
