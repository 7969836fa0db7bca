"""The OpenAPI description: verbs take the fields of their forms and answer the record."""

from drf_spectacular.openapi import AutoSchema

from crm.api.serializers import form_serializer


class Schema(AutoSchema):
    def _verb(self):
        verbs = getattr(self.view, "verbs", None)
        return verbs.get(getattr(self.view, "verb", None)) if verbs else None

    def get_request_serializer(self):
        if (verb := self._verb()) is None:
            return super().get_request_serializer()
        if verb.form is None:
            return None
        model = self.view.model.__name__
        return form_serializer(
            verb.form_class(), f"{self.view.verb.title().replace('_', '')}{model}"
        )

    def get_response_serializers(self):
        if self._verb() is None:
            return super().get_response_serializers()
        return self.view.serializer_class

    def get_description(self):
        verb = self._verb()
        return str(verb.label) if verb else super().get_description()
