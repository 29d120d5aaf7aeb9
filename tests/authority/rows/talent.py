"""Profiles: a private one is shown to the person, their colleagues, and the other side of offers and contracts."""

from typing import Any, Final

from souk.domains.reference.ontology import ontology
from tests.authority.contracts import FINISHED
from tests.authority.fixtures import IVY, ZOE
from tests.authority.row import Row, own, public, refused, sees, shows
from tests.authority.talent import (
    ACCOUNT,
    CERTIFICATE,
    DRAFT,
    EDUCATION,
    EMPLOYMENT,
    EXPERIENCE,
    HIDDEN_PROJECT,
    PROJECT,
    READY_DRAFT,
)
from tests.authority.world import INVITED, LEADER, OPERATOR

VIDEO_SERVICE: Final = next(one for one in ontology().occupations.values() if one.slug == "video-editing")
_PROFILE = """{ fullName email phoneNumber { number } personalData { title description workPhone profileStateReason
  address { street } } employmentRecords { companyName description } certificates { name submissionCode }
  linkedExternalAccountsList { edges { node { userProfile } } }
  userDetails { talentProfile { personalData { title } } } }"""
_TALENT = """{ personId personalData { title description location { zip } } educationRecords { institutionName }
  communityCertificates { certificate { name } } }"""
_FOUND = """{ freelancerProfileSearchRecords(searchFilter: { userType: %s }, pagination: { first: 50 }) {
  totalCount edges { node {
    ... on FreelancerProfilesSearchRecord { id title description shortName location { city }
      freelancer { email } freelancerProfile { lastName email personalData { title address { street } } } }
    ... on UserFreelancerProfilesSearchRecord { shortName user { id email } userProfile { lastName email } } } } } }"""
_LANGUAGE: dict[str, Any] = {
    "language": {
        "language": {"iso639Code": "pt", "active": True, "englishName": "Portuguese"},
        "proficiencyLevel": {"code": "4"},
    }
}
_JOB: dict[str, Any] = {
    "companyName": "Gull",
    "jobTitle": "Painter",
    "role": "Lead",
    "startDate": "2019-03",
    "city": "Lisbon",
    "country": "PT",
}


def _changed(field: str, type_: str, shown: str, strangers: Any = own, selected: str = "id", **given: Any) -> Row:
    """A change of Ivy's own profile. What others send changes theirs."""
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($input: {type_}!) {{ {field}(input: $input) {{ {selected} }} }}",
        variables={"input": given},
        shows=shown,
        strangers=strangers,
        owner=INVITED,
    )


def _by_id(field: str, id_: str, arguments: str = "", selected: str = "") -> Row:
    """A change of one of Ivy's records, which others do not find."""
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($id: ID!) {{ {field}(id: $id{arguments}) {selected} }}",
        variables={"id": id_},
        shows=f'"{field}":',
        strangers=refused("NOT_FOUND"),
        owner=INVITED,
    )


def _decided(field: str, type_: str, shown: str, selected: str, **given: Any) -> Row:
    return Row(
        field=f"Mutation.{field}",
        document=f"mutation ($input: {type_}!) {{ {field}(input: $input) {{ {selected} }} }}",
        variables={"input": {"userId": IVY, "reason": "Seen", **given}},
        shows=shown,
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    )


_READING = (
    Row(
        field="Query.freelancerProfileByProfileKey",
        document=f"query ($key: String!) {{ freelancerProfileByProfileKey(profileKey: $key) {_PROFILE} }}",
        variables={"key": f"~01{IVY}"},
        shows="canary-profile-title",
        strangers=refused("NOT_FOUND"),
        colleague=shows("canary-profile-title"),
    ),
    Row(
        field="Query.talentProfileByProfileKey",
        document=f"query ($key: String!) {{ talentProfileByProfileKey(profileKey: $key) {_TALENT} }}",
        variables={"key": f"~01{IVY}"},
        shows="canary-profile-title",
        strangers=sees(None),
        colleague=shows("canary-profile-title"),
    ),
    Row(
        field="Query.freelancerVisibility",
        document="""query ($id: ID) { freelancerVisibility(id: $id) {
          locked risky currentVisibility originalVisibility } }""",
        variables={"id": IVY},
        shows='"currentVisibility":"PRIVATE"',
        strangers=sees(None),
        colleague=shows('"currentVisibility":"PRIVATE"'),
    ),
    Row(
        field="Query.freelancerProfileSearchRecords",
        document=_FOUND % 'Freelancer, keyword: "member"',
        shows="canary-member-title",
        strangers=sees({"totalCount": 0, "edges": []}),
        colleague=shows("canary-member-overview"),
    ),
    Row(
        field="Query.freelancerProfileSearchRecords",
        about="clients",
        document=_FOUND % "Client",
        shows="canary-mail-of-liam",
        strangers=public,
        rival=shows('"shortName":"Omar'),
        colleague=shows("canary-mail-of-liam"),
    ),
    Row(
        field="Query.freelancerProfileByProfileKey",
        about="the person's own",
        document=f"query ($key: String!) {{ freelancerProfileByProfileKey(profileKey: $key) {_PROFILE} }}",
        variables={"key": f"~01{IVY}"},
        shows="canary-profile-hidden-certificate",
        strangers=refused("NOT_FOUND"),
        colleague=shows("canary-profile-title"),
        owner=INVITED,
    ),
)

