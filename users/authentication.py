"""Log-in to the REST API by key: `Authorization: Token <key>`."""

from datetime import timedelta

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.auth import TokenAuthentication


class ApiKeyAuthentication(TokenAuthentication):
    def authenticate_credentials(self, token):
        user, key = super().authenticate_credentials(token)
        now = timezone.now()
        # To the minute is enough, and spares a write per request.
        if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=1):
            type(key).objects.filter(pk=key.pk).update(last_used_at=now)
        return user, key


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI description names the key."""

    target_class = "users.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Token <key>",
        }
