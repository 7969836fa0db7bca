"""What the frame itself does about events."""

from crm import work  # noqa: F401 - its events have words from the start
from crm.events import on
from crm.search import index


@on("*")
def keep_search(event, obj):
    index.keep(event, obj)
