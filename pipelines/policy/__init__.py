"""What a company decides: its policy tables, the registry of rules, and what a change of either would do.

Belongs here: reading and checking policy tables, laying a company's own over the shipped ones, trying changes out.
Does not belong here: judging facts (dbt models), landing exports.
"""
