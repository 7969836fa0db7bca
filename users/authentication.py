"""Log-in to the REST API by key: `Authorization: Token <key>`."""

from datetime import timedelta

from django.utils import timezone
from knox.auth import TokenAuthentication


class ApiKeyAuthentication(TokenAuthentication):
    def authenticate_credentials(self, token):
        user, key = super().authenticate_credentials(token)
        now = timezone.now()
        # To the minute is enough, and spares a write per request.
        if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
            type(key).objects.filter(pk=key.pk).update(last_used_at=now)
        return user, key
