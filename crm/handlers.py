"""What the frame itself does about events."""

from crm.events import on
from crm.search import index


@on("*")
def keep_search(event, obj):
    index.keep(event, obj)
