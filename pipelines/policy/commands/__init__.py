"""The commands of `hufu` for policy tables and rules.

Belongs here: their arguments, what they print, exit codes. Does not belong here: doing the work.
"""

from pipelines.policy.commands.policy import policy
from pipelines.policy.commands.rules import rules

COMMANDS = (policy, rules)
