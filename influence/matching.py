"""Which identities may be one person: rules, most certain first, each with how sure it is.

A rule looks only at the identities themselves, never at what was joined before it. So the order in which they come
does not matter, and saying that two are one never tears others apart. What a rule finds likely but not sure enough is
proposed as not accepted: a near miss, for a human to decide.

Conservative by design. Two people taken for one make a leader who does not exist; one person taken for two is seen in
the review and mended in `people.csv`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from influence.identity import Who, is_free_mail
from influence.likeness import alike, clusters, is_telling, plain, related, spellings
from influence.namesakes import Apart, Names, Proposal, between, star
from influence.wordlists import COMMON_SURNAMES, SHORT_SURNAMES

_COMMON = COMMON_SURNAMES | SHORT_SURNAMES

#: A domain with no more names than this is somebody's own.
_OWN_HOUSE = 3


def propose(people: Sequence[Who], apart: Apart = lambda _a, _b: False) -> list[Proposal]:
    """All proposals for `people`, in the order in which they are to be applied.

    Parameters
    ----------
    people
        Identities of human beings, oldest first: the order decides which of a group the others are joined to, not
        who is joined.
    apart
        Whether two positions are known to be two people. A name that such a pair shares proves nothing any more.

    Returns
    -------
    Proposals, rule by rule. Time is near linear: only identities that share an address, an account, a word of their
    name or the neighbourhood in the alphabet are compared.
    """
    names = Names(people, apart)
    doubtful: set[int] = set()
    found = list(_same_contact(people, names, doubtful))
    for position in sorted(doubtful):
        names.doubt(position)
    clear = [i for i in range(len(people)) if i not in doubtful]
    found.extend(_same_login(people, clear))
    found.extend(names.rules())
    found.extend(_same_account_name(people, clear, names))
    found.extend(_same_word(people, clear, names))
    return found


def _same_contact(people: Sequence[Who], names: Names, doubtful: set[int]) -> Iterator[Proposal]:
    """Same mailbox, same account number, same login at a forge; a weak address only with the same name.

    Fills `doubtful` with those whose name and address speak for two different people.
    """
    points: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i, who in enumerate(people):
        contact = who.contact
        if contact.account:
            points["same account", f"{contact.account}@{contact.platform}"].append(i)
        elif contact.strong and not contact.login:
            points["same e-mail", contact.mailbox].append(i)
        for platform, login in who.logins:
            points["same login", f"{login}@{platform}"].append(i)
        if contact.email and not contact.strong:
            points["weak", contact.email].append(i)
    for (rule, _), members in points.items():
        if len(members) > 1:
            if rule == "weak":
                yield from _at_weak_point(people, members)
            else:
                yield from _at_one_point(people, names, members, rule, doubtful)


def _at_weak_point(people: Sequence[Who], members: list[int]) -> Iterator[Proposal]:
    """Those at an address that may be anybody's (`root@localhost`, `info@`): one person only with the same name.

    Where it is the address of no role and one name alone stands there, whoever has no name is taken for the same.
    """
    contact = people[members[0]].contact
    number = clusters((who.names[0] for who in (people[i] for i in members) if who.names), alike)
    parts: dict[int, list[int]] = defaultdict(list)
    for i in members:
        parts[number[people[i].names[0]] if people[i].names else -1].append(i)
    unnamed = parts.pop(-1, [])
    for part in parts.values():
        alone = len(parts) == 1 and contact.domain and not contact.role
        yield from star([part[0], *unnamed, *part[1:]] if alone else part, "same e-mail and name", 0.9)


def _at_one_point(
    people: Sequence[Who], names: Names, members: list[int], rule: str, doubtful: set[int]
) -> Iterator[Proposal]:
    """Those who share an address: one person, unless the names beside it are those of several.

    Histories hold such addresses: trailers with the wrong one pasted in, a machine or a list that many use. Somebody
    may also have changed their name. Where two very different names stand at one address, and both are known from
    elsewhere or the address spells one of them, the other is taken for a mistake: it is joined neither by its address
    nor by its name. Three and more names make the address nobody's.
    """
    number = clusters((w for i in members for w in people[i].fulls), related)
    parts: dict[int, list[int]] = defaultdict(list)
    for i in members:
        if people[i].fulls:
            parts[number[people[i].fulls[0]]].append(i)
    if len(parts) <= 1:
        yield from _by_mail(people, members, rule, 0.98)
        return
    inside = set(members)
    local = plain(people[members[0]].contact.local)
    known = [p for p in parts.values() if names.known_outside((w for i in p for w in people[i].fulls), inside)]
    spelt = [p for p in parts.values() if any(local in spellings(w) for i in p for w in people[i].fulls)]
    if len(parts) == 2 and len(known) < 2 and len(spelt) != 1:
        yield from _by_mail(people, members, rule, 0.8)
        return
    for part in parts.values():
        yield from _by_mail(people, part, rule, 0.95)
    owner: list[int] = []
    if len(parts) == 2:
        one, other = sorted(parts.values(), key=len)
        owner = spelt[0] if len(spelt) == 1 else other if len(other) > len(one) else []
        doubtful |= inside - set(owner) - {i for i in members if not people[i].fulls}
    unnamed = [i for i in members if not people[i].fulls]
    if owner:
        yield from _by_mail(people, [owner[0], *unnamed], rule, 0.9)
    yield from star(members, f"{rule}, other name", 0.5, accepted=False)


def _by_mail(people: Sequence[Who], members: list[int], rule: str, confidence: float) -> Iterator[Proposal]:
    """A star that says where only the mailbox is the same, not the address: then the names must fit."""
    first = people[members[0]]
    for other in members[1:]:
        who = people[other]
        if rule != "same e-mail" or who.contact.email == first.contact.email:
            yield between(members[0], other, rule, confidence)
            continue
        # `wycats+carl@` is no more than a tag to one, and to another a pair of people at one screen.
        fits = who.contact.tag == first.contact.tag or not who.names or not first.names
        fits = fits or any(related(a, b) for a in who.names for b in first.names)
        yield between(members[0], other, "same mailbox", min(confidence, 0.95) if fits else 0.5, fits)


def _same_login(people: Sequence[Who], clear: Sequence[int]) -> Iterator[Proposal]:
    """A login whose forge is not known against logins of forges, and the same login at two forges."""
    groups: dict[str, list[int]] = defaultdict(list)
    vouched: dict[str, set[str]] = defaultdict(set)
    for i in clear:
        for platform, login in people[i].logins:
            vouched[login].add(platform)
        for login in {login for _, login in people[i].logins} | people[i].nicks:
            groups[login].append(i)
    for login, members in groups.items():
        if len(members) < 2:
            continue
        number = clusters((w for i in members for w in people[i].names if len(w) > 1), alike)
        if len(set(number.values())) > 1:
            continue
        if is_telling(login):
            yield from star(members, "same login elsewhere", 0.85)
        elif len(vouched[login] - {""}) == 1:
            # CODEOWNERS names accounts of the forge that the no-reply addresses come from.
            yield from star([i for i in members if people[i].logins], "same login", 0.9)


def _same_account_name(people: Sequence[Who], clear: Sequence[int], names: Names) -> Iterator[Proposal]:
    """The same account name at two places (`gholt@a`, `gholt@b`), where the names beside it fit and it is telling."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i in clear:
        who = people[i]
        found = {who.contact.local} if who.contact.local and not who.contact.role else set()
        for local in found | {login for _, login in who.logins} | who.nicks:
            groups[local].append(i)
    for local, members in groups.items():
        if len(members) < 2:
            continue
        number = clusters((w for i in members for w in people[i].names if len(w) > 1), alike)
        if len(set(number.values())) > 1:
            continue  # jsmith is John here and Jane there, and the unnamed one may be either
        yield from _login_of_a_chart(people, members)
        if len(local) < 4:
            continue
        word = plain(local)
        named = [i for i in members if any(len(w) > 1 for w in people[i].names)]
        fulls = {w for i in named for w in people[i].fulls}
        telling = is_telling(local) and word not in names.first
        made = [w for w in fulls if word in spellings(w) and word != w[0] + w[-1][0]]
        rare = all(names.last[w[-1]] <= len(fulls) and w[-1] not in _COMMON for w in fulls)
        fits = telling and (not made or rare)
        yield from star(named, "same account name, names fit", 0.8 if fits else 0.5, fits)
        # Without a full name a bare word may be a given name that no list has: some forge must know it as an account.
        known = any(c.isdigit() for c in local) or any(people[i].logins for i in members)
        for i in members:
            who = people[i]
            if i in named or (who.names and not who.word):
                continue
            own = not who.word or plain(who.word) == word or any(who.word == w[0] for w in fulls)
            fits = own and telling and (bool(made) and rare if fulls else known and not named)
            partner = named[0] if named else members[0]
            if partner != i:
                yield between(partner, i, "same account name", 0.8 if fits else 0.4, fits)


