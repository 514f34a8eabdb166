"""One module per page: what it asks and how it lays the answers out.

Belongs here: `render(page)` and the order of cards.
Does not belong here: SQL, the published file, figures' looks.
"""
