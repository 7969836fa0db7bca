"""The company's own fields for tests."""

from django.contrib.contenttypes.models import ContentType

from crm.custom import services


def own(model, code, kind="text", **fields):
    content_type = ContentType.objects.get_for_model(model)
    fields = {"label": code.capitalize(), **fields}
    return services.create_field(by=None, content_type=content_type, code=code, kind=kind, **fields)