_WRITING = (
    _changed(
        "updateFreelancerProfile",
        "UpdateFreelancerProfileInput",
        "Sculptor",
        own,
        "personalData { title }",
        title="Sculptor",
    ),
    _changed(
        "addFreelancerEmploymentRecord", "CreateEmploymentRecordInput", '"user":{"id"', own, "id user { id }", **_JOB
    ),
    _changed("addFreelancerEducationRecord", "CreateEducationRecordInput", '"id"', own, institutionName="School"),
    _changed("addFreelancerOtherExperience", "OtherExperienceInput", '"id"', own, subject="Sailing", description="Far"),
    _changed("addFreelancerCertificate", "CreateFreelancerCertificateInput", '"id"', own, name="Certified"),
    _changed("addFreelancerLanguage", "FreelancerLanguageInput", '"id":"pt"', own, **_LANGUAGE),
    _changed(
        "updateFreelancerAvailability",
        "FreelancerProfileAvailabilityInput",
        "More than 30 hrs/week",
        own,
        "name",
        userId=IVY,
        availability={"capacity": "fullTime", "creationDateTime": "2026-01-01"},
    ),
    _changed(
        "linkExternalAccount",
        "LinkExternalAccountInput",
        '"id"',
        own,
        name="gitlab",
        userProfile="https://git.example/i",
    ),
    _changed(
        "updateFreelancerEmploymentRecord",
        "UpdateEmploymentRecordInput",
        "canary-profile-employer",
        refused("NOT_FOUND"),
        "companyName",
        id=EMPLOYMENT,
        role="Chief",
    ),
    _changed(
        "updateFreelancerEducationRecord",
        "UpdateEducationRecordInput",
        "canary-profile-school",
        refused("NOT_FOUND"),
        "institutionName",
        id=EDUCATION,
        degree="Doctor",
    ),
    _changed(
        "updateFreelancerOtherExperience",
        "UpdateOtherExperienceInput",
        "canary-profile-experience",
        refused("NOT_FOUND"),
        "subject",
        id=EXPERIENCE,
        description="Round the world.",
    ),
    _changed(
        "updateFreelancerCertificate",
        "UpdateFreelancerCertificateInput",
        "canary-profile-certificate",
        refused("NOT_FOUND"),
        "name submissionCode",
        id=CERTIFICATE,
        score="2.0",
    ),
    _by_id("removeFreelancerEmploymentRecord", EMPLOYMENT, f', userId: "{IVY}"'),
    _by_id("removeFreelancerEducationRecord", EDUCATION),
    _by_id("removeFreelancerOtherExperience", EXPERIENCE),
    _by_id("removeFreelancerCertificate", CERTIFICATE),
    _by_id("unlinkExternalAccount", ACCOUNT, selected="{ name userProfile }"),
    Row(
        field="Mutation.removeFreelancerLanguage",
        document=f'mutation {{ removeFreelancerLanguage(userId: "{IVY}", iso639Code: "en") }}',
        shows='"removeFreelancerLanguage":true',
        strangers=refused("NOT_FOUND"),
        owner=INVITED,
    ),
    Row(
        field="Mutation.submitFreelancerProfile",
        document="mutation { submitFreelancerProfile { personalData { title profileState } } }",
        shows="AUTO_ACCEPTED",
        strangers=refused("UNPROCESSABLE_CONTENT"),
        owner=INVITED,
    ),
)

