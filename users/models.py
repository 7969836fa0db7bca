"""People, their teams and roles: which acts a person may do, and on whose records."""

import zoneinfo
from contextlib import suppress
from datetime import time

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import AbstractUser, Permission, UserManager
from django.db import models
from django.db.models import Q
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from crm.models import Permitted, RecordModel, acts
from crm.querysets import ConfigurationQuerySet, RecordQuerySet


class Team(RecordModel):
    """A node of the sales organisation. `path` holds the ids from the root down: "/1/4/"."""

    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent team"),
    )
    manager = models.ForeignKey(
        "users.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_teams",
        verbose_name=_("manager"),
    )
    path = models.CharField(max_length=255, editable=False, db_index=True)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self):
        return self.name


class Scope(models.TextChoices):
    """Whose records a role reaches, from narrow to wide."""

    OWN = "own", _("own")
    TEAM = "team", _("own team")
    BELOW = "below", _("own team and below")
    ALL = "all", _("all")


WIDTH = {scope: width for width, scope in enumerate(Scope.values)}


class Role(RecordModel):
    """A set of acts and the scope in which they may be done."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    scope = models.CharField(
        _("data scope"), max_length=10, choices=Scope.choices, default=Scope.OWN
    )
    permissions = models.ManyToManyField(Permission, blank=True, verbose_name=_("permissions"))
    # Default grants already applied once; what an administrator takes away stays away.
    granted = models.JSONField(default=list, editable=False)

    objects = ConfigurationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("role")
        verbose_name_plural = _("roles")

    def __str__(self):
        # The default roles are stored in English and read in the reader's language.
        return gettext(self.name) if self.name else ""


class UserQuerySet(ConfigurationQuerySet):
    def permitted(self, user, permission):
        """Colleagues; those who have left are seen by whoever administers people."""
        rows = super().permitted(user, permission).filter(is_system=False)
        return rows if user.has_perm("users.change_user") else rows.filter(is_active=True)

    def active(self):
        return self.filter(is_active=True, is_system=False)

    def invited(self):
        """People who have not chosen a password yet."""
        return self.active().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)

    def with_role(self, code):
        return self.active().filter(roles__code=code).distinct()

    def holding(self, permission):
        """People whose roles grant "app.codename"."""
        app_label, codename = permission.split(".")
        return (
            self.active()
            .filter(
                roles__permissions__codename=codename,
                roles__permissions__content_type__app_label=app_label,
            )
            .distinct()
        )


class CrmUserManager(UserManager.from_queryset(UserQuerySet)):
    _system = None

    def system(self):
        """The user in whose name automatic work is done; cannot log in.

        Made after every migration (users.apps), and remembered until the next.
        """
        if CrmUserManager._system is None:
            CrmUserManager._system = self.get(is_system=True)
        return CrmUserManager._system

    def create_superuser(self, *args, **kwargs):
        """The first administrator: holds the role, as whoever sets up the others must."""
        user = super().create_superuser(*args, **kwargs)
        user.roles.add(*Role.objects.filter(code="administrator"))
        return user

    def ensure_system(self):
        """Make the system user unless there is one."""
        CrmUserManager._system = None
        if not self.filter(is_system=True).exists():
            user = self.model(username="system", name="system", is_system=True, is_active=False)
            user.set_unusable_password()
            user.save()


class User(Permitted, AbstractUser):
    """A colleague. Roles decide what they may do, the team whose records they reach."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("as the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    name = models.CharField(_("full name"), max_length=100, blank=True)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("team")
    )
    roles = models.ManyToManyField(Role, blank=True, related_name="users", verbose_name=_("roles"))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60, blank=True)
    theme = models.CharField(_("theme"), max_length=10, choices=Theme.choices, default=Theme.AUTO)
    # Local times of the person, see crm.notices; from = until: no quiet hours.
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    digest_at = models.TimeField(_("daily digest at"), default=time(8))
    is_system = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CrmUserManager()
    search_fields = ("name", "username", "email")
    shared_fields = ("team",)
    remote_select = True

    class Meta(AbstractUser.Meta):
        ordering = ["name", "username"]
        verbose_name = _("user")  # type: ignore[assignment] # lazy words
        verbose_name_plural = _("users")  # type: ignore[assignment] # lazy words
        permissions = acts("user", "activate", "deactivate", "invite", "set_password")
        constraints = [
            models.UniqueConstraint(
                fields=["is_system"], condition=Q(is_system=True), name="one_system_user"
            )
        ]

    def __str__(self):
        if self.is_system:
            return gettext("System")
        return self.name or self.get_full_name() or self.username

    def get_absolute_url(self):
        return RecordModel.get_absolute_url(self)

    @property
    def zone(self):
        """The person's time zone, else the company's."""
        if self.timezone:
            with suppress(zoneinfo.ZoneInfoNotFoundError, ValueError):
                return zoneinfo.ZoneInfo(self.timezone)
        return get_default_timezone()

    @property
    def grants(self):
        """{permission: widest scope} over all roles, read once per instance."""
        if not hasattr(self, "_grants"):
            found = {}
            rows = self.roles.values_list(
                "scope", "permissions__content_type__app_label", "permissions__codename"
            )
            for scope, app_label, codename in rows:
                key = f"{app_label}.{codename}"
                if key not in found or WIDTH[scope] > WIDTH[found[key]]:
                    found[key] = scope
            self._grants = found
        return self._grants

    def scope_of(self, permission):
        """The widest scope in which this person holds `permission`; None when not at all."""
        if not self.is_active:
            return None
        if self.is_superuser:
            return Scope.ALL
        return self.grants.get(permission)

    def scope_q(self, permission, owner_field="owner"):
        """A Q that keeps the records (owned through `owner_field`) within the person's scope."""
        scope = self.scope_of(permission)
        if scope == Scope.ALL:
            return ~Q(pk__in=[])  # every row; an empty Q would vanish from an "or"
        if scope is None:
            return Q(pk__in=[])
        if scope == Scope.OWN or self.team is None:
            return Q(**{owner_field: self.pk})
        # The people first, oneself among them: with a join to their teams no index of an owner
        # would help to find or to count the rows.
        return Q(**{f"{owner_field}__in": self.reached(scope).values("pk")})

    def reached(self, scope):
        """The people of the own team, and in scope "below" of the teams under it."""
        if scope == Scope.TEAM:
            return User.objects.filter(team=self.team_id)
        return User.objects.filter(team__path__startswith=self.team.path)

    def people_within(self, permission):
        """Keys of the people within the scope of a permission, read once per instance; None: all."""
        scope = self.scope_of(permission)
        if scope == Scope.ALL:
            return None
        if scope is None:
            return frozenset()
        if scope == Scope.OWN or self.team is None:
            return frozenset({self.pk})
        known = self.__dict__.setdefault("_people", {})
        if scope not in known:
            known[scope] = frozenset(self.reached(scope).values_list("pk", flat=True))
        return known[scope]

    def may(self, permission, obj=None):
        """Whether this person holds `permission`, and in a scope that reaches `obj`."""
        if not self.has_perm(permission):
            return False
        if obj is None or obj.pk is None:
            return True
        rows, scope = type(obj).objects.all(), self.scope_of(permission)
        if rows.all_reaches_all and scope == Scope.ALL:
            return True
        found = rows.permitted(self, permission).filter(pk=obj.pk)
        if type(rows).permitted is not RecordQuerySet.permitted:
            return found.exists()
        # Rights of one scope reach the same records, and a page asks for a dozen of one record.
        known = obj.__dict__.setdefault("_reached", {})
        key = (self.pk, scope)
        if key not in known:
            known[key] = found.exists()
        return known[key]

    def within(self, permission, rows):
        """The keys of those of `rows`, visible records of one kind, that the permission reaches in
        its scope; at most one query."""
        if not rows or not self.has_perm(permission):
            return set()
        keys, every = {row.pk for row in rows}, type(rows[0]).objects.all()
        scope = self.scope_of(permission)
        if every.all_reaches_all and scope == Scope.ALL:
            return keys
        by_scope = type(every).permitted is RecordQuerySet.permitted
        if by_scope and scope == self.scope_of(every.model.permission("view")):
            return keys
        return set(
            every.permitted(self, permission).filter(pk__in=keys).values_list("pk", flat=True)
        )

    @property
    def superior(self):
        """The manager above: of the own team, or of the next team up when that is oneself or
        somebody who has left."""
        team = self.team
        while team is not None:
            if team.manager_id and team.manager_id != self.pk and team.manager.is_active:
                return team.manager
            team = team.parent
        return None


