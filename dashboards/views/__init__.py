"""One module per page: what it asks and how it lays the answers out.

Belongs here: `render(page)` and the order of cards.
Does not belong here: SQL, the published file, figures' looks. The folder must not be called `pages`: beside app.py,
Streamlit would run its files as scripts of their own until the first visitor has opened the navigation.
"""
