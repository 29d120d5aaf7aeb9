"""Clouds that postings and offers name, and what a membership opens: postings, searches, proposals and profiles."""

from typing import Any

import pytest

from souk.domains.market.model import RelationKind
from souk.domains.market.store import RELATIONS
from souk.domains.talent.model import Profile, Visibility
from souk.domains.talent.store import PROFILES
from tests.support.racing import meanwhile
from tests.support.worlds.clouds import CloudsWorld
from tests.support.worlds.jobs import BUILD, DESIGN, SOFIA, fixed_price

READ = "query ($id: ID!) { marketplaceJobPosting(id: $id) { id } }"
FEATURES = """query ($id: ID!) { offer(id: $id) {
  payroll { talentCloudId } offerFeatures { eor privateTalentCloud { id name joinRequestNotifyUsers { id } } } } }"""


def only_for(*clouds: str) -> dict[str, Any]:
    """Return the `ptcInfo` of a posting for members of some clouds."""
    return {"visibility": "MEMBER_SELECTED_CLOUD", "talentCloudIds": list(clouds)}


def reads(world: CloudsWorld, job_id: str, who: Any) -> bool:
    """Return whether a person reads a posting, which has to be the same as whether their search finds it."""
    answer = who.call(READ, {"id": job_id}).json
    read = "errors" not in answer and answer["data"]["marketplaceJobPosting"] is not None
    assert (job_id in world.search(who)) is read
    return read


def test_membership_opens_postings_at_once(world: CloudsWorld) -> None:
    cloud = world.cloud()
    job = world.post(ptcInfo=only_for(cloud))
    world.refresh()
    assert (reads(world, job, world.sofia), reads(world, job, world.olivia)) == (False, True)
    world.add(cloud, SOFIA)
    assert reads(world, job, world.sofia)
    world.act("archiveTalentCloud", cloud)  # its postings show to the client and the invited only
    assert (reads(world, job, world.sofia), reads(world, job, world.olivia)) == (False, True)
    world.relate(RelationKind.INVITATION, job, SOFIA)
    assert reads(world, job, world.sofia)
    invited = world.souk.table.get(RELATIONS, RelationKind.INVITATION, job, SOFIA)
    assert invited
    tx = world.souk.table.transaction()
    tx.delete(RELATIONS, invited)
    tx.commit()
    world.act("restoreTalentCloud", cloud)
    assert reads(world, job, world.sofia)
    world.remove(cloud, SOFIA)
    assert not reads(world, job, world.sofia)


def test_search_of_people_without_clouds_costs_the_same(world: CloudsWorld) -> None:
    cloud, search = world.cloud(), "{ marketplaceJobPostingsSearch { totalCount } }"
    world.refresh()
    alone = world.sofia.call(search)
    for name in ("A", "B", "C"):
        world.add(world.cloud(name=name), SOFIA)
    world.add(cloud, SOFIA)
    assert world.sofia.call(search).trips == alone.trips + 1  # however many clouds
    assert world.noah.call(search).trips == alone.trips


def test_postings_name_active_clouds_of_their_client(world: CloudsWorld) -> None:
    own, rival = world.cloud(), world.cloud(world.omar)
    design = world.cloud(organizationId=DESIGN)
    archived = world.cloud(name="Archived")
    job = world.post(ptcInfo=only_for(own, archived))
    draft = world.post(ptcInfo=only_for(archived), jobPostingInfo=fixed_price(status="DRAFT"))
    world.act("archiveTalentCloud", archived)
    refused = [
        world.change(job, ptcInfo=only_for(own, cloud)).error["extensions"] for cloud in (rival, "1", "none", "7\0")
    ]
    assert {one["code"] for one in refused} == {"UNPROCESSABLE_CONTENT"}
    said = {one["fields"][0]["message"].split("'")[0] for one in refused}
    assert len(said) == 1, "the same words whether the cloud exists elsewhere or not"
    assert world.change(job, ptcInfo=only_for(own, archived), savePtcInfo=True).data  # as it was
    assert world.change(job, ptcInfo=only_for(design)).data
    assert world.change(job, ptcInfo=only_for(archived)).code == "UNPROCESSABLE_CONTENT"  # not any more
    assert world.change(draft, jobPostingInfo={"title": "Another title"}).data
    assert world.change(draft, jobPostingInfo={"status": "REQUESTED"}).code == "UNPROCESSABLE_CONTENT"
    foreign_team = world.cloud(world.ben)
    request = {"organizationId": DESIGN, "jobPostingInfo": fixed_price(), "ptcInfo": only_for(foreign_team)}
    create = "mutation ($request: JobPostingCreateRequest!) { createJobPosting(jobPostingRequest: $request) { id } }"
    assert world.olivia.call(create, {"request": request}).code == "UNPROCESSABLE_CONTENT"
    assert world.olivia.call(create, {"request": request | {"ptcInfo": only_for(own, design)}}).data
    assert world.olivia.call(create, {"request": request | {"organizationId": BUILD}}).data


