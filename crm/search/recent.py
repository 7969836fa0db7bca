"""The records a person opened last. A convenience: it is kept in the cache and may be lost."""

from django.core.cache import cache

from crm.search.index import kinds

KEPT = 20
DAYS = 60


def _key(user):
    return f"recent:{user.pk}"


def recent(user):
    """[("app.model", pk)] of the records this person opened, the last one first."""
    return cache.get(_key(user)) or []


def remember(user, obj):
    """Put a record first among those that were opened, if the search finds its kind."""
    if type(obj) not in kinds():
        return
    opened = (obj._meta.label_lower, obj.pk)
    others = [entry for entry in recent(user) if tuple(entry) != opened]
    cache.set(_key(user), [opened, *others][:KEPT], DAYS * 24 * 3600)
