"""One's own profile, colleagues, teams, roles, stand-ins and API keys."""

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from crm import guide, menu
from crm.cells import Cell, Column, labelled, listed, table, words
from crm.events import emit
from crm.pages import Pages
from users import services
from users.filters import DelegationFilter, RoleFilter, TeamFilter, UserFilter
from users.forms import ApiKeyForm, DelegationForm, PersonForm, ProfileForm, RoleForm, TeamForm
from users.models import ApiKey, Delegation, Role, Team, User
from users.permissions import by_kind, grantable

MEMBERS = 200


def role_names(user):
    return listed(str(role) for role in user.roles.all())


ROLES = Column("roles", label=gettext_lazy("roles"), value=role_names)


SUPERIOR = Column("superior", label=gettext_lazy("manager"))


def invitation_cell(sent):
    """When somebody was invited, by whom, and whether the link still works."""
    expired = sent["until"] < timezone.now()
    text = _("%(at)s by %(person)s; the link works until %(until)s")
    if expired:
        text = _("%(at)s by %(person)s; the link has expired")
    told = {
        "at": words(sent["at"]),
        "person": sent["by"] or "Closeloop",
        "until": words(sent["until"]),
    }
    return Cell(text % told, badge="red" if expired else "")


class UserPages(Pages):
    model = User
    has_contacts = False
    columns = (
        "name",
        "username",
        "team",
        ROLES,
        "email",
        "phone",
        Column("is_active", badge=lambda user: "green" if user.is_active else "grey"),
    )
    order = "name"
    filterset = UserFilter
    form = PersonForm
    create = services.add_colleague
    edit = services.edit_user
    verbs = services.USER_VERBS
    empty = gettext_lazy("Nobody is here yet. Invite your colleagues; each gets a role and a team.")
    groups = ((gettext_lazy("Person"), ("name", "team", SUPERIOR, "email", "phone", "is_active")),)

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).prefetch_related("roles")

    @classmethod
    def extra_groups(cls, obj, user):
        if not user.has_perm("users.change_user"):
            return []
        facts = [
            (_("User name"), obj.username),
            (_("Roles"), role_names(obj) or "–"),
            (_("Last log-in"), Column("last_login").bind(User).cell(obj)),
        ]
        if sent := services.invitation(obj):
            facts.append((_("Invited"), invitation_cell(sent)))
        return [(_("Log-in"), facts)]


class TeamPages(Pages):
    model = Team
    has_contacts = False
    columns = ("name", "parent", "manager")
    order = "path"
    filterset = TeamFilter
    form = TeamForm
    create = services.create_team
    edit = services.edit_team
    empty = gettext_lazy(
        "No teams yet. They say who works under whom, and whose records a manager "
        "reaches: add the first one."
    )
    groups = ((gettext_lazy("Team"), ("name", "parent", "manager")),)

    @classmethod
    def tables(cls, obj, user):
        below = obj.children.select_related("manager").order_by("name")
        members = obj.members.visible_to(user).prefetch_related("roles")[:MEMBERS]
        return [
            table(_("Members"), User, ("name", ROLES, "phone"), members, user),
            table(_("Teams below"), Team, ("name", "manager"), below, user),
        ]


class RolePages(Pages):
    model = Role
    has_contacts = False
    columns = (
        Column("name", value=str, sort="name"),
        "scope",
        Column(
            "people", label=gettext_lazy("people"), value=lambda r: len(r.users.all()), numeric=True
        ),
    )
    order = "name"
    filterset = RoleFilter
    form = RoleForm
    create = services.create_role
    edit = services.edit_role
    empty = gettext_lazy(
        "No roles yet. A role says what people may do, and on whose records: add the first one."
    )
    groups = ((gettext_lazy("Role"), (Column("name", value=str), "code", "scope")),)

    @classmethod
    def queryset(cls, user):
        return super().queryset(user).prefetch_related("users")

    @classmethod
    def extra_groups(cls, obj, user):
        held = grantable().filter(role=obj)
        by_app = {}
        for kind, rows in by_kind(held):
            line = labelled(kind.label, listed(words for _pk, words in rows))
            by_app.setdefault(kind.app, []).append(line)
        facts = [(app, Cell("\n".join(lines))) for app, lines in by_app.items()]
        return [(_("Permissions"), facts)]

    @classmethod
    def tables(cls, obj, user):
        people = obj.users.visible_to(user).select_related("team")[:MEMBERS]
        return [table(_("People"), User, ("name", "team", "is_active"), people, user)]


