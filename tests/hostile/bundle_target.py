"""One honest bundle to attack, and the judge of what an attack may lead to."""

from __future__ import annotations

from exports.bundle.errors import BundleError
from exports.bundle.recovery import parity
from exports.bundle.verify import OpenedBundle, open_bundle
from tests.exports.bundle_samples import TRUSTED, sealed
from tests.hostile.zip_forge import entries_of

WHOLE = sealed().data
PAR = parity(WHOLE)
TRUTH = open_bundle(WHOLE, None, TRUSTED)
ENTRIES = tuple(entries_of(WHOLE))
LISTED = ENTRIES[0].content


def outcome_of(data: bytes, par: bytes | None = None) -> OpenedBundle | BundleError:
    try:
        return open_bundle(data, par, TRUSTED)
    except BundleError as error:
        return error


def never_believed(data: bytes, par: bytes | None = None) -> OpenedBundle | BundleError:
    """Open a changed bundle: what is accepted must be exactly what was sealed, or graded as incomplete."""
    outcome = outcome_of(data, par)
    if isinstance(outcome, OpenedBundle):
        assert outcome.manifest_hash == TRUTH.manifest_hash
        assert all(TRUTH.members[path] == content for path, content in outcome.members.items())
        assert outcome.grade != "A" or outcome.members == TRUTH.members
        assert outcome.grade == "A" or outcome.missing
    return outcome
