"""Row locks. Heads before children along the line of apps, then by pk; before the first read
that decides."""


def lock(queryset):
    """Lock the rows of `queryset` in pk order and return them as a list, freshly read.

    Sum after locking, in a query of its own: a sum inside the locking query keeps the
    snapshot from before the wait.
    """
    return list(queryset.order_by("pk").select_for_update(of=("self",)))


def lock_one(obj):
    """Lock one record and return a fresh copy; `obj` itself is stale from then on."""
    return type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
