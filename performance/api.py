from crm.api.viewsets import CrmViewSet
from performance import filters, serializers, services
from performance.models import Review, Scorecard, Target


class TargetViewSet(CrmViewSet):
    model = Target
    serializer_class = serializers.TargetSerializer
    filterset_class = filters.TargetFilter
    verbs = services.TARGET_VERBS
    create_service = services.create_target
    edit_service = services.edit_target

    def get_queryset(self):
        return super().get_queryset().with_actual()


class ScorecardViewSet(CrmViewSet):
    model = Scorecard
    serializer_class = serializers.ScorecardSerializer
    filterset_class = filters.ScorecardFilter
    create_service = services.freeze_scorecard
    prefetched = ("lines",)


class ReviewViewSet(CrmViewSet):
    model = Review
    serializer_class = serializers.ReviewSerializer
    filterset_class = filters.ReviewFilter
    verbs = services.REVIEW_VERBS


ROUTES = {"targets": TargetViewSet, "scorecards": ScorecardViewSet, "reviews": ReviewViewSet}
