"""Which identities are robots and which are AI agents: one shipped list of patterns, read by connectors and analysis.

Three classes. A *person* leads and follows. A *bot* (robots, mergers, translation platforms, import accounts) and an
*AI agent* (coding assistants) do neither. When in doubt it is a person: a robot in the ranking is seen and overridden
in `people.csv`, a person who is silently left out is not. So a word that is also a human name (Claude, Devin, Jules,
Bot, Jenkins, Travis) needs a second piece of evidence: an address, an account or a model's version.

To teach it a new one, add a line below and a line to `tests/influence/test_robots.py`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Class = Literal["person", "bot", "agent"]

#: Longer names and addresses are cut: no pattern needs more, and a hostile one must not fill the cache.
_LONGEST = 256


def _any_of(*patterns: str) -> re.Pattern[str]:
    """One pattern that fully matches what any of these matches, in lower case."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


# --- AI agents ---------------------------------------------------------------------------------------------------

#: Addresses that only an agent signs with, whatever the name beside them.
_AGENT_ADDRESS = _any_of(
    r"(?:no-?reply|claude|claude-code)@anthropic\.com",
    r"no-?reply@claude\.(?:ai|com)",
    r"(?:81847\+)?claude@users\.noreply\.github\.com",
    r"(?:no-?reply|codex|chatgpt)@(?:chat)?(?:openai|gpt)\.com",
    r"cursor-?agent@cursor\.(?:com|sh)",
    r"copilot@github\.com",
    r"(?:aider|no-?reply)@aider\.chat",
    r"openhands@(?:all-hands|openhands)\.dev",
    r"qwen-?coder@alibabacloud\.com",
    r"(?:no-?reply|junie)@(?:junie\.)?jetbrains\.com",
    r"(?:no-?reply|amp)@ampcode\.com",
    r"(?:no-?reply|opencode|sisyphus)@opencode\.ai",
    r"(?:crush|mods)@charm\.(?:land|sh)",
    r"(?:agent|oz-agent)@warp\.dev",
    r"(?:no-?reply|devin|devin-ai)@(?:devin|cognition|cognition-?labs)\.ai",
    r"vibe@mistral\.ai",
    r"roomote@roocode\.com",
    r"(?:no-?reply|gemini|gemini-cli|jules|antigravity)@(?:gemini|jules|antigravity)\.google(?:\.com)?",
    r"(?:gemini|jules|antigravity)-?(?:no-?reply)?@google\.com",
    r"no-?reply@(?:windsurf|codeium)\.(?:com|ai)",
    r"(?:no-?reply|service)@deepseek\.com",
    r"no-?reply@(?:z|zhipuai)\.(?:ai|cn)",
    r"no-?reply@(?:x|kiro|letta|lovable|bolt|trae|kimi|moonshot|nousresearch|coderabbit)\.(?:ai|com|dev|new|cn)",
)

#: Accounts on forges that are agents: as `HANDLE[bot]`, as a login, or as ID+HANDLE@users.noreply.github.com.
_AGENT_ACCOUNT = _any_of(
    r"copilot(?:-swe-agent|-pull-request-reviewer|-coding-agent|-cli)?",
    r"github-copilot\S*",
    r"claude-code\S*|anthropic-claude",
    r"chatgpt-codex-connector|openai-codex|codex-cli",
    r"gemini-(?:code-assist|cli)(?:-robot)?",
    r"devin-ai(?:-integration)?",
    r"amazon-q-developer\S*",
    r"google-labs-jules",
    r"sweep-(?:ai|nightly|ai-deprecated)",
    r"openhands-(?:agent|ai|resolver)",
    r"cursor-?agent",
    r"coderabbitai|korbit-ai|qodo-(?:merge|code-review)\S*|codiumai\S*|greptile-apps|ellipsis-dev",
    r"codegen-sh|factory-droid|replit-agent|lovable-dev|gpt-engineer-app|sourcegraph-cody|opencode-agent",
    r"kilo-?code\S*|roomote(?:-agent|-v0)?|aider-(?:chat|bot)|ai-assistant|llm-agent",
)

