"""Which rows a person may see: one method, used by every list, search, count, link and choice."""

from django.db import models
from django.db.models import IntegerField, Q, Subquery

# Stands for the owner of what has none.
NOBODY = 0


class RecordQuerySet(models.QuerySet):
    """Rows visible by owner and scope (default), through a head document, or to all who may view.

    owner_field: path to the owning user; None: visible to everybody with the view permission.
    through: name of the foreign key to the head whose visibility decides instead.
    all_reaches_all: whether who holds a right in scope "all" may use it on every row, which needs
    no query; False where a right is personal, whatever its scope.
    """

    owner_field: str | None = "owner"
    through: str | None = None
    all_reaches_all = True

    def permitted(self, user, permission):
        """Rows on which `user` may use `permission` ("app.verb_model"), by the scope of the role
        that grants it."""
        if not user.has_perm(permission):
            return self.none()
        if self.through:
            head = self.model._meta.get_field(self.through).related_model
            return self.filter(**{f"{self.through}__in": head.objects.visible_to(user)})
        if self.owner_field is None:
            return self.all()
        return self.filter(user.scope_q(permission, self.owner_field))

    def visible_to(self, user):
        return self.permitted(user, self.model.permission("view"))

    def owner_paths(self):
        """Paths to all people by whose scope somebody may see a row; none where all see all."""
        if self.through:
            head = self.model._meta.get_field(self.through).related_model
            return [f"{self.through}__{path}" for path in head.objects.owner_paths()]
        return [self.owner_field] if self.owner_field else []

    def owners_seen(self, user):
        """Keys of the people of whose rows `user` sees at most; None: whoever's.

        NOBODY among them: also rows without an owner. The index of the search narrows by it what
        visible_to() decides; a kind that decides in a way of its own narrows nothing, unless it
        says here whose rows these are.
        """
        if type(self).permitted is not RecordQuerySet.permitted:
            return None
        if self.through:
            return self.model._meta.get_field(self.through).related_model.objects.owners_seen(user)
        if self.owner_field is None:
            return None
        return user.people_within(self.model.permission("view"))

    def search(self, text):
        """Rows that the words of `text` find: by the index where the kind has one, else those in
        whose `search_fields` every word occurs, whatever its case."""
        if self.model.is_searched:
            from crm.search import index

            return index.matching(self, text)
        for word in text.split():
            match = Q()
            for field in self.model.search_fields:
                match |= Q(**{f"{field}__icontains": word})
            self = self.filter(match)
        return self

    def on_journey(self, journey):
        return self.filter(journey=journey)


class ConfigurationQuerySet(RecordQuerySet):
    """Company-wide data such as the catalogue: seen by everybody with the view permission."""

    owner_field = None


class CountOf(Subquery):
    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows):
        super().__init__(rows.order_by().values("pk"))


def count_each(querysets, on):
    """The number of rows in each of `querysets`, in one query: [int].

    `on` is any stored object, as a query needs a row to stand on.
    """
    counts = {f"rows_{number}": CountOf(rows) for number, rows in enumerate(querysets)}
    if not counts:
        return []
    found = on._meta.model._base_manager.filter(pk=on.pk).values(**counts).get()
    # Nothing is counted where nothing can be seen: the count is null.
    return [found[name] or 0 for name in counts]
