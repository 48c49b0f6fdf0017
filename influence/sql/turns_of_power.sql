-- When any power over a repository or path, or a membership, begins or ends.
SELECT since AS turn FROM powers WHERE since IS NOT NULL
UNION
SELECT until FROM powers WHERE until IS NOT NULL
UNION
SELECT since FROM memberships WHERE since IS NOT NULL
UNION
SELECT until FROM memberships WHERE until IS NOT NULL
