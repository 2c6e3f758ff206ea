"""Every client, by every scenario."""

import pytest

from scenario import SCENARIOS, Scenario, server_knows_tokens

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"].replace(" ", "-"))
def test_scenario(language, scenario, tmp_path):
    if "token" in scenario and not server_knows_tokens():
        pytest.skip("the server has no --tokens")
    if scenario.get("needs") in language.lacks:
        pytest.skip(f"{language}: no {scenario['needs']}: {language.lacks[scenario['needs']]}")
    Scenario(scenario, language, tmp_path).play()


def test_is_without_mistakes(language):
    """Type checks, and compilers with their warnings."""
    for command in language.checks:
        language.execute(command)
