"""The demo company: exports of an invented clothing group, with planted and labelled misconduct, to try and score Hufu.

Belongs here: everything about the invented company, its files and the scoring against what was planted.
Does not belong here: anything that the pipeline needs to do its work. Detector and demo share the input contract only.
"""

from pipelines.demo.evaluate import RuleScore, evaluate, format_scores
from pipelines.demo.generate import DemoReport, generate, truth_folder

__all__ = ["DemoReport", "RuleScore", "evaluate", "format_scores", "generate", "truth_folder"]
