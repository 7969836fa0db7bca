"""My day over REST: the cards of the person with their counts and where their rows are."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from crm import home
from crm.querysets import count_each


class CardSerializer(serializers.Serializer):
    name = serializers.SlugField()
    label = serializers.CharField()  # type: ignore[assignment] # a field of the card
    count = serializers.IntegerField()
    url = serializers.URLField(help_text="The list of these rows in the browser")
    api_url = serializers.URLField(help_text="The same rows over REST, in the same order")


class MyDayView(APIView):
    """my-day/: [{name, label, count, url, api_url}], the most urgent first."""

    @extend_schema(responses=CardSerializer(many=True))
    def get(self, request):
        found = home.cards(request.user)
        counts = count_each([card.rows(request) for card in found], on=request.user)
        cards = [
            {
                "name": card.name,
                "label": card.label,
                "count": count,
                "url": request.build_absolute_uri(card.url()),
                "api_url": request.build_absolute_uri(card.api_url()),
            }
            for card, count in zip(found, counts, strict=True)
        ]
        return Response(CardSerializer(cards, many=True).data)
