"""Figures: pure functions from a data frame and texts to a Plotly figure.

Belongs here: one module per subject, with the figure and the sentence that states its finding.
Does not belong here: Streamlit, queries, definitions of metrics.
"""