class DelegationPages(Pages):
    model = Delegation
    has_contacts = False
    columns = ("user", "substitute", "starts_on", "ends_on", "is_active")
    order = "-starts_on"
    filterset = DelegationFilter
    form = DelegationForm
    create = services.create_delegation
    edit = services.edit_delegation
    verbs = services.DELEGATION_VERBS
    empty = gettext_lazy("Nobody stands in. Name a stand-in before you are away.")
    groups = (
        (
            gettext_lazy("Stand-in during absence"),
            ("user", "substitute", "starts_on", "ends_on", "is_active"),
        ),
    )


guide.add(
    "people",
    gettext_lazy("Your colleagues"),
    position=20,
    hint=gettext_lazy(
        "Each gets a role and a team, and an invitation by mail to choose a password."
    ),
    act=gettext_lazy("Invite somebody"),
    route="users:user_create",
    needs=("users.add_user",),
    also=(gettext_lazy("Add a team first"), "users:team_create", ("users.add_team",)),
    rows=lambda user: User.objects.active().exclude(pk=user.pk),
)
menu.add("settings", 10, gettext_lazy("People"), "users:user_list", "users.change_user")
menu.add("settings", 12, gettext_lazy("Teams"), "users:team_list", "users.change_team")
menu.add("settings", 14, gettext_lazy("Roles"), "users:role_list", "users.change_role")
menu.add("settings", 16, gettext_lazy("API keys"), "users:keys", "users.view_apikey")


# --- Oneself ----------------------------------------------------------------------------------


def profile(request):
    """What a person may change about themselves, and the ways to the rest."""
    form = ProfileForm(
        request.POST or None, instance=User.objects.get(pk=request.user.pk), user=request.user
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = {k: v for k, v in form.cleaned_data.items() if k != "version"}
            try:
                services.edit_profile(form.instance, by=request.user, **data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(reverse("profile"))
    context = {"title": _("My settings"), "form": form, "submit_label": _("Save")}
    return render(request, "users/profile.html", context, status=status)


class PasswordChange(auth_views.PasswordChangeView):
    template_name = "crm/password_change.html"
    success_url = reverse_lazy("profile")
    extra_context = {"cancel_url": reverse_lazy("profile")}

    def form_valid(self, form):
        answer = super().form_valid(form)
        emit("user.password_changed", self.request.user, by=self.request.user)
        messages.success(self.request, _("Your password has been changed."))
        return answer


class PasswordReset(auth_views.PasswordResetView):
    template_name = "users/password_reset.html"
    email_template_name = "users/mail/password_reset.txt"
    subject_template_name = "users/mail/password_reset_subject.txt"
    success_url = reverse_lazy("password_reset_done")


class PasswordResetDone(auth_views.PasswordResetDoneView):
    template_name = "users/password_reset_done.html"


class PasswordResetConfirm(auth_views.PasswordResetConfirmView):
    template_name = "users/password_reset_confirm.html"
    success_url = reverse_lazy("login")

    def form_valid(self, form):
        answer = super().form_valid(form)
        emit("user.password_changed", self.user, by=self.user)
        messages.success(self.request, _("Your password has been changed. You can log in now."))
        return answer


# --- API keys ---------------------------------------------------------------------------------


def visible_keys(user):
    """One's own keys; administrators see everybody's."""
    if not user.has_perm("users.view_apikey"):
        raise PermissionDenied
    rows = ApiKey.objects.select_related("user").order_by("-created")
    return rows if user.has_perm("users.change_user") else rows.filter(user=user)


def keys(request):
    return render(
        request,
        "users/keys.html",
        {
            "keys": visible_keys(request.user),
            "may_add": request.user.has_perm("users.add_apikey"),
            "may_revoke": request.user.has_perm("users.revoke_apikey"),
        },
    )


@sensitive_post_parameters()
def key_create(request):
    """Ask for name and scopes, then show the key this one time."""
    if not request.user.has_perm("users.add_apikey"):
        raise PermissionDenied
    form = ApiKeyForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        found, key = services.create_api_key(by=request.user, **form.cleaned_data)
        answer = render(request, "users/key_created.html", {"key": found, "secret": key})
        answer["Cache-Control"] = "no-store"
        return answer
    context = {
        "title": _("New API key"),
        "form": form,
        "cancel_url": reverse("users:keys"),
        "submit_label": _("Create"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "crm/form.html", context, status=status)


@require_POST
def key_revoke(request, token_key):
    key = get_object_or_404(visible_keys(request.user), token_key=token_key)
    services.revoke_api_key(key, by=request.user)
    messages.success(request, _("The key no longer works."))
    return HttpResponseRedirect(reverse("users:keys"))
