"""The headers by which exports name a person, the manager, a team and dates.

Spelled as `connectors.organisation.table.normal_header` gives them. Docs: docs/organisation.md.
"""

from __future__ import annotations

from collections.abc import Iterable

_EMAIL = (
    *("workemail", "workemailaddress", "emailwork", "emailprimarywork", "primaryworkemail", "businessemail"),
    *("businessemailaddress", "companyemail", "corporateemail", "officeemail", "email", "emailaddress", "emailid"),
    *("mail", "mailaddress", "primaryemail", "primaryemailaddress", "userprincipalname", "upn"),
)
_OTHER_EMAIL = (
    *("personalemail", "personalemailaddress", "emailpersonal", "homeemail", "privateemail", "secondaryemail"),
    *("alternateemail", "otheremail", "githubemail", "gitemail", "commitemail", "gitlabemail"),
)
_LOGIN = (
    *("github", "githublogin", "githubusername", "githubhandle", "githubuser", "githubid", "githuburl"),
    *("githubaccount", "gitlab", "gitlablogin", "gitlabusername", "gitlabhandle", "gitlabuser", "login", "loginname"),
    *("loginid", "username", "account", "accountname", "samaccountname", "handle", "nickname", "ldap"),
    *("uid", "networkid"),
)
_ID = (
    *("employeeid", "employeenumber", "employeeno", "employeecode", "empid", "empno", "empnumber", "workerid"),
    *("workernumber", "personid", "personnumber", "personnelnumber", "personnelno", "personnelid", "staffid"),
    *("staffnumber", "associateid", "eeid", "payrollid", "hrid", "userid", "usersysid", "id", "number"),
)
_NAME = ("displayname", "fullname", "name")
_OTHER_NAME = ("preferredname", "commonname", "cn", "legalname")
_FIRST = ("preferredfirstname", "firstname", "givenname", "forename", "first", "givennames")
_LAST = ("lastname", "surname", "familyname", "preferredlastname", "last", "sn")
#: What a person is called in a header; each also before "name", "email", "login", ... ("Employee name", "Worker ID").
_PERSON = ("person", "employee", "worker", "staffmember", "member", "teammember", "associate", "colleague", "user")
_MANAGER = (
    *("manager", "linemanager", "directmanager", "reportingmanager", "peoplemanager", "managers", "reportsto"),
    *("reportingto", "supervisor", "directsupervisor", "supervisors", "managedby", "boss", "workersmanager"),
    *("employeesmanager", "primarymanager", "currentmanager"),
)
_TEAM = (
    *("team", "teamname", "squad", "group", "groupname", "department", "departmentname", "dept", "orgunit"),
    *("orgunitname", "organisationunit", "organizationunit", "organisationalunit", "organizationalunit"),
    *("supervisoryorganization", "supervisoryorganisation", "subdepartment", "unit", "businessunit", "division"),
    *("organisation", "organization"),
)
_SINCE = (
    *("since", "effectivefrom", "effectivedate", "effectivestartdate", "validfrom", "jobeffectivedate"),
    *("jobinformationdate", "positionstartdate", "positionstart", "positionsince", "jobstartdate", "managersince"),
    *("teamsince", "from", "fromdate", "start", "startdate", "startson", "begin", "begindate", "joined", "joinedon"),
    *("hiredate", "datehired", "hiredon", "dateofhire", "originalhiredate", "joindate", "joiningdate", "dateofjoining"),
    *("employmentstartdate", "contractstartdate"),
)
_UNTIL = (
    *("until", "effectiveto", "effectiveuntil", "effectiveenddate", "validto", "validuntil", "positionenddate"),
    *("positionend", "jobenddate", "to", "todate", "end", "enddate", "endson", "left", "lefton", "terminationdate"),
    *("dateofleaving", "leavingdate", "exitdate", "separationdate", "lastday", "lastdayofwork", "lastworkingday"),
    *("employmentenddate", "dateofexit", "terminatedon"),
)
_TITLE = (
    *("jobtitle", "businesstitle", "positiontitle", "jobname", "jobprofile", "jobrole", "job", "designation"),
    *("title", "position", "positionname", "role"),
)


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Every word of `first` before every word of `second`, as headers join them."""
    second = tuple(second)
    return tuple(a + b for a in first for b in second)


_OF_PERSON = (*_PERSON, *(person + "s" for person in _PERSON))

#: field -> headers. `person` and `manager` may hold a name, an e-mail address, a login or an employee id.
PERSON_HEADERS: dict[str, tuple[str, ...]] = {
    # "User name" is a login and no name.
    "name": (*_NAME, *(name for name in _joined(_OF_PERSON, _NAME) if name != "username"), *_OTHER_NAME),
    "person": _PERSON,
    "last_comma_first": ("lastnamefirstname", "lastfirst", "surnamefirstname"),
    "first": (*_FIRST, *_joined(_OF_PERSON, _FIRST)),
    "last": (*_LAST, *_joined(_OF_PERSON, _LAST)),
    "email": (*_EMAIL, *_joined(_OF_PERSON, _EMAIL)),
    "other_email": _OTHER_EMAIL,
    "login": (*_LOGIN, *_joined(_OF_PERSON, _LOGIN)),
    "id": tuple(dict.fromkeys([*_joined(_OF_PERSON, ("id", "number", "no")), *_ID])),
    "since": _SINCE,
    "until": _UNTIL,
}

CHART_HEADERS: dict[str, tuple[str, ...]] = {
    **PERSON_HEADERS,
    "manager": (*_MANAGER, *_joined(_MANAGER, _NAME)),
    "manager_first": _joined(_MANAGER, _FIRST),
    "manager_last": _joined(_MANAGER, _LAST),
    "manager_email": (*_joined(_MANAGER, _EMAIL), *_joined(("emailof", "emailofthe"), _MANAGER)),
    "manager_login": _joined(_MANAGER, _LOGIN),
    "manager_id": _joined(_MANAGER, _ID),
    "team": _TEAM,
    "title": _TITLE,
}

MEMBERSHIP_HEADERS: dict[str, tuple[str, ...]] = {**PERSON_HEADERS, "team": _TEAM}

#: Any of these says who a row is about.
WHO = ("email", "login", "id", "name", "person", "last_comma_first", "first", "last")
#: ... and who manages that person.
WHO_MANAGES = ("manager", "manager_email", "manager_login", "manager_id", "manager_first", "manager_last")
