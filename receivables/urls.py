app_name = "receivables"
urlpatterns = []