#: As `HANDLE[bot]` only: these are words that people use for themselves.
_AGENT_APP = _any_of(
    r"claude|codex|cursor|devin|jules|gemini|junie|opencode|windsurf(?:-bot)?|amp|v0|qwen|cline|kiro|trae|tembo|bolt",
    r"lovable|sweep|factory|goose|grok|kimi|deepseek|mistral|cubic-dev-ai|graphite-app-ai|sentry-ai|ai-\S+|\S+-ai",
)

#: A display that no person has: a model with its version, or a product's full name.
_AGENT_DISPLAY = _any_of(
    r"(?:anthropic(?:'s)?\s+)?claude[\s-]+(?:code|opus|sonnet|haiku|instant|cli|ai|agent|assistant|desktop)\b.*",
    r"(?:anthropic(?:'s)?\s+)?claude(?:\s+\w+)?[\s:/(v-]+\d.*",
    r"claude\s*\(.*(?:glm|claude|opus|sonnet|haiku|code|\d).*\)",
    r"anthropic(?:'s)?\s+claude|claude\.ai|claude[:/]\s*\S.*",
    r"(?:opus|sonnet|haiku)[\s-]*v?\d.*",
    r"(?:openai(?:'s)?\s+)?(?:chat-?\s?gpt|gpt[\s-]?(?:oss|\d)|o[134]-(?:mini|preview|pro))\b.*",
    r"gpt[\s-]?\d.*",
    r"openai(?:'s)?(?:\s+codex\b.*)?",
    r"codex[\s-]+(?:cli|agent|ai|cloud)\b.*|codex\s*[:(/].*|codex\s+(?:\w+\s+)?v?\d.*",
    r"(?:google(?:'s)?\s+)?gemini[\s-]+(?:pro|flash|cli|code|ultra|ai|assist\w*|agent)\b.*",
    r"(?:google(?:'s)?\s+)?gemini[\s:/v-]*\d.*",
    r"google\s+(?:gemini|jules|antigravity)|jules\s+(?:ai|agent)|google-labs-jules.*",
    r"(?:github|microsoft|ms|vs\s?code)\s+copilot\b.*|copilot(?:\b.*)?",
    r"cursor[\s-]+(?:agent|ai|ide|bugbot|bot|composer)\b.*",
    r"devin[\s-]+(?:ai|agent)\b.*|cognition\s+devin",
    r"amazon\s+q(?:\s+developer)?\b.*|(?:aws\s+)?codewhisperer|kiro\s+(?:ai|agent|cli)",
    r"aider(?:\s*[:(].*|\s+ai)|openhands\b.*|sweep\s+ai|amp\s+(?:ai|agent|code)",
    r"(?:codeium\s+)?windsurf\s+(?:ai|agent|cascade|editor)",
    r"junie\s+(?:ai|agent|by\b.*)|jetbrains\s+(?:junie|ai)\b.*",
    r"qwen[\s-]?(?:\d|code|coder|max|plus|turbo).*|glm[\s-]?\d.*|(?:zhipu|z\.ai)\s+glm.*",
    r"deepseek(?:[\s-]?(?:v\d|r\d|coder|chat|ai|reasoner).*)?|minimax[\s-]?m\d.*",
    r"kimi[\s-]?(?:k\d|cli|code|ai).*|grok[\s-]?(?:\d|code|ai).*|(?:meta\s+)?llama[\s-]?\d.*|gemma[\s-]?\d.*",
    r"mi[sx]tral\s+(?:ai|large|medium|small|vibe)\b.*|codestral.*|devstral.*",
    r"(?:roo|kilo|qwen|letta|cline|open)\s+code(?:\s.*)?|github\s+spark|replit\s+agent.*|hermes\s+agent",
    r"(?:an?\s+)?(?:ai|llm)[\s-]+(?:assistant|agent|pair\s+programmer|coding\s+\w+)",
)

