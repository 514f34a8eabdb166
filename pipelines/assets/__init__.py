"""Dagster assets: the order of the run. One asset per dataset, dbt model, check suite, and the publication.

Does not belong here: the work itself, which stands in the packages that these call.
"""
