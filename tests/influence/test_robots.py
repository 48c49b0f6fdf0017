"""Robots and AI agents against people whose names look like theirs. Most lines stand in real public histories."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from influence.robots import classify, is_agent_text

BOTS = """
Jenkins <jenkins@review.openstack.org>
Zuul <zuul@review.opendev.org>
OpenStack Proposal Bot <openstack-infra@lists.openstack.org>
OpenStack Release Bot <infra-root@openstack.org>
Gerrit Code Review <review@openstack.org>
Gerrit Code Review <noreply-gerritcodereview@google.com>
GitHub <noreply@github.com>
bors <bors@rust-lang.org>
bors[bot] <bors[bot]@users.noreply.github.com>
homu <homu@example.org>
dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>
dependabot-preview[bot] <support@dependabot.com>
dependabot <49699333+dependabot[bot]@users.noreply.github.com>
renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>
Renovate Bot <bot@renovateapp.com>
github-actions <github-actions@github.com>
GitHub Action <action@github.com>
Travis CI <travis@travis-ci.org>
Travis CI User <travis@example.org>
Weblate <noreply@weblate.org>
Hosted Weblate <hosted@weblate.org>
l10n daemon script <scripty@kde.org>
Mergify <37929162+mergify[bot]@users.noreply.github.com>
Kubernetes Prow Robot <k8s-ci-robot@users.noreply.github.com>
k8s-ci-robot <20407524+k8s-ci-robot@users.noreply.github.com>
OpenShift Merge Robot <openshift-merge-robot@users.noreply.github.com>
Copybara-Service <copybara-worker@google.com>
A. Unique TensorFlower <gardener@tensorflow.org>
Miss Islington (bot) <31488909+miss-islington@users.noreply.github.com>
R. RyanTM <ryantm-bot@ryantm.com>
BrewTestBot <1589480+BrewTestBot@users.noreply.github.com>
PyTorch MergeBot <pytorchmergebot@users.noreply.github.com>
LLVM GN Syncbot <llvmgnsyncbot@gmail.com>
snyk-bot <snyk-bot@snyk.io>
webpack bot <tobias.koppers+webpack-bot@googlemail.com>
vue-bot <bot@vuejs.org>
StepSecurity Bot <bot@stepsecurity.io>
kernel test robot <lkp@intel.com>
Hulk Robot <hulkci@huawei.com>
syzbot <syzbot+abc@syzkaller.appspotmail.com>
chromium-autoroll <chromium-autoroll@skia-public.iam.gserviceaccount.com>
red-hat-konflux <126015336+red-hat-konflux[bot]@users.noreply.github.com>
project bot <project_123_bot_ab12@noreply.gitlab.com>
(no author) <(no author)@62dab493-f737-651d-591e-8d6aee1b9529>
No Author <dev-null@apache.org>
nobody <nobody@2534bb62-2c4b-0410-85e8-b5006b95c4ae>
cvs2svn <cvs2svn@example.org>
git svn import <import@example.org>
"""

AGENTS = """
Claude <noreply@anthropic.com>
Claude Opus 4.7 (1M context) <noreply@anthropic.com>
Claude Fable 5 <noreply@anthropic.com>
Claude <claude@anthropic.com>
Claude Code <someone@example.org>
Claude (GLM-4.7) <x@example.org>
claude[bot] <209825114+claude[bot]@users.noreply.github.com>
Claude <81847+claude@users.noreply.github.com>
Opus 4.7 <me@example.org>
Copilot <198982749+Copilot@users.noreply.github.com>
Copilot <copilot@github.com>
copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>
GitHub Copilot <x@example.org>
Copilot Autofix powered by AI <62310815+github-advanced-security[bot]@users.noreply.github.com>
Cursor <cursoragent@cursor.com>
Cursor Agent <cursoragent@cursor.com>
GPT 5.4 <codex@openai.com>
Codex <codex@openai.com>
Codex CLI <codex@example.com>
ChatGPT <x@example.org>
GPT-5 <x@example.org>
Gemini 2.5 Pro <x@example.org>
gemini-code-assist[bot] <176961590+gemini-code-assist[bot]@users.noreply.github.com>
gemini-cli <218195315+gemini-cli@users.noreply.github.com>
Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>
devin-ai-integration[bot] <158243242+devin-ai-integration[bot]@users.noreply.github.com>
Amazon Q Developer <amazon-q-developer[bot]@users.noreply.github.com>
aider (gpt-4o) <noreply@aider.chat>
openhands <openhands@all-hands.dev>
google-labs-jules[bot] <161369871+google-labs-jules[bot]@users.noreply.github.com>
sweep-ai[bot] <128439645+sweep-ai[bot]@users.noreply.github.com>
Qwen-Coder <qwen-coder@alibabacloud.com>
GLM-4.6 <x@example.org>
DeepSeek V3 <x@example.org>
Junie <junie@jetbrains.com>
opencode <noreply@opencode.ai>
Amp <amp@ampcode.com>
coderabbitai[bot] <136622811+coderabbitai[bot]@users.noreply.github.com>
CodeRabbit <noreply@coderabbit.ai>
Antigravity <antigravity@gemini.google.com>
"""

PEOPLE = """
Claude Monet <claude@monet.fr>
Claude Dioudonnat <cdioudonnat@itnetwork.fr>
Claude <claude@paquette.ca>
Jean-Claude Van Damme <jcvd@example.org>
Devin J. Pohly <djpohly@gmail.com>
Devin <devin@doucette.cc>
Jules Maselbas <jules.maselbas@grenoble-inp.org>
Jules <jules@example.org>
Gemini <gem@example.org>
Cody <cody@example.org>
Cursorial <cursorial@users.noreply.github.com>
Taylor Blau <ttaylorr@openai.com>
Jane Roe <jane@anthropic.com>
Botond Ballo <botond@mozilla.com>
Laura Abbott <labbott@redhat.com>
Andrew Talbot <andrew.talbot@richmond.edu>
talbot <talbot@example.org>
abbot <abbot@example.org>
Sander Bot <sander@example.org>
Jan de Bot <jan@debot.nl>
Mr Robot <elliot@example.org>
Robot7 <x@abyssmail.com>
Alex <leha-bot@users.noreply.github.com>
Alex <agrambot@gmail.com>
Tery Lim <kumabotz@users.noreply.github.com>
alex boten <223565+codeboten@users.noreply.github.com>
Nick Quaranto <nick@thoughtbot.com>
Carl Jenkins <cjenkins@example.org>
Jenkins <leeroy@example.org>
Travis <godxiaoji@163.com>
Travis Bischel <twmb@lavabit.com>
Gerrit <gerrit@example.nl>
Gerrit Holl <gerrit@holl.example>
Hudson <hudson@example.org>
Curtis Ivy <ci@example.org>
Mark Zuul-Smith <mark@example.org>
Weihang Lo <weihanglo@users.noreply.github.com>
Somebody <noreply@github.com>
Tim Mundt <Tim-Erwin@660054.no-reply.drupal.org>
root <root@localhost>
unknown <rchtara@.xi-ingenierie.local>
nobody <ydlu1987@gmail.com>
Ted Nyman <tnyman@openai.com>
Leonardo da Vinci <leo@example.it>
Jane Roe (aider) <jane@example.org>
"""


def _lines(*texts: str) -> list[tuple[str, str]]:
    pairs = [line.rsplit(" <", 1) for text in texts for line in text.strip().splitlines()]
    return [(name, email.rstrip(">")) for name, email in pairs]


@pytest.mark.parametrize(("name", "email"), _lines(BOTS))
def test_bots(name: str, email: str) -> None:
    assert classify(name, email) == "bot"


@pytest.mark.parametrize(("name", "email"), _lines(AGENTS))
def test_agents(name: str, email: str) -> None:
    assert classify(name, email) == "agent"


@pytest.mark.parametrize(("name", "email"), _lines(PEOPLE))
def test_people_with_such_names(name: str, email: str) -> None:
    assert classify(name, email) == "person"


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("dependabot[bot]", "bot"),
        ("k8s-ci-robot", "bot"),
        ("rust-bot", "bot"),
        ("Copilot", "agent"),
        ("copilot-swe-agent[bot]", "agent"),
        ("coderabbitai[bot]", "agent"),
        ("claude", "person"),
        ("octocat", "person"),
        ("jenkins", "person"),
    ],
)
def test_logins(login: str, expected: str) -> None:
    assert classify("", "", login) == expected


def test_nobody_named_is_an_import() -> None:
    assert classify("", "") == "bot"
    assert classify("  ", "", None) == "bot"


@pytest.mark.parametrize(
    "text",
    [
        "Claude:claude-3-opus",
        "Claude:claude-4.6-sonnet",
        "Codex (GPT 5.5)",
        "Codex:gpt-5.6",
        "OpenAI Codex (GPT-5)",
        "Opus 4.7",
        "Claude",
        "Claude Code",
        "[Claude Code](https://claude.ai/code)",
        "Claude Sonnet 4.5 <noreply@anthropic.com>",
        "Cursor",
        "GitHub Copilot",
        "Gemini",
        "gemini-2.5-pro",
        "ChatGPT",
        "Copilot and ChatGPT",
        "DeepSeek",
        "an AI assistant",
        "LLM",
    ],
)
def test_assistants_without_address(text: str) -> None:
    assert is_agent_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Junio C Hamano <gitster@pobox.com>",
        "Waldek Maleska <weakcamel@users.github.com>",
        "Claude Monet",
        "Claude Monet <claude@monet.fr>",
        "Devin <devin@doucette.cc>",
        "Coccinelle",
        "Tim Burke",
        "openstack/project-config:roles/copy-release-tools-scripts/files/add_release_note_page.sh",
    ],
)
def test_people_and_plain_tools_are_no_assistants(text: str) -> None:
    assert not is_agent_text(text)


@given(st.text(max_size=300), st.text(max_size=300), st.one_of(st.none(), st.text(max_size=60)))
def test_any_text_has_a_class(name: str, email: str, login: str | None) -> None:
    assert classify(name, email, login) in ("person", "bot", "agent")
    assert is_agent_text(name) in (True, False)


@given(st.sampled_from(_lines(BOTS, AGENTS, PEOPLE)), st.sampled_from(["", " ", "\t"]))
def test_case_and_outer_space_do_not_matter_for_addresses(pair: tuple[str, str], space: str) -> None:
    name, email = pair
    assert classify(name + space, space + email.upper()) == classify(name, email)


@pytest.mark.parametrize("unit", ["a", "claude ", "bot-", "-", "svn to git ", "(", "x.", "claude ("])
def test_hostile_lengths_are_cheap(unit: str) -> None:
    long = unit * (1_000_000 // len(unit))
    start = time.perf_counter()
    classify(long, long, long)
    is_agent_text(long)
    is_agent_text(f"{long} <{long}>")
    assert time.perf_counter() - start < 10
