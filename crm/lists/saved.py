"""Keeping a list under a name: private or shared, pinned or not."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.locks import lock_one
from crm.models import SavedView
from crm.views import Page


@transaction.atomic
def save_view(model, *, by, name, query, is_shared=False, pin=False):
    """Keep the address `query` of the list of `model`; the same name again replaces it."""
    if not by.has_perm(model.permission("view")):
        raise PermissionDenied
    if is_shared:
        _require_sharing(by)
    kind = ContentType.objects.get_for_model(model)
    view, _created = SavedView.objects.update_or_create(
        user=by,
        content_type=kind,
        name=_name(name),
        defaults={"query": query, "is_shared": is_shared},
    )
    pin_view(view, by=by, pinned=pin)
    return view


@transaction.atomic
def edit_view(view, *, by, **changes):
    """Give one's own view another `name`, `query` or `is_shared`; return it.

    Raises PermissionDenied to others, and for sharing without the right; DomainError for a name
    that is empty or that another view of the person has.
    """
    view = lock_one(view)
    if view.user_id != by.pk:
        raise PermissionDenied(_("Only whoever made this view can change it."))
    if changes.get("is_shared") and not view.is_shared:
        _require_sharing(by)
    if "name" in changes:
        changes["name"] = _name(changes["name"])
    for field, value in changes.items():
        setattr(view, field, value)
    try:
        with transaction.atomic():
            view.save(update_fields=list(changes))
    except IntegrityError:
        raise DomainError(_("You have another view of this name.")) from None
    return view


def _name(text):
    if not (name := text.strip()[:80]):
        raise DomainError(_("Give the view a name."))
    return name


def _require_sharing(user):
    if not user.has_perm("crm.share_savedview"):
        raise PermissionDenied(_("You do not have the right to share views."))


def pin_view(view, *, by, pinned):
    (view.pinned_by.add if pinned else view.pinned_by.remove)(by)


@transaction.atomic
def delete_view(view, *, by):
    if view.user_id != by.pk:
        raise PermissionDenied(_("Only whoever made this view can delete it."))
    view.delete()


def views_for(user):
    """The views of all kinds of records that `user` may see, their own and the shared ones."""
    rows = SavedView.objects.visible_to(user)
    kinds = ContentType.objects.filter(pk__in=rows.values("content_type"))
    seen = [kind for kind in kinds if user.has_perm(f"{kind.app_label}.view_{kind.model}")]
    return rows.filter(content_type__in=seen).select_related("content_type")


class SaveView(Page):
    """<plural>/views/: POST {name, query, is_shared, pin}."""

    def post(self, request):
        data = request.POST
        view = save_view(
            self.pages.model,
            by=request.user,
            name=data.get("name", ""),
            query=data.get("query", ""),
            is_shared=bool(data.get("is_shared")),
            pin=bool(data.get("pin")),
        )
        return HttpResponseRedirect(view.get_absolute_url())


class ViewView(Page):
    """<plural>/views/<pk>/: POST {act}: pin or unpin; one's own: delete, save with the `query`
    of the list as it is now, or edit {name, is_shared}."""

    def post(self, request, pk):
        kind = ContentType.objects.get_for_model(self.pages.model)
        view = get_object_or_404(
            SavedView.objects.visible_to(request.user), pk=pk, content_type=kind
        )
        by, data = request.user, request.POST
        act = data.get("act", "")
        if act == "delete":
            delete_view(view, by=by)
            return HttpResponseRedirect(self.url("list"))
        if act == "save":
            view = edit_view(view, by=by, query=data.get("query", ""))
        elif act == "edit":
            shared = bool(data.get("is_shared"))
            view = edit_view(view, by=by, name=data.get("name", ""), is_shared=shared)
        else:
            pin_view(view, by=by, pinned=act == "pin")
        return HttpResponseRedirect(view.get_absolute_url())
