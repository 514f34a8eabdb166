"""The working database of one run: creating it, building it with dbt, and the verdicts kept in it.

Does not belong here: the order of the steps (`pipelines.assets`) and what readers see (`pipelines.publish`).
"""
