"""The demo company: exports of an invented clothing group, with planted and labelled misconduct, to try and score Hufu.

Belongs here: everything about the invented company, its files and the scoring against what was planted.
Does not belong here: anything that the pipeline needs to do its work. Detector and demo share the input contract only.
"""

from pipelines.demo.evaluate import OverallScore, RuleScore, evaluate, format_scores, overall
from pipelines.demo.evaluate_causes import CauseScores, evaluate_causes, format_causes
from pipelines.demo.generate import DemoReport, generate, truth_folder

__all__ = [
    "CauseScores", "DemoReport", "OverallScore", "RuleScore", "evaluate", "evaluate_causes", "format_causes",
    "format_scores", "generate", "overall", "truth_folder",
]  # fmt: skip