_DECISIONS = (
    Row(
        field="Mutation.updateAgencyFreelancerPreferences",
        document="""mutation ($input: UpdateAgencyFreelancerPreferencesInput!) {
          updateAgencyFreelancerPreferences(input: $input) { hideAgencyEarnings } }""",
        variables={"input": {"userId": ZOE, "hideAgencyEarnings": True}},
        shows='"hideAgencyEarnings":true',
        strangers=refused("NOT_FOUND"),
        owner=LEADER,
    ),
    Row(
        field="Mutation.reviewFreelancerProfile",
        document=f"""mutation {{ reviewFreelancerProfile(userId: "{ZOE}", approve: true) {{
          personalData {{ profileState }} }} }}""",
        shows='"profileState":"ACCEPTED"',
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    ),
    Row(
        field="Mutation.reviewFreelancerCertificate",
        document=f"""mutation {{ reviewFreelancerCertificate(userId: "{IVY}", certificateId: "{CERTIFICATE}",
          approve: true) {{ id verified }} }}""",
        shows='"verified":true',
        strangers=refused("FORBIDDEN"),
        owner=OPERATOR,
    ),
    _decided(
        "updateFreelancerVerifications",
        "UpdateFreelancerVerificationsInput",
        '"phoneVerified":true',
        "verifications { phoneVerified }",
        phoneVerified=True,
    ),
    _decided(
        "lockFreelancerVisibility",
        "LockFreelancerVisibilityInput",
        '"locked":true',
        "locked risky currentVisibility",
        locked=True,
        visibility="PUBLIC",
    ),
)

_SPECIALIZED = "profileId title description hourlyRate { rawValue } weblink occupations"
_PORTFOLIO = (
    Row(
        field="Query.freelancerProfileByProfileKey",
        about="a project that is not public",
        document=f"""query ($key: String!) {{ freelancerProfileByProfileKey(profileKey: $key) {{
          project(id: "{HIDDEN_PROJECT}") {{ title attachments {{ link }} }} }} }}""",
        variables={"key": f"~01{IVY}"},
        shows="canary-profile-hidden-project",
        strangers=refused("NOT_FOUND"),
        colleague=shows("canary-profile-hidden-project"),
    ),
    Row(
        field="Query.talentProfileByProfileKey",
        about="the person's own drafts",
        document="""query ($key: String!) { talentProfileByProfileKey(profileKey: $key) {
          projectList { projects { title } } specializedProfiles { title status }
          specializedProfilesProjects { project { title } } } }""",
        variables={"key": f"~01{IVY}"},
        shows="canary-profile-specialized-draft",
        strangers=sees(None),
        colleague=shows("canary-profile-specialized"),
        owner=INVITED,
    ),
    _changed(
        "createPortfolioProject",
        "CreatePortfolioProjectInput",
        f'"contractId":"{FINISHED}"',
        refused("UNPROCESSABLE_CONTENT"),
        "id title contractLink { contractId }",
        title="Gulls",
        contractId=FINISHED,
    ),
    _changed(
        "updatePortfolioProject",
        "UpdatePortfolioProjectInput",
        "canary-profile-project",
        refused("NOT_FOUND"),
        "title attachments { link fileName } contractLink { contractId }",
        id=PROJECT,
        role="Painter",
    ),
    _by_id("deletePortfolioProject", HIDDEN_PROJECT),
    Row(
        field="Mutation.reorderPortfolioProjects",
        document="mutation ($ids: [ID!]!) { reorderPortfolioProjects(ids: $ids) { title } }",
        variables={"ids": [HIDDEN_PROJECT, PROJECT]},
        shows="canary-profile-hidden-project",
        strangers=refused("UNPROCESSABLE_CONTENT"),
        owner=INVITED,
    ),
    _changed(
        "createSpecializedProfile",
        "CreateSpecializedProfileInput",
        '"profileId"',
        refused("UNPROCESSABLE_CONTENT"),
        _SPECIALIZED,
        occupationId=VIDEO_SERVICE.id,
        title="Films of gulls",
        projectIds=[PROJECT],
    ),
    _changed(
        "updateSpecializedProfile",
        "UpdateSpecializedProfileInput",
        "canary-profile-specialized-draft",
        refused("NOT_FOUND"),
        _SPECIALIZED,
        profileId=DRAFT,
        rank=1,
    ),
    Row(
        field="Mutation.publishSpecializedProfile",
        document=f"mutation ($id: ID!) {{ publishSpecializedProfile(profileId: $id) {{ {_SPECIALIZED} }} }}",
        variables={"id": READY_DRAFT},
        shows="canary-ready-draft",
        strangers=refused("NOT_FOUND"),
    ),
    Row(
        field="Mutation.deleteSpecializedProfile",
        document="mutation ($id: ID!) { deleteSpecializedProfile(profileId: $id) }",
        variables={"id": DRAFT},
        shows='"deleteSpecializedProfile":true',
        strangers=refused("NOT_FOUND"),
        owner=INVITED,
    ),
)

ROWS = (*_READING, *_WRITING, *_DECISIONS, *_PORTFOLIO)
