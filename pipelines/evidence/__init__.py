"""Can the published numbers still be traced to unaltered files?

Belongs here: the log of commits and its signed checkpoints, hashes over landed rows and published tables, recomputing
all of it, proofs for others. Does not belong here: writing what is vouched for (`landing`, `publish`).
"""
