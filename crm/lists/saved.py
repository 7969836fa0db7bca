"""Keeping a list under a name: private or shared, pinned or not."""

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.models import SavedView
from crm.views import Page


@transaction.atomic
def save_view(model, *, by, name, query, is_shared=False, pin=False):
    """Keep the address `query` of the list of `model`; the same name again replaces it."""
    if not by.has_perm(model.permission("view")):
        raise PermissionDenied
    if not name.strip():
        raise DomainError(_("Give the view a name."))
    if is_shared and not by.has_perm("crm.share_savedview"):
        raise PermissionDenied(_("You do not have the right to share views."))
    kind = ContentType.objects.get_for_model(model)
    view, _created = SavedView.objects.update_or_create(
        user=by,
        content_type=kind,
        name=name.strip()[:80],
        defaults={"query": query, "is_shared": is_shared},
    )
    pin_view(view, by=by, pinned=pin)
    return view


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
    """<plural>/views/<pk>/: POST {act}: pin, unpin, or (one's own) delete."""

    def post(self, request, pk):
        kind = ContentType.objects.get_for_model(self.pages.model)
        view = get_object_or_404(
            SavedView.objects.visible_to(request.user), pk=pk, content_type=kind
        )
        act = request.POST.get("act", "")
        if act == "delete":
            delete_view(view, by=request.user)
            return HttpResponseRedirect(self.url("list"))
        pin_view(view, by=request.user, pinned=act == "pin")
        return HttpResponseRedirect(view.get_absolute_url())
