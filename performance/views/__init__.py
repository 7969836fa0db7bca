from performance.views.dashboard import dashboard, figure
from performance.views.records import ReviewPages, ScorecardPages, TargetPages

__all__ = ["ReviewPages", "ScorecardPages", "TargetPages", "dashboard", "figure"]
