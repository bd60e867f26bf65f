"""The token with which a smoke test asks publisher and developer portal."""

from lab.smoke.answers import StepError, json_of
from lab.smoke.asking import Asker, Question
from lab.smoke.made import Made
from lab.smoke.site import Site
from lab.smoke.told import Blame, Blames


async def get_token(site: Site, asker: Asker, made: Made, scopes: str, blames: Blames) -> str:
    """Get the super admin's token with all *scopes*, and tell of it. Raises `StepError`."""
    admin = site.admin
    form = {
        "grant_type": "password",
        "username": admin.username,
        "password": admin.password,
        "scope": scopes,
    }
    question = Question("POST", f"{site.control_plane}/oauth2/token", basic=made.keys, form=form)
    found = await json_of(asker, question, blames.portals)
    made.token = found["access_token"]
    granted = str(found.get("scope", "")).split()
    missing = sorted(set(scopes.split()) - set(granted))
    if missing:
        why = Blame(
            f"{admin.username} lacks the roles of these scopes",
            "the super admin of a fresh database has them all",
        )
        raise StepError(str(question), f"a token without {', '.join(missing)}", why)
    return f"a token with {len(granted)} scopes"