#: In a trailer that names assistants these words alone are enough: people sign there with more than that.
_AGENT_WORD = re.compile(
    r"(?:the\s+|an?\s+)?(?:anthropic\s+|openai\s+|google\s+|github\s+)?"
    r"(?:claude|codex|cursor|devin|jules|gemini|copilot|aider|windsurf|cascade|openhands|opencode|junie|amp|cline|kiro"
    r"|qwen|glm|kimi|grok|llama|gemma|mistral|sweep|goose|crush|trae|antigravity|deepseek|tabnine|cody|codeium|bard"
    r"|zed\s+agent|ai|llms?|genai|(?:chat-?)?gpt|(?:generative|artificial)\s+(?:ai|intelligence)"
    r"|large\s+language\s+models?)"
    r"(?:\s+(?:ai|agent|cli|assistant|llm|model|editor|ide|tools?))?"
)

# --- robots ------------------------------------------------------------------------------------------------------

#: Addresses that only a robot or an import has.
_BOT_ADDRESS = _any_of(
    r"jenkins@(?:review|openstack|ci|build|jenkins)\S*|zuul@\S+",
    r"openstack-infra@lists\.openstack\.org|infra-root@(?:openstack|opendev)\.org",
    r".*@(?:\S+\.)?gserviceaccount\.com|.*@(?:\S+\.)?travis-ci\.(?:org|com)",
    r"actions?@github\.com|github-actions?@(?:github\.com|users\.noreply\.github\.com)",
    r"support@dependabot\.com|bot@renovateapp\.com|bot@stepsecurity\.io|github-bot@pyup\.io",
    r"(?:hosted|noreply|no-reply)@(?:hosted\.)?weblate\.org|noreply@launchpad\.net|support\+?\S*@crowdin\.com",
    r"scripty@kde\.org|noreply-gerritcodereview@google\.com|gardener@tensorflow\.org|copybara\S*@\S+",
    r"lkp@intel\.com|hulkci@huawei\.com|abaci@linux\.alibaba\.com|lkft@linaro\.org|syzbot\S*@\S+|tip-bot2?@\S+",
    r"\S*\+coverity-bot@chromium\.org|rel-eng@lists\.fedoraproject\.org|\S*\+miss-islington@gmail\.com",
    r"bors@(?:rust-lang\.org|bors\.tech)|(?:project|group)_\d+_bot\S*@noreply\.\S+|\S+@no-reply\.konflux-ci\.dev",
    r"(?:cvs2svn|cvs2git|svn2git|hg2git|git-svn|svn-import|svnimport)@\S*|\(no author\)@?\S*",
)