class Delegation(RecordModel):
    """During an absence `substitute` decides approvals in the place of `user`."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="delegations", verbose_name=_("user")
    )
    substitute = models.ForeignKey(
        User, models.PROTECT, related_name="substitutions", verbose_name=_("substitute")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    is_active = models.BooleanField(_("active"), default=True, editable=False)

    search_fields = ("user__name", "substitute__name")

    class QuerySet(RecordQuerySet):
        owner_field = "user"
        all_reaches_all = False

        def permitted(self, user, permission):
            """By scope; only administrators change whom somebody else has chosen."""
            rows = super().permitted(user, permission)
            if permission == "users.view_delegation" or user.has_perm("users.change_user"):
                return rows
            return rows.filter(user=user)

        def on(self, day):
            return self.filter(is_active=True, starts_on__lte=day, ends_on__gte=day)

    objects = QuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        permissions = acts("delegation", "revoke")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="delegation_dates"
            ),
            models.CheckConstraint(
                condition=~Q(user=models.F("substitute")), name="delegation_to_somebody_else"
            ),
        ]

    def __str__(self):
        return f"{self.user} → {self.substitute}"


class ApiKey(AbstractAuthToken):
    """A key for the REST API: shown once, stored hashed, bound to a person and to scopes.

    scopes: list such as ["orders:read", "leads:write"]; empty means all the person may do.
    """

    name = models.CharField(_("name"), max_length=100, blank=True)
    scopes = models.JSONField(_("scopes"), default=list, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        permissions = [("revoke_apikey", _("Can revoke apikey"))]

    def __str__(self):
        return self.name or self.token_key
