"""What readers see: writing a publication, switching to it, going back, forgetting old ones.

Does not belong here: deciding what a number means. Everything published was built and judged before.
"""

from pipelines.publish.publication import (
    Publication,
    PublicationRefused,
    current_publication,
    list_publications,
    publish,
    rollback,
)

__all__ = ["Publication", "PublicationRefused", "current_publication", "list_publications", "publish", "rollback"]