#: Accounts, and names with hyphens for spaces, of robots and imports that no rule below finds.
_KNOWN = """
(no-author) 0day-robot a.-unique-tensorflower abaci-robot actions-user allcontributors android-build-team-robot
apache-jenkins appveyor asf-ci asf-gitbox-commits asfgit automerger-merge-worker aws-sdk-dotnet-automation
aws-sdk-go-automation azure-pipelines azure-sdk b2g-bumper-bot bedevere-bot blurb-it bors bors-diem bors-ng
bors-servo brewtest-bot brewtestbot buildbot buildroot-bot bulldozer changeset-bot chromium-autoroll circle-ci
circleci cla-assistant cla-bot cockpituous codacy-badger codecov codecov-io commit-bot conda-forge-admin copybara
copybara-github copybara-import copybara-service copybara-sync copybaraservice coverity-bot crowdin crowdin-bot
cvs-import cvs-to-git-conversion cvs2git cvs2svn debian-janitor deepsource-autofix dependabot dependabot-preview
dependabot-support dotnet-bot dotnet-maestro dotnet-maestro-bot eclipse-jdt-bot eclipse-platform-bot
eclipse-releng-bot engine-flutter-autoroll facebook-community-bot facebook-github-bot facebook-github-whois-bot-0
fedora-infrastructure fedora-release-engineering fejta-bot ffxbld gaia-pushbot gcf-owl-bot gecko-mirror gerrit-bot
gerrit-code-review gerritbot git-import git-svn git-svn-import gitbook-bot github-action github-actions
github-actions-bot github-classroom github-merge-queue gitlab-bot gitlab-ci gitlab-crowdin-bot
gitlab-dependency-update-bot gitpod-io google-cloud-policy-bot google-oss-prow google-oss-robot
googleapis-publisher googlebot greenkeeper hg2git homu hosted-weblate hulk-robot imgbot imgbotapp istio-testing
janitor-bot jenkins jenkins-slave k8s-ci-robot k8s-github-robot k8s-merge-robot k8s-publishing-bot
kernel-test-robot knative-prow-robot kodiakhq koji-bot l10n-bot l10n-daemon-script launchpad-translations
lerna-bot linux-kernel-functional-testing llvm-gn-syncbot llvm-premerge-bot llvmbot lokalise luci-cq marvim
mend-renovate merge-queue mergify microsoft-github-operations microsoft-github-policy-service miss-islington
miss-islington-(bot) moz-wptsync-bot mozilla-pontoon mozilla-releng-treescript msftbot neovim-bot netlify
nixpkgs-merge-bot no-author no_author nobody nv-automation-bot ofborg openshift-bot openshift-ci
openshift-merge-robot openstack-infra openstack-proposal-bot openstack-release-bot openstackgerrit packit
packit-as-a-service poeditor-bot pontoon pre-commit-ci probot prombot pulsebot python-release-manager
pytorch-mergebot pytorchbot pytorchmergebot pytorchupdatebot pyup-bot pyup.io-bot r-ryantm r.-ryantm rapids-bot
readthedocs-bot red-hat-konflux regro-cf-autotick-bot release-please renovate renovatebot restyled-io rust-bors
rust-cloud-vms rust-highfive rust-log-analyzer rust-timer rustbot semantic-release-bot servo-oss-robot
servo-wpt-sync skia-autoroll skia-flutter-autoroll slackbot snyk-bot sourcery-ai-bot stale-bot subversion-import
svn-import svn-to-git svn2git svnimport swift-ci swift_jenkins syzbot teamcity tensorflow-copybara
tensorflow-gardener tensorflow-jenkins tensorflower-gardener the-knights-who-say-ni transifex translatewiki
translatewiki.net travis-ci travis-ci-user travisci traviscibot treehugger-robot triagebot v8-autoroll vercel
vscode-triage-bot vscodebot web-flow weblate weblate-admin whitesource-renovate yoshi-automation yoshi-code-bot
zanata zeal-robot zuul
"""
_BOT_HANDLES = frozenset(_KNOWN.split())

#: Words before "Bot" that say it is no surname.
_BOT_ROLE = _any_of(
    r"ci|cd|releases?|proposal|merger?|build(?:s|er)?|sync|update[rs]?|import(?:er)?|export|translations?|i18n|l10n",
    r"tests?|testing|commit|push|backport|cherry-?pick|review|lint|format(?:ter)?|style|deploy|docs?|version",
    r"bump(?:er)?|roll(?:er)?|auto|automation|git|github|gitlab|gerrit|jenkins|renovate|publish(?:ing)?|deps",
    r"dependenc(?:y|ies)|packages?|security|stale|label|triage|pr|pull|mirror|nightly|wiki|infra|robot|weblate|crowdin",
    r"snyk|pyup|web|website|data|changelog|copyright|license|owl|policy|cla|dev|admin",
)

