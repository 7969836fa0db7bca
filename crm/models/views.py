"""Lists that people keep: an address with a name."""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those that others share; what they show is each reader's own."""
        return self.filter(Q(user=user) | Q(is_shared=True))

    def of(self, model, user):
        """Views of the lists of `model`, pinned ones first; annotates `is_pinned`."""
        pins = SavedView.pinned_by.through.objects.filter(
            savedview_id=OuterRef("pk"), user_id=user.pk
        )
        kind = ContentType.objects.get_for_model(model)
        rows = self.visible_to(user).filter(content_type=kind)
        return rows.annotate(is_pinned=Exists(pins)).order_by("-is_pinned", "name", "pk")


class SavedView(models.Model):
    """The state of a list under a name: `query` is its address's parameters."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="views")
    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(_("share with everybody"), default=False)
    pinned_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="pinned_views"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        permissions = [
            ("share_savedview", _("Can share views of lists with everybody")),
            ("export_records", _("Can export lists")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_type", "name"], name="savedview_name_once"
            )
        ]

    def __str__(self):
        return self.name

    @property
    def kind(self):
        """The kind of its records, such as "leads.lead"."""
        return f"{self.content_type.app_label}.{self.content_type.model}"

    def get_absolute_url(self):
        label = self.content_type
        base = reverse(f"{label.app_label}:{label.model}_list")
        return f"{base}?{self.query}&view={self.pk}"
