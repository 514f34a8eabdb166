"""Dashboards over the published marts.

Belongs here: pages, charts, texts and the access layer that decides who sees what.
Does not belong here: metric definitions and figures (the marts hold them), writing anything back.
"""