def _login_of_a_chart(people: Sequence[Who], members: list[int]) -> Iterator[Proposal]:
    """A chart's login without a name, however short, if it is the account of one person at one house."""
    formal = [i for i in members if people[i].formal and people[i].nicks and not people[i].fulls]
    others = [i for i in members if not people[i].formal]
    houses = {people[i].contact.domain for i in others}
    if len(formal) == 1 and len(houses) == 1 and not is_free_mail(*houses) and "" not in houses:
        yield from star([others[0], formal[0]], "login in a chart", 0.85)


def _same_word(people: Sequence[Who], clear: Sequence[int], names: Names) -> Iterator[Proposal]:
    """The same telling name of one word: at one domain that hardly anybody else uses, or where it is an account."""
    groups: dict[str, list[int]] = defaultdict(list)
    for i in clear:
        word = people[i].word
        if word and is_telling(word) and word not in names.first:
            groups[word].append(i)
    for word, members in groups.items():
        at: dict[str, list[int]] = defaultdict(list)
        for i in members:
            at[people[i].contact.domain].append(i)
        for domain, group in at.items():
            if domain and names.at[domain] <= _OWN_HOUSE and not is_free_mail(domain):
                yield from star(group, "same name of one word, own domain", 0.8)
        account = any(login == word for i in members for _, login in people[i].logins)
        if account and any(c.isdigit() for c in word):
            yield from star(members, "same account name", 0.8)
        else:
            yield from star(members, "same name of one word", 0.5, accepted=False)