#: Local parts of robots, if no full name stands beside them.
_BOT_LOCAL = _any_of(r"ci|bots?|robot|buildbot|git-bot|ci-bot|ci-robot")
_CAMEL_BOT = re.compile(r".*[a-z0-9](?:Bot|BOT)\d*")
_JOINED_BOT = re.compile(
    r"\S*(?:merge|sync|push|build|release|commit|lint|ci|i18n|l10n|translate|update|version|deps|pull|deploy|github"
    r"|gitlab|automation|auto|docs|import|export|backport|homebrew|renovate|depend|issue|label|changelog)bots?"
)
_SERVICE = re.compile(
    r"(?:.*\b)?(?:auto-?roll(?:er)?|auto-?merger?|autobuild(?:er)?|auto-?updater?|merge\s+(?:worker|queue)"
    r"|build\s+(?:robot|server|system)|continuous\s+integration|translation\s+(?:robot|import)"
    r"|import\s+(?:script|account)|git\s+svn\s+import"
    r"|(?:svn|cvs|subversion|mercurial|hg|bzr|perforce|p4)\s+(?:to\s+git\s+)?(?:import(?:er)?|conversion|sync)"
    r"|automated\s+(?:commit|version|import|update|release|build)s?|automation\s+(?:account|user))(?:\b.*)?"
)
_ROBOT_WORD = re.compile(r"(?:.*[\s_/-])?(?:bot|bots|robot)(?:[\s_-]*\d+|\s*account|\s*user)?|.*\((?:ro)?bot\)")
_PARTICLE = re.compile(r".*\b(?:van|von|de|der|den|het|du|la|le|el|al)\s+bots?")
_NICKNAME = re.compile(r"(?:mr|mister|i|mrs|ms|dr|the)\b\W*robot|robot\d*")
_NOREPLY = re.compile(r"(?:\d+[+-])?(.+)@users\.noreply\.\S+")


@lru_cache(maxsize=65_536)
def _classify(name: str, email: str, login: str) -> Class:
    display = " ".join(name.split())
    lower = display.casefold()
    address = email.strip().casefold()
    account = login.strip().casefold()
    if not (lower or address or account):
        return "bot"  # nobody is named: an import without authors
    noreply = _NOREPLY.fullmatch(address)
    local = noreply[1] if noreply else address.partition("@")[0]
    handle = lower.replace(" ", "-")
    handles = [h for h in (handle, local, account) if h]

    apps = [h.removesuffix("[bot]") for h in handles if h.endswith("[bot]")]
    # A person may call their account anything, so accounts count where a forge vouches for them.
    vouched = apps + [h for h in ((local if noreply else ""), account) if h]
    if _is_agent(lower, address, apps, vouched):
        return "agent"
    if apps or _is_bot(display, lower, address, local, handle, vouched):
        return "bot"
    return "person"


def _is_agent(lower: str, address: str, apps: list[str], vouched: list[str]) -> bool:
    if _AGENT_ADDRESS.fullmatch(address) or any(_AGENT_APP.fullmatch(a) for a in apps):
        return True
    if any(_AGENT_ACCOUNT.fullmatch(v) for v in vouched):
        return True
    if _AGENT_DISPLAY.fullmatch(lower):
        return True
    # A bare product name is a nickname or a given name unless the address says nothing about a human either.
    return not address and not vouched and bool(_AGENT_WORD.fullmatch(lower)) and lower not in _GIVEN_NAMES


#: Products that are also given names: bare and without an address they prove nothing outside an assistants' trailer.
_GIVEN_NAMES = frozenset(
    ("claude", "devin", "jules", "gemini", "junie", "cody", "kimi", "amp", "crush", "goose", "trae", "bard", "cascade")
)