def test_offer_names_a_selectable_cloud_of_its_freelancer(world: CloudsWorld) -> None:
    cloud = world.cloud(joinRequestNotifyUserIds=["503"], externalName="Friends")
    other, hidden, rival = world.cloud(name="B"), world.cloud(name="C", selectable=False), world.cloud(world.omar)
    for one in (cloud, hidden):
        world.add(one, SOFIA)
    world.do("addFreelancersToTalentCloud", world.omar, talentCloudId=rival, userIds=[SOFIA])
    job = world.post_job()
    for field in ("talentCloudId", "offerPayroll"):
        refused = []
        for wrong in (other, hidden, rival, "1", "none"):
            named = wrong if field == "talentCloudId" else {"talentCloudId": wrong}
            refused.append(world.try_offer(world.offer_input(job, **{field: named})).error["extensions"])
        assert {one["code"] for one in refused} == {"UNPROCESSABLE_CONTENT"}
        assert len({str(one["fields"]) for one in refused}) == 1, "the same words for all"
    both = world.offer_input(job, talentCloudId=cloud, offerPayroll={"talentCloudId": other})
    assert world.try_offer(both).error["extensions"]["fields"][0]["path"] == "offerInput.talentCloudId"
    offer = world.make_offer(job, talentCloudId=cloud)
    assert world.stored_offer(offer).cloud_id == cloud

    shown = world.olivia.call(FEATURES, {"id": offer}).data["offer"]
    own = {"id": cloud, "name": "Designers", "joinRequestNotifyUsers": [{"id": "503"}]}
    assert shown == {"payroll": None, "offerFeatures": {"eor": False, "privateTalentCloud": own}}
    features = world.sofia.call(FEATURES, {"id": offer}).data["offer"]["offerFeatures"]
    assert features["privateTalentCloud"] == {"id": cloud, "name": "Friends", "joinRequestNotifyUsers": []}
    contract = world.accept_offer(offer)
    asked = "query ($id: ID!) { contractDetails(id: $id) { isPtc } }"
    assert world.olivia.call(asked, {"id": contract}).data["contractDetails"]["isPtc"] is True
    world.remove(cloud, SOFIA)
    assert world.sofia.call(FEATURES, {"id": offer}).data["offer"]["offerFeatures"]["privateTalentCloud"] is None
    assert world.olivia.call(FEATURES, {"id": offer}).data["offer"] == shown


@pytest.mark.parametrize("change", ["remove", "archive"])
def test_offer_that_meets_a_change_of_its_cloud_conflicts(
    world: CloudsWorld, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    cloud = world.cloud()
    world.add(cloud, SOFIA)

    def act() -> Any:
        return world.remove(cloud, SOFIA).data if change == "remove" else world.act("archiveTalentCloud", cloud).data

    wanted = world.offer_input(world.post_job(), talentCloudId=cloud)
    done = meanwhile(monkeypatch, act)
    assert world.try_offer(wanted).code == "CONFLICT"
    assert done


def test_private_profile_shows_to_the_clients_of_its_clouds(world: CloudsWorld) -> None:
    tx = world.souk.table.transaction()
    tx.create(PROFILES, Profile(user_id=SOFIA, title="Painter", visibility=Visibility.PRIVATE))
    tx.commit()
    by_key = """query ($key: String!) { freelancerProfileByProfileKey(profileKey: $key) {
      privateTalentCloud { totalCount edges { node { id name } } pageInfo { hasNextPage } } } }"""

    def seen(who: Any) -> Any:
        answer = who.call(by_key, {"key": f"~01{SOFIA}"}).json
        found = (answer["data"] or {}).get("freelancerProfileByProfileKey")
        return found and [edge["node"]["name"] for edge in found["privateTalentCloud"]["edges"]]

    assert seen(world.olivia) is None
    first, second = world.cloud(externalName="Friends"), world.cloud(world.ben, name="Build's")
    rival = world.cloud(world.omar, name="Rival's")
    for cloud in (first, second):
        world.add(cloud, SOFIA)
    world.do("addFreelancersToTalentCloud", world.omar, talentCloudId=rival, userIds=[SOFIA])
    assert seen(world.olivia) == ["Build's", "Designers"]
    assert seen(world.liam) == ["Designers"]  # Design does not know the cloud of Build
    assert seen(world.omar) == ["Rival's"]
    nested = """query ($id: ID!) { talentCloudMembers(talentCloudId: $id) { edges { node { user {
      freelancerProfile { personalData { title } } } } } } }"""
    (member,) = world.max.call(nested, {"id": first}).data["talentCloudMembers"]["edges"]
    assert member["node"]["user"]["freelancerProfile"]["personalData"]["title"] == "Painter"
    assert seen(world.sofia) == ["Rival's", "Build's", "Friends"]
    assert seen(world.ada) is None
    world.remove(rival, SOFIA, world.sofia)
    assert seen(world.omar) is None


def test_clouds_of_one_person_are_one_page(world: CloudsWorld) -> None:

    shown = """query ($key: String!) { freelancerProfileByProfileKey(profileKey: $key) { privateTalentCloud { edges {
      node { id creator { name } creatorOrganization { name } joinRequestNotifyUsers { id }
        talentCloudTasks { taskSections { tasks { id } } } } } } } }"""
    tx = world.souk.table.transaction()
    tx.create(PROFILES, Profile(user_id=SOFIA))
    tx.commit()
    world.add(world.cloud(), SOFIA)
    few = world.sofia.call(shown, {"key": f"~01{SOFIA}"})
    for at in range(12):
        world.add(world.cloud(name=f"Cloud {at}", joinRequestNotifyUserIds=["503"]), SOFIA)
    many = world.sofia.call(shown, {"key": f"~01{SOFIA}"})
    assert len(many.data["freelancerProfileByProfileKey"]["privateTalentCloud"]["edges"]) == 13
    assert many.trips == few.trips
    listed = "{ organization { privateTalentClouds { id creator { name } talentCloudTasks { talentCloud { id } } } } }"
    everything = world.olivia.call(listed)
    assert len(everything.data["organization"]["privateTalentClouds"]) == 13
    assert everything.trips <= few.trips + 1
