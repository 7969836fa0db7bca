from aftersales import filters, serializers, services
from aftersales.models import Case, Improvement, Return, ReturnPolicy, Survey, SurveyTemplate
from crm.api.viewsets import CrmViewSet


class CaseViewSet(CrmViewSet):
    model = Case
    serializer_class = serializers.CaseSerializer
    filterset_class = filters.CaseFilter
    verbs = services.CASE_VERBS
    create_service = services.create_case
    edit_service = services.edit_case


class ReturnViewSet(CrmViewSet):
    model = Return
    serializer_class = serializers.ReturnSerializer
    filterset_class = filters.ReturnFilter
    verbs = services.RETURN_VERBS
    create_service = services.create_return
    edit_service = services.edit_return
    prefetched = ("lines",)


class ReturnPolicyViewSet(CrmViewSet):
    model = ReturnPolicy
    serializer_class = serializers.ReturnPolicySerializer
    filterset_class = filters.ReturnPolicyFilter
    create_service = services.create_policy
    edit_service = services.edit_policy


class SurveyViewSet(CrmViewSet):
    model = Survey
    serializer_class = serializers.SurveySerializer
    filterset_class = filters.SurveyFilter
    verbs = services.SURVEY_VERBS
    create_service = services.create_survey
    related = ("template",)
    prefetched = ("answers", "template__questions")


class SurveyTemplateViewSet(CrmViewSet):
    model = SurveyTemplate
    serializer_class = serializers.SurveyTemplateSerializer
    filterset_class = filters.SurveyTemplateFilter
    create_service = services.create_template
    edit_service = services.edit_template
    prefetched = ("questions",)


class ImprovementViewSet(CrmViewSet):
    model = Improvement
    serializer_class = serializers.ImprovementSerializer
    filterset_class = filters.ImprovementFilter
    verbs = services.IMPROVEMENT_VERBS
    create_service = services.create_improvement
    edit_service = services.edit_improvement


ROUTES = {
    "cases": CaseViewSet,
    "returns": ReturnViewSet,
    "return-policies": ReturnPolicyViewSet,
    "surveys": SurveyViewSet,
    "survey-templates": SurveyTemplateViewSet,
    "improvements": ImprovementViewSet,
}
