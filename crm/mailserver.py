"""Whether the mail server is there at all: nothing is claimed for one that is not, and so nothing
is lost with it. What it refuses once it is reached is another matter."""

import logging
from contextlib import suppress

from django.core.mail import get_connection

logger = logging.getLogger(__name__)


def is_reached():
    """Whether the mail server answers and takes our log-in; where mails go into files, it does."""
    connection = get_connection()
    if not hasattr(connection, "host"):
        return True
    try:
        connection.open()
    except OSError:
        logger.exception("the mail server was not reached; mails wait")
        return False
    with suppress(OSError):
        connection.close()
    return True
