"""Help for whoever brings exports in: blank templates, bad rows to correct, what a file would become, draft profiles.

Belongs here: what an administrator sees and writes before and after a landing, in Chinese and English.
Does not belong here: landing itself (`pipelines.landing`), arguments and exit codes (`pipelines.cli`), dashboards.
"""