def _is_bot(display: str, lower: str, address: str, local: str, handle: str, vouched: list[str]) -> bool:
    if _BOT_ADDRESS.fullmatch(address) or any(v in _BOT_HANDLES and v not in _SURNAMES for v in vouched):
        return True
    if handle in _BOT_HANDLES:
        return handle not in _SURNAMES or _role_address(local, handle)
    words = lower.split()
    if _BOT_LOCAL.fullmatch(local) and (len(words) < 2 or _ROBOT_WORD.fullmatch(lower)):
        return True
    if lower == "github" and address == "noreply@github.com":
        return True
    if _SERVICE.fullmatch(lower) or (" " not in display and _CAMEL_BOT.fullmatch(display)):
        return True
    if _JOINED_BOT.fullmatch(lower) or any(_JOINED_BOT.fullmatch(v) for v in vouched):
        return True
    if re.fullmatch(r".*[\s_-]CI", display) or (lower.endswith("-ci") and _role_address(local, "ci")):
        return True
    if _ROBOT_WORD.fullmatch(lower) and not _NICKNAME.fullmatch(lower) and not _PARTICLE.fullmatch(lower):
        surname = (
            len(words) == 2 and words[1] in ("bot", "bots") and words[0].isalpha() and not _BOT_ROLE.fullmatch(words[0])
        )
        return not surname or _role_address(local, "bot")
    # An account such as rust-bot, unless somebody with a given name of their own uses it.
    named = len(words) > 1 or (display[:1].isupper() and display.isalpha())
    return not named and any(re.fullmatch(r"\S+[-_.](?:ro)?bot\d*", h) for h in (local, *vouched))


_ROLES = frozenset(
    ("bot", "robot", "noreply", "reply", "ci", "infra", "build", "builds", "admin", "root", "git", "automation")
)
#: Handles that are surnames or nicknames too.
_SURNAMES = frozenset(("jenkins", "nobody", "renovate", "bulldozer", "probot"))


def _role_address(local: str, word: str) -> bool:
    """Whether an address belongs to a role rather than to somebody with another name."""
    parts = re.split(r"[-_.+]", local)
    return not local or local.endswith("bot") or word in parts or not _ROLES.isdisjoint(parts)


def classify(name: str, email: str, login: str | None = None) -> Class:
    """Class of one identity: a person, a bot or an AI agent.

    Parameters
    ----------
    name, email
        As written; empty when unknown.
    login
        Account name on a forge, where known.

    Returns
    -------
    "person", "bot" or "agent". Nothing named at all is a "bot": an import without authors. Cached and cheap
    (a few microseconds); only the first 256 characters count. Never raises.
    """
    return _classify((name or "")[:_LONGEST], (email or "")[:_LONGEST], (login or "")[:_LONGEST])


_WITH_ADDRESS = re.compile(r"\s*(.*?)\s*<([^<>]*)>\s*(.*)", re.DOTALL)


def is_agent_text(text: str) -> bool:
    """Whether the value of a trailer that credits an assistant names an AI agent rather than a person or a plain tool.

    Takes what stands there, with or without an address: `Claude:claude-3-opus`, `Codex (GPT 5.5)`, `Opus 4.7`,
    `Claude <noreply@anthropic.com>`. A bare product name is enough here, which it is not for an author.
    """
    text = text[: 2 * _LONGEST].strip()
    match = _WITH_ADDRESS.fullmatch(text)
    if match and match[2].strip():
        return classify(match[1], match[2]) == "agent"
    value = " ".join((match[1] if match else text).split()).casefold().strip(" .,;\"'`[]*_")
    if not value:
        return False
    # Several may stand in one value, and a link or remark after it.
    first = re.split(r"\s*(?:,|;|\s\+\s|\sand\s|\s&\s|\swith\s|https?://)\s*", value)[0].strip()
    bare = re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*$", "", first)
    return any(
        _AGENT_DISPLAY.fullmatch(v) or _AGENT_WORD.fullmatch(v) or _AGENT_ACCOUNT.fullmatch(v.removesuffix("[bot]"))
        for v in {value, first, bare}
        if v
    )
